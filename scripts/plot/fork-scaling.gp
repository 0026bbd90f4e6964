# SPDX-License-Identifier: GPL-2.0-or-later
# fork() against the memory of the parent, a curve a page kind. From `pincow
# plot`: curves, legend[], $curve_N: bytes, seconds, least, greatest.
width = 1200
height = 750
load here."style.gp"

set tmargin at screen 0.84

# A tick at each power of two, of four where there are many: by itself gnuplot
# counts from the left edge, whatever lies there.
low = 1e300
high = 0
least = 1e300
greatest = 0
do for [i = 1:curves] {
	stats "$curve_".i using 1 nooutput
	low = STATS_min < low ? STATS_min : low
	high = STATS_max > high ? STATS_max : high
	stats "$curve_".i using 3:4 nooutput
	least = STATS_min_x < least ? STATS_min_x : least
	greatest = STATS_max_y > greatest ? STATS_max_y : greatest
}
set logscale x 2
set xrange [low / 1.2 : high * 1.2]
set xtics ()
do for [k = 12:48:high / low > 512 ? 2 : 1] {
	set xtics add (gprintf("%.0b %BB", 2.0**k) 2.0**k)
}
set xlabel "populated memory"
set logscale y
low = least / 1.5
high = greatest * 1.5
set yrange [low : high]
load here."ticks.gp"
eval "set ytics ".ticks
set ylabel "latency of one fork()  (median and range of replicates)"
set key title "case:  slope" left

plot for [i = 1:curves] "$curve_".i using 1:2:3:4 with yerrorlines \
	linecolor rgb color(i) dashtype dashes(i) linewidth 2 \
	pointtype marker(i) pointsize dot title legend[i]
