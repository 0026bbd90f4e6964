# SPDX-License-Identifier: GPL-2.0-or-later
# Distributions of single faults, a panel a scenario, a curve a page kind. From
# `pincow plot`: region_bytes, panels, panel[], first[], curves, legend[],
# style[], $curve_N: seconds, fraction of the operations.
#
# The y axis is that of normal probability paper: it gives the tail its room,
# so that p50 and p99 can be read, and shows a log-normal as a straight line.
head_px = 115.0
foot_px = 90.0
key_row_px = 26.0
most = 0
do for [p = 1:panels] {
	most = first[p + 1] - first[p] > most ? first[p + 1] - first[p] : most
}
panel_px = (most + 1) * key_row_px + 44 > 210 ? (most + 1) * key_row_px + 44 : 210.0
width = 1300
height = head_px + panels * panel_px + foot_px
headline = headline.", in ".gprintf("%.0b %BB", region_bytes)." of memory"
load here."style.gp"


low = 1e300
high = 0
do for [i = 1:curves] {
	stats "$curve_".i using 1 nooutput
	low = STATS_min < low ? STATS_min : low
	high = STATS_max > high ? STATS_max : high
	legend[i] = clip(legend[i], 500)
}
low = low / 1.2
high = high * 1.2
set logscale x
set xrange [low : high]
load here."ticks.gp"
set yrange [invnorm(0.001) : invnorm(0.999)]
set ytics ("0.1 %%" invnorm(0.001), "1 %%" invnorm(0.01), "10 %%" invnorm(0.1), \
	"50 %%" invnorm(0.5), "90 %%" invnorm(0.9), "99 %%" invnorm(0.99), "99.9 %%" invnorm(0.999))
set lmargin at screen 0.085
set rmargin at screen 0.56

set label 7 "up: a scale that makes a normal distribution straight; –: too few operations to tell" \
	at screen 0.01, screen 20.0 / height

set multiplot
do for [p = 1:panels] {
	top = 1 - (head_px + (p - 1) * panel_px + 24) / height
	set tmargin at screen top
	set bmargin at screen top - (panel_px - 44) / height
	set key at screen 0.61, screen top left top vertical maxrows most \
		title "page kind:  p50,  p99".(unit eq "" ? " instructions" : "")."  (operations; n)" left
	set label 4 panel[p] at graph 0, graph 1 offset 0, 0.8 font panel_font
	set arrow 1 from graph 0, first invnorm(0.5) to graph 1, first invnorm(0.5) nohead linestyle 102
	set arrow 2 from graph 0, first invnorm(0.99) to graph 1, first invnorm(0.99) nohead linestyle 102
	eval "set xtics ".(p == panels ? ticks : marks)
	set xlabel (p == panels ? what." of one operation, timer overhead subtracted, logarithmic" : "")
	set ylabel "operations at or below"
	plot for [i = first[p]:first[p + 1] - 1] "$curve_".i using 1:(invnorm($2)) with lines \
		linecolor rgb color(style[i]) dashtype dashes(style[i]) linewidth 2.5 title legend[i]
	unset label 1
	unset label 2
	unset label 3
	unset label 7
}
unset multiplot
