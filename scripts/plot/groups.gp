# SPDX-License-Identifier: GPL-2.0-or-later
# The groups of a comparison below the head, each with its colour and number, and
# as it is drawn. From `pincow plot`: groups, about[], differ. Before: head_px, key_row_px,
# width, height, list_px (room to the right edge of the list), sample ("bar", "line",
# "point" or "line and point"). It is drawn
# with the first plot of a multiplot; after that, eval groups_forget.
do for [i = 1:groups] {
	y_px = height - head_px - (i - 0.5) * key_row_px
	line = (i == 1 ? "base  " : "").about[i]
	set object i rectangle behind center screen 32.0 / width, screen y_px / height \
		size screen 28.0 / width, screen 17.0 / height fillcolor rgb color(i) \
		fillstyle solid noborder
	set label 100 + i sprintf("%d", i) at screen 32.0 / width, screen y_px / height center front \
		textcolor rgb "white"
	if (strstrt(sample, "line")) {
		set arrow 100 + i from screen 54.0 / width, screen y_px / height \
			to screen 94.0 / width, screen y_px / height nohead \
			linecolor rgb color(i) dashtype dashes(i) linewidth 2.5
	}
	if (strstrt(sample, "point") && (i > 1 || sample ne "point")) {
		set label 200 + i "" at screen 74.0 / width, screen y_px / height \
			point pointtype solid(i) pointsize dot linecolor rgb color(i)
	}
	text_px = sample eq "bar" ? 56.0 : 104.0
	set label 300 + i clip(line, list_px - text_px) at screen text_px / width, screen y_px / height
}
set label 7 clip(differ, width - 24) at screen 0.01, screen 1 - 106.0 / height \
	textcolor rgb (differ[1:3] eq "one" ? "#01665E" : "#A50F15")
groups_forget = "unset object; unset label; unset arrow"
