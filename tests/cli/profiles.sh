# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Profiles by function of boots that never ran.

# profile FILE KERNEL RELEASE COPY [JQ]: a case in which COPY instructions a page go to
# memcpy, 4 to a function that only 6.1.0 has; JQ changes the profile.
profile() {
	jq -n --arg kernel "$2" --arg release "$3" --argjson copy "$4" '
	def f($name; $others; $n): {function: $name, others: $others, instructions: $n, calls: 1};
	{
		record: "profile", schema: 1, kernel: $kernel, release: $release, build_id: null,
		machine: "x86_64", page_bytes: 4096, lab: null,
		cases: [{
			scenario: "fault/cow-copy", params: {page: "base", size: 4194304},
			operation: "page", op_bytes: 4096, windows: 2, valid: 2, operations: 10,
			waited: false, clock: 0, kernel: ($copy * 10 + (if $release == "6.1.0" then 40 else 0 end)),
			user: 20,
			others_kernel: 30, others_user: 0,
			functions: [f("memcpy"; false; $copy * 10), f("copy [m]"; true; 30),
				(if $release == "6.1.0" then f("kmap"; false; 40) else empty end)]
		}]
	} | '"${5:-.}" >"$1"
}
