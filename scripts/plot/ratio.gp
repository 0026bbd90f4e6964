# SPDX-License-Identifier: GPL-2.0-or-later
# Cost of each case as a multiple of the base's, by scenario; see groups.gp. From
# `pincow plot`: change_interval, rows, name[], heads[] (a scenario's name), $ratio_N of
# group N: ratio, row, low, high, whether both did the same work.
head_px = differ eq "" ? 108.0 : 132.0
key_row_px = 24.0
foot_px = 96.0
row_px = 20.0 + (groups - 2) * 6.0
char_px = 8.6
width = 1200
body_px = head_px + groups * key_row_px + 10
height = body_px + (rows + 1) * row_px + foot_px
load here."style.gp"

low = 0.95
high = 1.05
name_px = 100.0
do for [g = 2:groups] {
	stats "$ratio_".g using ($3 == $3 ? $3 : 1) nooutput
	low = STATS_min < low ? STATS_min : low
	stats "$ratio_".g using ($4 == $4 ? $4 : 1) nooutput
	high = STATS_max > high ? STATS_max : high
}
do for [i = 1:rows] {
	name[i] = clip(name[i], 620)
	name_px = char_px * strlen(name[i]) > name_px ? char_px * strlen(name[i]) : name_px
}
# One case that does next to nothing must not press all others flat: what lies
# further out stands at the edge, with its value.
low = low < 0.05 ? 0.05 : low
high = high > 20 ? 20 : high
margin = (high / low) ** 0.06
sample = "point"
list_px = width - 12
load here."groups.gp"
set tmargin at screen 1 - body_px / height
set bmargin at screen foot_px / height
set lmargin at screen (40 + name_px) / width
set rmargin at screen 1 - 90.0 / width
set logscale x
set xrange [low / margin : high * margin]
edge(x) = x < low ? low : x > high ? high : x
set xtics ("1×" 1)
# From 1 outwards, as far as labels have room.
axis_px = width - 90 - 40 - name_px
per_px = log(high * margin * margin / low) / axis_px
up = "1.01 1.02 1.05 1.1 1.2 1.5 2 3 5 7 10 20"
down = "0.99 0.98 0.95 0.9 0.8 0.7 0.5 0.3 0.2 0.1 0.05"
do for [side in "up down"] {
	last = 0
	ticks = side eq "up" ? up : down
	do for [i = 1:words(ticks)] {
		tick = word(ticks, i)
		at = abs(log(real(tick))) / per_px
		if (real(tick) >= low / margin && real(tick) <= high * margin && \
			at - last > 9.5 * (strlen(tick) + 1) + 8) {
			set xtics add (tick."×" real(tick))
			last = at
		}
	}
}
unset mxtics
set grid xtics noytics nomxtics nomytics
# Wider than the axis, where names are long.
set label 10 "cost as a multiple of ".clip(group[1], 480).", logarithmic  (hollow: other work)" \
	at screen 1 - 90.0 / width, screen 46.0 / height right
set yrange [rows + 1 : 0]
set ytics ()
do for [i = 1:rows] {
	if (heads[i]) {
		set label 1000 + i name[i] at screen 0.01, first i font panel_font
	} else {
		set ytics add ("" i)
		set label 5000 + i name[i] at graph 0, first i right offset character -1.2, 0 textcolor rgb "#404040"
		if (i % 2) {
			set object 1000 + i rectangle behind from screen 0.01, first i - 0.5 \
				to graph 1, first i + 0.5 fillcolor rgb "#F3F5F8" fillstyle solid noborder
		}
	}
	set arrow 1000 + i from graph 0, first i to graph 1, first i nohead back linestyle 101
}
set label 4 "whiskers: interval of the change, ".change_interval at screen 0.01, screen 20.0 / height
set arrow 1 from 1, graph 0 to 1, graph 1 nohead back linewidth 1.5 linecolor rgb "#404040"
unset key
# The marks of a row stay nearer to each other than to the next row's.
place(g) = groups > 2 ? (g - 2 - (groups - 2) / 2.0) * 0.4 / (groups - 2) : 0

plot for [g = 2:groups] "$ratio_".g \
		using ($3 < $4 ? edge($1) : NaN):($2 + place(g)):(edge($3)):(edge($4)) \
		with xerrorbars pointtype 0 linewidth 1.5 linecolor rgb color(g), \
	for [g = 2:groups] for [same = 0:1] "$ratio_".g \
		using ($5 == same ? edge($1) : NaN):($2 + place(g)) with points \
		pointtype (same ? solid(g) : hollow(g)) pointsize dot linewidth 1.5 linecolor rgb color(g), \
	for [g = 2:groups] "$ratio_".g \
		using ($1 == $1 ? edge($1) : low):($2 + place(g)):($1 < low || $1 > high ? sprintf("%.2g×", $1) : "") \
		with labels offset char 5, 0
