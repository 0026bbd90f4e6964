# SPDX-License-Identifier: GPL-2.0-or-later
# What one operation of each scenario costs. From `pincow plot`: rows, name[],
# cost[], $rows: seconds, row, least, greatest, family.
head_px = 110.0
row_px = 22.0
foot_px = 75.0
char_px = 8.6
width = 1200
height = head_px + (rows + 1) * row_px + foot_px
load here."style.gp"

set tmargin at screen 1 - head_px / height
set bmargin at screen foot_px / height
name_px = 0.0
cost_px = 0.0
do for [i = 1:rows] {
	name[i] = clip(name[i], 480)
	cost[i] = clip(cost[i], 420)
	name_px = strlen(name[i]) > name_px ? strlen(name[i]) : name_px
	cost_px = strlen(cost[i]) > cost_px ? strlen(cost[i]) : cost_px
}
set lmargin at screen (20 + char_px * name_px) / width
set rmargin at screen 1 - (20 + char_px * cost_px) / width

stats $rows using 3 nooutput
low = STATS_min / 1.5
stats $rows using 4 nooutput
high = STATS_max * 1.5
set logscale x
set xrange [low : high]
load here."ticks.gp"
eval "set xtics ".ticks
set xlabel what." per operation, logarithmic  (median and range of the n workers; of each scenario the largest size)"
set yrange [rows + 1 : 0]
set ytics ()
do for [i = 1:rows] {
	set ytics add ("" i)
	set label 5000 + i name[i] at graph 0, first i right offset character -1.2, 0 textcolor rgb "#404040"
	set label 100 + i cost[i] at graph 1.01, first i
}
unset key

plot $rows using 1:2:3:4:5 with xerrorbars pointtype 7 pointsize dot linewidth 1.5 \
	linecolor variable
