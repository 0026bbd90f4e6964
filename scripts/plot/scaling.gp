# SPDX-License-Identifier: GPL-2.0-or-later
# Cost against a number, a panel a case but for that number, a curve a group; see
# groups.gp. From `pincow plot`: panels, along[] (what is counted; "" for bytes),
# first[], style[] (the group), $curve_N: number, seconds, low, high.
panel_px = 390.0
panel_high_px = 330.0
load here."grid.gp"
load here."style.gp"

set multiplot
sample = "line and point"
list_px = width - 12
load here."groups.gp"
set label 4 "points: median over boots; bars: ".interval.\
	"; both axes are logarithmic" at screen 0.01, screen 20.0 / height
unset key
room_left_px = 80.0
room_below_px = 50.0
do for [p = 1:panels] {
	left_px = left_of(p)
	top_px = top_of(p)
	unset logscale
	set xrange [*:*]
	set yrange [*:*]
	from = 1e300
	to = 0
	low = 1e300
	high = 0
	do for [i = first[p]:first[p + 1] - 1] {
		stats "$curve_".i using 1 nooutput
		from = STATS_min < from ? STATS_min : from
		to = STATS_max > to ? STATS_max : to
		stats "$curve_".i using 3 nooutput
		low = STATS_min < low ? STATS_min : low
		stats "$curve_".i using 4 nooutput
		high = STATS_max > high ? STATS_max : high
	}
	bytes = along[p] eq ""
	load here."steps.gp"
	set xlabel along[p] offset 0, 0.6
	# What is flat should look flat: no axis spans less than this.
	middle = sqrt(low * high)
	low = (low < middle / 2 ? low : middle / 2) / 1.3
	high = (high > middle * 2 ? high : middle * 2) * 1.3
	set logscale y
	set yrange [low : high]
	load here."ticks.gp"
	eval "set ytics ".ticks
	load here."frame.gp"
	plot for [i = first[p]:first[p + 1] - 1] "$curve_".i using 1:2:3:4 with yerrorlines \
		linecolor rgb color(style[i]) dashtype dashes(style[i]) linewidth 2 \
		pointtype solid(style[i]) pointsize dot
	eval groups_forget
}
unset multiplot
