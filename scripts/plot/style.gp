# SPDX-License-Identifier: GPL-2.0-or-later
# The common look. Before it is loaded: format ("svg" or "png"), width, height
# (pixels), headline; from `pincow plot`: origin_host, origin_run, unit (behind a
# number of the clock's) and what (such numbers are).

set encoding utf8
set micro
# noenhanced: names from a result file hold _ ^ { } and mean nothing by them.
# Cairo counts fonts in points and SVG in pixels, which hold larger dots too.
if (format eq "png") {
	set terminal pngcairo noenhanced background "white" size width, height font "sans,12"
	head_font = ",18"
	panel_font = ",14"
	dot = 1.2
} else {
	set terminal svg noenhanced background "white" size width, height font "sans-serif,15"
	head_font = ",23"
	panel_font = ",18"
	dot = 0.7
}

# Okabe and Ito's colours but yellow, which vanishes on white paper. Dashes and
# points differ as well, for print and for eyes that see no colour; the cycles
# of 8, 5 and 7 repeat no combination within 280 curves.
array ink[8]   = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", \
	"#56B4E9", "#000000", "#7F7F7F"]
array dash[5]  = [1, 2, 4, 5, 3]
array mark[7]  = [7, 5, 9, 11, 13, 6, 4]
color(i)       = ink[(i - 1) % 8 + 1]
dashes(i)      = dash[(i - 1) % 5 + 1]
marker(i)      = mark[(i - 1) % 7 + 1]
solid(i)       = mark[(i - 1) % 5 + 1]
hollow(i)      = solid(i) - 1

# Texts from result files may be long; most letters are no wider than this.
letter_px = 9.0
clip(text, room_px) = letter_px * strlen(text) <= room_px ? text : \
	text[1:int(room_px / letter_px) - 1]."…"
# Names begin alike: what tells them apart is the end.
clip_start(text, room_px) = letter_px * strlen(text) <= room_px ? text : \
	"…".text[strlen(text) - int(room_px / letter_px) + 2:*]

do for [i = 1:8] {
	set linetype i linecolor rgb ink[i]
}
set linetype cycle 8

set style line 100 linecolor rgb "#D9D9D9" linewidth 0.6 dashtype 1
set style line 101 linecolor rgb "#EFEFEF" linewidth 0.5 dashtype 1
set style line 102 linecolor rgb "#7F7F7F" linewidth 1.0 dashtype 3
set border 3 linecolor rgb "#404040"
set tics nomirror
set grid xtics ytics mxtics mytics linestyle 100, linestyle 101

set key outside right top vertical Left reverse samplen 4 spacing 1.1

set label 1 clip(headline, (width - 24) * 0.62) at screen 0.01, screen 1 - 28.0 / height font head_font
set label 2 clip(origin_host, width - 24) at screen 0.01, screen 1 - 58.0 / height
set label 3 clip(origin_run, width - 24) at screen 0.01, screen 1 - 82.0 / height
