# SPDX-License-Identifier: GPL-2.0-or-later
# A logarithmic x axis of sizes or counts, of which most are powers of two: by itself
# gnuplot counts from the left edge, whatever lies there. Before: from and to (of the
# data), bytes (are they?).
in_bytes(x) = x < 1024 ? sprintf("%g B", x) : x < 1048576 ? sprintf("%.4g KiB", x / 1024.0) : \
	gprintf(x == 2.0**floor(log(x) / log(2) + 1e-9) ? "%.0b %BB" : "%.1b %BB", x)
set logscale x 2
set xrange [from / 1.3 : to * 1.3]
set xtics ()
least = int(ceil(log(from) / log(2) - 1e-9))
most = int(floor(log(to) / log(2) + 1e-9))
do for [k = least:most:most - least < 6 ? 1 : (most - least) / 6 + 1] {
	set xtics add ((bytes ? in_bytes(2.0**k) : \
		k < 24 ? sprintf("%.0f", 2.0**k) : sprintf("2^%d", k)) 2.0**k)
}
# Of what has none of these, or one, the ends.
if (most <= least) {
	do for [i = 1:from < to ? 2 : 1] {
		end = i == 1 ? from : to
		set xtics add ((bytes ? in_bytes(end) : sprintf("%g", end)) end)
	}
}
