# SPDX-License-Identifier: GPL-2.0-or-later
# Memory that is held, a panel a case and kind, a bar a group: see panel.gp and groups.gp. From
# `pincow plot`: panels, interval.
head_px = 108.0
key_row_px = 24.0
foot_px = 48.0
panel_px = 95.0 + groups * 72 > 290 ? 95.0 + groups * 72 : 290.0
panel_high_px = 300.0
columns = int(1190 / panel_px)
columns = columns < 1 ? 1 : columns > panels ? panels : columns
lines = (panels + columns - 1) / columns
columns = (panels + lines - 1) / lines
panel_px = 1190.0 / columns > panel_px && columns > 1 ? 1190.0 / columns : panel_px
width = int(columns * panel_px) + 20 > 1200 ? int(columns * panel_px) + 20 : 1200
body_px = head_px + groups * key_row_px + 14
height = body_px + lines * panel_high_px + foot_px
load here."style.gp"

set multiplot
sample = "bar"
list_px = width - 12
load here."groups.gp"
set label 4 "bars: median over boots; whiskers: ".interval \
	at screen 0.01, screen 20.0 / height
do for [p = 1:panels] {
	left_px = 10 + ((p - 1) % columns) * panel_px
	top_px = body_px + ((p - 1) / columns) * panel_high_px
	load here."panel.gp"
	eval groups_forget
}
unset multiplot
