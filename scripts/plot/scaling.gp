# SPDX-License-Identifier: GPL-2.0-or-later
# Cost against a number, a panel a case but for that number, a curve a group; see
# groups.gp. From `pincow plot`: panels, panel[], axis[], along[] (what is
# counted; "" for bytes), first[], style[] (the group), $curve_N: number, seconds,
# low, high.
panel_high_px = 330.0
load here."grid.gp"
load here."style.gp"

# Where the panels have no room for it, the head says what is counted.
unit = unit eq "s" ? unit : ""

set multiplot
sample = "line and point"
list_px = width - 12
load here."groups.gp"
set label 4 "points: median over boots; bars: ".interval at screen 0.01, screen 20.0 / height
unset key
do for [p = 1:panels] {
	left_px = 10 + ((p - 1) % columns) * panel_px
	top_px = body_px + ((p - 1) / columns) * panel_high_px
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
		stats "$curve_".i using 2 nooutput
		low = STATS_min < low ? STATS_min : low
		high = STATS_max > high ? STATS_max : high
	}
	set logscale x 2
	set xrange [from / 1.3 : to * 1.3]
	set xtics ()
	do for [k = 0:48:to / from > 16 ? 2 : 1] {
		set xtics add (gprintf(along[p] eq "" ? "%.0b %BB" : "%.0f", 2.0**k) 2.0**k)
	}
	set xlabel (along[p] eq "" ? "" : along[p]) offset 0, 0.6
	# Flat curves are read against zero, steep ones by decades.
	if (high / low > 4) {
		set logscale y
		set yrange [low / 1.5 : high * 1.5]
		low = low / 1.5
		high = high * 1.5
		load here."ticks.gp"
		eval "set ytics ".ticks
	} else {
		set yrange [0 : high * 1.25]
		scale = 1000.0 ** floor(log10(high) / 3)
		step = 10.0 ** floor(log10(high / 2))
		step = high / step > 10 ? 5 * step : high / step > 5 ? 2 * step : step
		set ytics ()
		do for [k = 0:int(high * 1.25 / step)] {
			set ytics add (sprintf("%g %s", k * step / scale, k ? gprintf("%c", scale).unit : "") \
				k * step)
		}
	}
	set lmargin at screen (left_px + 80.0) / width
	set rmargin at screen (left_px + panel_px - 20.0) / width
	set tmargin at screen 1 - (top_px + 56.0) / height
	set bmargin at screen 1 - (top_px + panel_high_px - 50.0) / height
	set label 5 panel[p] at screen (left_px + 4.0) / width, screen 1 - (top_px + 16.0) / height \
		font panel_font
	set label 6 axis[p] at screen (left_px + 4.0) / width, screen 1 - (top_px + 38.0) / height
	plot for [i = first[p]:first[p + 1] - 1] "$curve_".i using 1:2:3:4 with yerrorlines \
		linecolor rgb color(style[i]) dashtype dashes(style[i]) linewidth 2 \
		pointtype solid(style[i]) pointsize dot
	eval groups_forget
}
unset multiplot
