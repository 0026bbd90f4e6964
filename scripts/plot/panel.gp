# SPDX-License-Identifier: GPL-2.0-or-later
# One panel of bars, a bar a group, with its interval; see frame.gp. From `pincow
# plot`: $panel_N: group, median, low, high, height of the text, text, "copy",
# "reuse" or "". A low panel has no axis: the numbers stand at the bars.
#
# Bars are told apart by the number below them as well as by colour.
unset logscale
set xrange [*:*]
set yrange [*:*]
stats "$panel_".p using 5 nooutput
highest = STATS_max
stats "$panel_".p using 2 nooutput
# A long interval of few boots must not press the bars flat.
top = STATS_max > 0 && highest > 2 * STATS_max ? 2 * STATS_max : highest
low_panel = panel_high_px < 250
text_px = low_panel ? 88.0 : 100.0
# Above the highest bar its number has room.
headroom = (panel_high_px - text_px) / (panel_high_px - text_px - 22)
top = top > 0 ? top * headroom : 1

set style fill solid noborder
set boxwidth 0.62
gap = low_panel ? "  " : "\n"
set xrange [0.4 : groups + 0.6]
set yrange [0 : top]
set xtics scale 0 nomirror autofreq
if (low_panel) { unset ytics } else { set ytics scale 0.5 nomirror autofreq }
set grid noxtics nomxtics ytics
set format y (top < 1e5 ? "%.10g" : "%.1s %c")
unset key
room_left_px = low_panel ? 10.0 : 80.0
room_below_px = text_px - 56
load here."frame.gp"
plot "$panel_".p using 1:2:1:xticlabel(strcol(1).gap.strcol(7)) with boxes \
		linecolor variable, \
	"" using 1:3:(0):($4 - $3) with vectors heads size screen 5.0 / width, 90 linewidth 1.5 \
		linecolor rgb "#202020", \
	"" using 1:($5 > top / headroom ? top / headroom : $5):6 with labels offset 0, 0.7
unset label 5
unset label 6
