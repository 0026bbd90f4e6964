# SPDX-License-Identifier: GPL-2.0-or-later
# The place of a panel, and its two lines of title. From `pincow plot`: panel[],
# axis[]. Before: p, left_px and top_px of its corner from the left and from above,
# panel_px (width) and panel_high_px, width, height; room_left_px and room_below_px
# for labels.
set lmargin at screen (left_px + room_left_px) / width
set rmargin at screen (left_px + panel_px - 20.0) / width
set tmargin at screen 1 - (top_px + 56.0) / height
set bmargin at screen 1 - (top_px + panel_high_px - room_below_px) / height
set label 5 clip(panel[p], panel_px * 0.8) at screen (left_px + 4.0) / width, \
	screen 1 - (top_px + 16.0) / height font panel_font
set label 6 clip(axis[p], panel_px * 1.08) at screen (left_px + 4.0) / width, \
	screen 1 - (top_px + 38.0) / height
