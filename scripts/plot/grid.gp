# SPDX-License-Identifier: GPL-2.0-or-later
# Panels in a grid below the list of the groups; see groups.gp and frame.gp. From
# `pincow plot`: panels, axis[]. Before: panel_px, the least width of a panel, and
# panel_high_px. Gives columns, width, height, body_px and panel_px.
head_px = differ eq "" ? 108.0 : 132.0
key_row_px = 24.0
foot_px = 48.0
do for [p = 1:panels] {
	text_px = 8.2 * strlen(axis[p]) + 10 < 585 ? 8.2 * strlen(axis[p]) + 10 : 585.0
	panel_px = text_px > panel_px ? text_px : panel_px
}
columns = int(1190 / panel_px)
columns = columns < 1 ? 1 : columns > panels ? panels : columns
lines = (panels + columns - 1) / columns
columns = (panels + lines - 1) / lines
panel_px = columns > 1 ? 1190.0 / columns : panel_px > 595 ? panel_px : 595.0
width = int(columns * panel_px) + 20 > 1200 ? int(columns * panel_px) + 20 : 1200
body_px = head_px + groups * key_row_px + 14
height = body_px + lines * panel_high_px + foot_px
left_of(p) = 10 + ((p - 1) % columns) * panel_px
top_of(p) = body_px + ((p - 1) / columns) * panel_high_px
