# SPDX-License-Identifier: GPL-2.0-or-later
# A panel a case, a bar a group: the main job, or memory that is held; see panel.gp
# and groups.gp. From `pincow plot`: panels, interval.
panel_px = 95.0 + groups * 72 > 290 ? 95.0 + groups * 72 : 290.0
if (!exists("panel_high_px")) { panel_high_px = 300.0 }
load here."grid.gp"
load here."style.gp"

set multiplot
sample = "bar"
list_px = width - 12
load here."groups.gp"
set label 4 "bars: median over boots; whiskers: ".interval \
	at screen 0.01, screen 20.0 / height
do for [p = 1:panels] {
	left_px = left_of(p)
	top_px = top_of(p)
	load here."panel.gp"
	eval groups_forget
}
unset multiplot
