# SPDX-License-Identifier: GPL-2.0-or-later
# The main job on several kernels, a panel a case, a bar a file. From `pincow
# plot`: left_out, files, file[], model[], panels, panel[], axis[], $panel_N:
# file, median, least, greatest, text at the bar, "copy", "reuse" or "".
#
# Bars are told apart by the number below them; the colour is the COW model's.
head_px = 108.0
key_row_px = 24.0
foot_px = left_out eq "" ? 40.0 : 64.0
bar_px = 72.0
axis_px = 95.0
panel_px = 330.0
columns = int(1180 / (axis_px + files * bar_px))
columns = columns < 1 ? 1 : columns > 3 ? 3 : columns
columns = columns > panels ? panels : columns
lines = (panels + columns - 1) / columns
width = files * bar_px + axis_px + 20 > 1200 ? int(files * bar_px + axis_px + 20) : 1200
body_px = head_px + files * key_row_px + 12
height = body_px + lines * panel_px + foot_px
column_px = (width - 20.0) / columns
headline = "What each kernel's copy-on-write costs"
load here."style.gp"

array top[panels]
do for [p = 1:panels] {
	stats "$panel_".p using 4 nooutput
	top[p] = STATS_max > 0 ? STATS_max * 1.15 : 1
}

set multiplot
# With the first panel alone: what is outside of the panels is drawn once.
do for [i = 1:files] {
	y_px = height - head_px - (i - 0.5) * key_row_px
	set object i rectangle behind center screen 32.0 / width, screen y_px / height \
		size screen 28.0 / width, screen 17.0 / height fillcolor rgb color(model[i]) \
		fillstyle solid noborder
	set label 10 + i sprintf("%d", i) at screen 32.0 / width, screen y_px / height center front
	set label 10 + files + i file[i] at screen 56.0 / width, screen y_px / height
}
set label 4 "bars: median; whiskers: range of replicates" \
	at screen 0.01, screen (foot_px - 22) / height
if (left_out ne "") {
	set label 7 "left out, no size in common: ".left_out at screen 0.01, screen 18.0 / height
}

set style fill solid noborder
set errorbars 0.6 front linewidth 1.5 linecolor rgb "#404040"
set xrange [0.4 : files + 0.6]
set xtics scale 0
set grid noxtics nomxtics
set ytics scale 0.5
set format y "%.10g"
unset key
do for [p = 1:panels] {
	left_px = 10 + ((p - 1) % columns) * column_px
	top_px = height - body_px - ((p - 1) / columns) * panel_px
	set lmargin at screen (left_px + axis_px - 15) / width
	set rmargin at screen (left_px + column_px - 15) / width
	set tmargin at screen (top_px - 66) / height
	set bmargin at screen (top_px - panel_px + 60) / height
	set yrange [0 : top[p]]
	set label 5 panel[p] at screen (left_px + 10) / width, screen (top_px - 20) / height \
		font panel_font
	set label 6 axis[p] at screen (left_px + 10) / width, screen (top_px - 42) / height
	plot "$panel_".p using 1:2:3:4:(0.62):(model[int($1)]):xticlabel(strcol(1)."\n".strcol(6)) \
			with boxerrorbars linecolor variable, \
		"" using 1:4:5 with labels offset 0, 0.7
	do for [once = 1:10 + 2 * files] {
		unset label once
	}
	unset object
}
unset multiplot
