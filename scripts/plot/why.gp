# SPDX-License-Identifier: GPL-2.0-or-later
# Which functions execute more or fewer instructions than in the base: a bar a
# function. From `pincow plot`: base and other (names of kernels), operation, rows,
# name[], before[], after[], more[] (numbers), paged: is there a_page[] (more a
# page); $rows: difference, row, 0 kernel, 1 user space or other tasks, 2 the rest
# that has no row, 3 all.
head_px = 142.0
row_px = 26.0
foot_px = 126.0
char_px = 9.0
cell_px = 124.0
cells = paged ? 4 : 3
width = 1200
height = int(head_px + rows * row_px + foot_px)
unit = ""
load here."style.gp"

name_px = 60.0
do for [i = 1:rows] {
	name[i] = clip(name[i], 340)
	name_px = char_px * strlen(name[i]) > name_px ? char_px * strlen(name[i]) : name_px
}
cells_px = cells * cell_px + 20
set tmargin at screen 1 - head_px / height
set bmargin at screen foot_px / height
set lmargin at screen (30 + name_px) / width
set rmargin at screen 1 - cells_px / width

# Up and to the right is worse, as in `changes`; the numbers have a sign as well.
ink_of(x) = x > 0 ? 0xA50F15 : 0x01665E
pale_of(x) = x > 0 ? 0xDB9FA1 : 0x99C2BF
stats $rows using ($3 < 3 ? $1 : NaN) nooutput
low = STATS_min < 0 ? STATS_min : 0.0
high = STATS_max > 0 ? STATS_max : 0.0
reach = high > -low ? high : -low
by = reach >= 2e6 ? 1e6 : reach >= 2e3 ? 1e3 : 1.0
words = by == 1e6 ? "million instructions" : by == 1e3 ? "thousand instructions" : "instructions"
room = (high - low) * 0.03
set xrange [(low - (low < 0 ? room : 0)) / by : (high + (high > 0 ? room : 0)) / by]
set yrange [rows + 0.5 : 0.5]
set xtics format "%+g" scale 0.5
set xtics add ("0" 0)
set grid xtics noytics nomxtics nomytics
set border 1
set xlabel words."/".operation.", more or fewer"
set ytics () scale 0
do for [i = 1:rows] {
	set ytics add ("" i)
	set label 5000 + i name[i] at graph 0, first i right offset character -1.2, 0 textcolor rgb "#404040"
}
unset key
set style fill solid noborder

# Columns of numbers stand to the right, each aligned to its right edge.
edge(c) = 1 - (12 + (cells - c) * cell_px) / width
head_y = 1 - (head_px - 14) / height
set label 11 clip_start(base, cell_px - 8) at screen edge(1), screen head_y right
set label 12 clip_start(other, cell_px - 8) at screen edge(2), screen head_y right
set label 13 "difference" at screen edge(3), screen head_y right
if (paged) { set label 14 "a page" at screen edge(4), screen head_y right }
do for [i = 1:rows] {
	set label 1000 + i before[i] at screen edge(1), first i right
	set label 2000 + i after[i] at screen edge(2), first i right
	set label 3000 + i more[i] at screen edge(3), first i right
	if (paged) { set label 4000 + i a_page[i] at screen edge(4), first i right }
	set arrow 1000 + i from screen 0.01, first i + 0.5 to screen 0.99, first i + 0.5 nohead back \
		linestyle (i == rows - 1 ? 100 : 101)
}
set label 20 "right, red: more than ".clip(base, 260)."; left, green: fewer; pale: in user space or by other tasks; grey: the rest; –: none" \
	at screen 0.01, screen 40.0 / height
set label 21 "A function's own instructions, without what it calls; one that was renamed, split or inlined is a row in either kernel" \
	at screen 0.01, screen 18.0 / height
set arrow 1 from 0, graph 0 to 0, graph 1 nohead front linewidth 1.0 linecolor rgb "#404040"

left(x) = (x < 0 ? x : 0.0) / by
right(x) = (x > 0 ? x : 0.0) / by
plot $rows using ($3 == 0 ? $1 / by : NaN):2:(left($1)):(right($1)):($2 - 0.34):($2 + 0.34):(ink_of($1)) \
		with boxxyerror linecolor rgb variable, \
	$rows using ($3 == 1 ? $1 / by : NaN):2:(left($1)):(right($1)):($2 - 0.34):($2 + 0.34):(pale_of($1)) \
		with boxxyerror linecolor rgb variable, \
	$rows using ($3 == 2 ? $1 / by : NaN):2:(left($1)):(right($1)):($2 - 0.34):($2 + 0.34) \
		with boxxyerror linecolor rgb "#8C8C8C"
