# SPDX-License-Identifier: GPL-2.0-or-later
# Panels of curves in a grid; see groups.gp. From `pincow plot`: panels. Before:
# panel_high_px. Gives columns, width, height, body_px and panel_px.
head_px = 108.0
key_row_px = 24.0
foot_px = 40.0
columns = panels > 3 ? 3 : panels
lines = (panels + columns - 1) / columns
width = 1200
panel_px = 1190.0 / columns
body_px = head_px + groups * key_row_px + 14
height = body_px + lines * panel_high_px + foot_px
