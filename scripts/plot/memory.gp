# SPDX-License-Identifier: GPL-2.0-or-later
# Memory that is held; most of it is the same in all groups, so the panels are low.
panel_high_px = 200.0
load here."bars.gp"
