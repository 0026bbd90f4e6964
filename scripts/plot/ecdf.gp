# SPDX-License-Identifier: GPL-2.0-or-later
# Distributions of single faults, a panel a case, a curve a group; see groups.gp.
# From `pincow plot`: panels, first[], curves, style[] (the
# group), $curve_N: seconds, fraction of the operations, from 0 to 1.
#
# The y axis is that of normal probability paper: see fault-latency.gp.
panel_px = 390.0
panel_high_px = 340.0
load here."grid.gp"
load here."style.gp"

set ytics ("0.1 %%" invnorm(0.001), "1 %%" invnorm(0.01), "10 %%" invnorm(0.1), \
	"50 %%" invnorm(0.5), "90 %%" invnorm(0.9), "99 %%" invnorm(0.99), "99.9 %%" invnorm(0.999))
# 0 and 1, where the curves begin and end, have no place on it: just outside the frame.
on_axis(p) = invnorm(p < 0.0005 ? 0.0005 : p > 0.9995 ? 0.9995 : p)
# Of equal latencies both ends are outside.
set clip two
unset key
set multiplot
sample = "line"
list_px = width - 12
load here."groups.gp"
set label 4 "up: operations at or below, on a scale that makes a normal distribution straight; across: cost of one, timer overhead subtracted, logarithmic" \
	at screen 0.01, screen 20.0 / height
room_left_px = 75.0
room_below_px = 40.0
do for [p = 1:panels] {
	left_px = left_of(p)
	top_px = top_of(p)
	unset logscale
	set xrange [*:*]
	set yrange [*:*]
	low = 1e300
	high = 0
	do for [i = first[p]:first[p + 1] - 1] {
		stats "$curve_".i using ($2 <= 0.001 ? $1 : NaN) nooutput
		low = STATS_max < low ? STATS_max : low
		stats "$curve_".i using ($2 >= 0.999 ? $1 : NaN) nooutput
		high = STATS_min > high ? STATS_min : high
	}
	low = low / 1.2
	high = high * 1.2
	load here."ticks.gp"
	eval "set xtics ".ticks
	set xrange [low : high]
	set yrange [invnorm(0.001) : invnorm(0.999)]
	set logscale x
	load here."frame.gp"
	plot for [i = first[p]:first[p + 1] - 1] "$curve_".i using 1:(on_axis($2)) with lines \
		linecolor rgb color(style[i]) dashtype dashes(style[i]) linewidth 2.5
	eval groups_forget
}
unset multiplot
