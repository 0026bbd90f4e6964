# SPDX-License-Identifier: GPL-2.0-or-later
# From low to high, on a logarithmic axis: what `set xtics` wants in `ticks`, and
# the same places without labels in `marks`. gnuplot by itself labels decades
# alone, of which a narrow range may hold only one.
ticks = ""
marks = ""
# Labels stand close enough to read between, and far enough to be read.
digits = high / low < 4 ? "1 2 3 4 6" : high / low < 2000 ? "1 2 5" : "1"
do for [exponent = int(floor(log10(low))):int(ceil(log10(high)))] {
	do for [digit in digits] {
		tick = real(digit) * 10.0**exponent
		comma = ticks eq "" ? "" : ", "
		ticks = ticks.comma.sprintf("'%s' %.6g", gprintf("%.0s %c".unit, tick), tick)
		marks = marks.comma.sprintf("'' %.6g", tick)
	}
}
ticks = "(".ticks.")"
marks = "(".marks.")"
