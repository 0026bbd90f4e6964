# SPDX-License-Identifier: GPL-2.0-or-later
# fork() against the memory of the parent, a curve a page kind. From `pincow
# plot`: curves, legend[], $curve_N: bytes, seconds, least, greatest.
width = 1300
height = curves * 24 > 590 ? 160 + curves * 24 : 750
load here."style.gp"

set tmargin at screen 1 - 120.0 / height
from = 1e300
to = 0
low = 1e300
high = 0
do for [i = 1:curves] {
	stats "$curve_".i using 1 nooutput
	from = STATS_min < from ? STATS_min : from
	to = STATS_max > to ? STATS_max : to
	stats "$curve_".i using 3 nooutput
	low = STATS_min < low ? STATS_min : low
	stats "$curve_".i using 4 nooutput
	high = STATS_max > high ? STATS_max : high
	legend[i] = clip(legend[i], 600)
}
bytes = 1
load here."steps.gp"
set xlabel "populated memory  (both axes are logarithmic)"
set logscale y
low = low / 1.5
high = high * 1.5
set yrange [low : high]
load here."ticks.gp"
eval "set ytics ".ticks
set ylabel what." of one fork()  (median and range of the n workers)"
set key title "case:  slope,  workers" left

plot for [i = 1:curves] "$curve_".i using 1:2:3:4 with yerrorlines \
	linecolor rgb color(i) dashtype dashes(i) linewidth 2 \
	pointtype marker(i) pointsize dot title legend[i]
