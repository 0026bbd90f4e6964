# SPDX-License-Identifier: GPL-2.0-or-later
# What changed, on one page: on the left a row a case and a column a group, on the
# right the main job; see groups.gp and panel.gp. From `pincow plot`: interval,
# change_interval, rows, name[], more (rows left out), verdicts, verdict[],
# $change_N of group N: row, change as a fraction, low, high, minimum effect,
# verdict, text, what the kernel did.
head_px = differ eq "" ? 108.0 : 132.0
key_row_px = 24.0
foot_px = 158.0
verdict_row_px = 24.0
column_head_px = 34.0
row_px = 21.0
char_px = 8.4
value_px = 80.0
bars_px = groups * 84 > 370 ? groups * 84.0 : 370.0
do for [p = 1:panels] {
	text_px = 8.2 * strlen(axis[p]) + 10 < 585 ? 8.2 * strlen(axis[p]) + 10 : 585.0
	bars_px = text_px > bars_px ? text_px : bars_px
}
column_px = groups > 2 ? 400.0 : 560.0
# The groups stand above: their names have room, too.
name_px = 240.0
do for [i = 1:rows] {
	name[i] = name[i][1:110]
	name_px = char_px * strlen(name[i]) > name_px ? char_px * strlen(name[i]) : name_px
}
body_px = head_px + groups * key_row_px + 10
least_px = panels > 0 ? 330.0 : 60.0
rows_high_px = rows * row_px > least_px ? rows * row_px : least_px
width = int(name_px + 40 + (groups - 1) * column_px + (panels > 0 ? bars_px : 0) + 20)
width = width < 1100 ? 1100 : width
# The marks' legend keeps to the left of the bars.
legend_px = name_px + 30 + (groups - 1) * column_px
legend_rows = 1
verdict_px = 22.0
do for [v = 1:verdicts] {
	text_px = 9.0 * strlen(verdict[v]) + 60
	if (verdict_px + text_px > legend_px) {
		legend_rows = legend_rows + 1
		verdict_px = 22.0
	}
	verdict_px = verdict_px + text_px
}
foot_px = foot_px + (legend_rows - 1) * verdict_row_px
height = body_px + column_head_px + rows_high_px + foot_px
headline = headline." against ".group[1]
load here."style.gp"

# Bars stand beside the list of the groups as well; each panel has some height.
bars_top_px = head_px - 8
bars_high_px = height - bars_top_px - 50
shown = int(bars_high_px / 150.0)
shown = shown > panels ? panels : shown

# Up and down triangles, so that grey print and eyes that see no colour can tell.
# The same shape for a side, filled where the verdict is shown.
ink_of(word) = word eq "worse" || word eq "likely worse" || word eq "broken claim" ? \
	"#A50F15" : word eq "better" || word eq "likely better" ? \
	"#01665E" : word eq "same" || word eq "no worse" || \
	word eq "worse below the minimum" || word eq "better below the minimum" ? "#8C8C8C" : \
	"#202020"
mark_of(word) = word eq "worse" ? 9 : word eq "better" ? 11 : word eq "same" ? 7 : \
	word eq "no worse" ? 6 : word eq "unclear" ? 12 : word eq "other work" ? 4 : \
	word eq "likely worse" || word eq "worse below the minimum" ? 8 : \
	word eq "likely better" || word eq "better below the minimum" ? 10 : 1

# asinh of the log ratio, linear near 0: both a change of 1 % and one to a multiple
# can be read. The larger the changes, the wider what is near.
ratio(x) = log(1 + (x < -0.99 ? -0.99 : x))
most = largest > 0.02 ? largest : 0.02
near = most > 0.8 ? most / 40 : 0.02
bend(x) = asinh(ratio(x) / near)
reach = asinh(most / near) * 1.12
# A whisker that leaves the axis ends at its edge.
edge(x) = bend(x) > reach ? reach : bend(x) < -reach ? -reach : bend(x)
plot_px = column_px - value_px - 14
unit_px = plot_px / (2 * reach)
set xtics ("0" 0) scale 0.5
up = "1 2 5 10 20 50 100 300 1000 10000"
down = "1 2 5 10 20 50 75 90 99"
do for [side in "+ -"] {
	last = 0
	candidates = side eq "+" ? up : down
	do for [i = 1:words(candidates)] {
		tick = side.word(candidates, i)
		at = bend(real(tick) / 100)
		if (abs(at) < reach && (abs(at) - last) * unit_px > 12 + 9.0 * strlen(tick)) {
			set xtics add (tick at)
			last = abs(at)
		}
	}
}

set multiplot
sample = "bar"
list_px = name_px + 30 + (groups - 1) * column_px
load here."groups.gp"
if (panels > 0) {
	set label 4 "bars: median over boots; whiskers: ".interval \
		at screen 0.01, screen 18.0 / height
}
set label 8 "marks: change of the geometric means; whiskers: its interval, ".change_interval."; grey: too small to matter" \
	.(more > 0 ? sprintf("; %d more: see ratio", more) : "") \
	at screen 0.01, screen 62.0 / height
set label 9 "The axis is bent: linear near 0, logarithmic further out, alike for half and for double." \
	at screen 0.01, screen 40.0 / height
verdict_px = 22.0
verdict_row = legend_rows - 1
do for [v = 1:verdicts] {
	text_px = 9.0 * strlen(verdict[v]) + 60
	if (verdict_px + text_px > legend_px) {
		verdict_row = verdict_row - 1
		verdict_px = 22.0
	}
	set label 600 + v verdict[v] at screen verdict_px / width, \
		screen (90.0 + verdict_row * verdict_row_px) / height \
		point pointtype mark_of(verdict[v]) pointsize dot * 1.1 linewidth 1.5 \
		linecolor rgb ink_of(verdict[v]) offset 1.2, 0
	verdict_px = verdict_px + text_px
}
# The texts stand behind the axis' end, in a range of their own.
set xrange [-reach : reach + value_px / unit_px]
set yrange [rows_high_px / row_px + 0.5 : 0.5]
set grid xtics noytics nomxtics nomytics
set border 1
set tmargin at screen 1 - (body_px + column_head_px) / height
set bmargin at screen foot_px / height
set style fill solid noborder
set style textbox opaque noborder fillcolor rgb "white" margins 0.3, 0.1
unset key
set ytics () scale 0
do for [i = 1:rows] {
	set ytics add ("" i)
	set label 5000 + i name[i] at graph 0, first i right offset character -1.2, 0 textcolor rgb "#404040"
}
do for [g = 2:groups] {
	left_px = name_px + 40 + (g - 2) * column_px
	set lmargin at screen left_px / width
	set rmargin at screen (left_px + column_px - 14) / width
	set label 5 sprintf("%d  ", g).clip_start(group[g], (column_px - 50) * 0.8) \
		at screen left_px / width, screen 1 - (body_px + 16.0) / height font panel_font
	set label 6 "change, %" at screen (left_px + plot_px / 2) / width, screen (foot_px - 40) / height \
		center
	set arrow 1 from 0, graph 0 to 0, graph 1 nohead front linewidth 0.8 linecolor rgb "#7F7F7F"
	# gnuplot 5.4 dies of labels that are all NaN: those that are not stand outside.
	plot "$change_".g using (0):1:(bend(-$5)):(bend($5)):($1 - 0.5):($1 + 0.5) with boxxyerror \
			linecolor rgb "#E6E6E6", \
		for [v = 1:verdicts] "" using (strcol(6) eq verdict[v] && $3 < $4 ? bend($2) : NaN):1:(edge($3)):(edge($4)) \
			with xerrorbars pointtype 0 linewidth 1.5 linecolor rgb ink_of(verdict[v]), \
		for [v = 1:verdicts] "" using (strcol(6) eq verdict[v] ? bend($2) : NaN):1 with points \
			pointtype mark_of(verdict[v]) pointsize dot * 1.1 linewidth 1.5 \
			linecolor rgb ink_of(verdict[v]), \
		"" using (reach + 8 / unit_px):1:7 with labels left, \
		"" using (strcol(8) ne "" && $2 > 0 ? -reach : 99 * reach):1:8 with labels left boxed, \
		"" using (strcol(8) ne "" && !($2 > 0) ? reach : 99 * reach):1:8 with labels right boxed
	eval groups_forget
	unset ytics
}
set border 3
panel_px = bars_px
panel_high_px = bars_high_px / (shown > 4 ? shown : 4)
do for [p = 1:shown] {
	left_px = name_px + 50 + (groups - 1) * column_px
	top_px = bars_top_px + (p - 1) * panel_high_px
	load here."panel.gp"
}
unset multiplot
