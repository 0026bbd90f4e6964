# SPDX-License-Identifier: GPL-2.0-or-later
# For a logarithmic axis from low to high: what `set xtics` wants in `ticks`, and
# the same places without labels in `marks`. gnuplot by itself labels decades
# alone, of which a narrow range may hold only one.
#
# Labels stand close enough to read between, and far enough to be read. The last
# choice has two in any range of 1.44, the narrowest that a figure has.
array choice[5] = ["1", "1 2 5", "1 2 3 4 6", "1 1.2 1.5 2 2.5 3 4 5 6 8", \
	"1 1.2 1.4 1.6 1.8 2 2.2 2.5 3 3.5 4 4.5 5 6 7 8 9"]
finest = high / low < 6 ? 3 : high / low < 2000 ? 2 : 1
do for [c = finest:5] {
	ticks = ""
	marks = ""
	inside = 0
	do for [exponent = int(floor(log10(low))):int(ceil(log10(high)))] {
		do for [digit in choice[c]] {
			tick = real(digit) * 10.0**exponent
			comma = ticks eq "" ? "" : ", "
			# 1.5 k, but 15 k and 150 k.
			form = strstrt(digit, ".") && exponent % 3 == 0 ? "%.1s %c" : "%.0s %c"
			ticks = ticks.comma.sprintf("'%s' %.6g", gprintf(form.unit, tick), tick)
			marks = marks.comma.sprintf("'' %.6g", tick)
			inside = inside + (tick >= low && tick <= high)
		}
	}
	if (inside >= 2) { break }
}
ticks = "(".ticks.")"
marks = "(".marks.")"
