# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# Result files that show nothing, or something else than they seem to: none of
# them may pass.  base and sound differ in nothing, and pass.
# shellcheck source=../boots.sh
. "$source/tests/cli/boots.sh"

host='.config += {replicates: 1, precision: 0.0, workers: 3}
	| .host.kernel += {build_id: "aaaa", config_sha256: "cccc", cmdline: "BOOT_IMAGE=/old quiet"}
	| .host.cpu += {governor: "performance", microcode: "0x1", boost: false}
	| .host.memory += {thp_enabled: "madvise"} | .host.clocksource = "tsc"
	| .host.mitigations = {meltdown: "Not affected", retbleed: "Mitigation: IBRS, SMT off"}
	| .host.loadavg = [0.05, 0.1, 0.1]'
new='.host.kernel += {build_id: "bbbb", cmdline: "BOOT_IMAGE=/new quiet"}'
for i in 1 2 3 4 5 6 7 8; do
	boot base/$i.jsonl $((1000 + i % 3)) "$host | .block = $i"
	boot sound/$i.jsonl $((1000 + i % 3)) "$host | $new | .block = $i"
done

# tampered FOLDER JQ [LAST]: eight boots as sound ones; up to LAST, each record through JQ.
tampered() {
	rm -rf "$1"
	mkdir "$1"
	jq -c "(input_filename | sub(\".*/\"; \"\") | rtrimstr(\".jsonl\")) as \$boot |
		if .boot_id then .boot_id = \"$1-\" + \$boot else . end |
		if (\$boot | tonumber) <= ${3:-8} then ($2) else . end" sound/*.jsonl |
		awk -v folder="$1" '/"record":"header"/ { n++ } { print > folder "/" n ".jsonl" }'
}

# verdict [OPTION]... FOLDER...: gate, exit status, and the notes.
verdict() {
	code=0
	"$pincow" gate --json "$@" >verdict.json 2>verdict.err || code=$?
	echo "== $* -> exit $code"
	cat verdict.err
	[ ! -s verdict.json ] || jq -r '.gate + " " + (.gated | tojson),
		([.comparisons[].lines[].changes[] | select(.gate != "PASS" and .why != "") |
			.gate + ": " + .why] | unique[]), "note: " + .notes[]' verdict.json
}
worker='if .record == "worker" then'

verdict base sound

echo "# Samples and workers"
tampered died .
for i in 1 2 3 4 5; do
	sed -i 2q died/$i.jsonl
done
verdict base died
verdict died base
tampered invalid "$worker .batch |= (.ticks = [range(100) | 100100] | .ops = [range(100) | 100]
	| .copied = .ops | .valid = [1, (range(99) | 0)]) | .broken = {because: 99} else . end"
verdict base invalid
tampered some "$worker .batch.valid = [1, 0, 1] | .broken = {because: 1} else . end"
verdict base some
none='.batch = {} | .memory = null | .reason = "because"'
tampered skipped "$worker .status = \"skip\" | $none else . end" 5
verdict base skipped
tampered errors "$worker .status = \"error\" | $none else . end" 5
verdict base errors
verdict errors base
tampered truncated "$worker .truncated = true else . end"
verdict base truncated
tampered timer "$worker .clock |= (.overhead_start_ticks = 300000 | .overhead_end_ticks = 300000)
	else . end"
verdict base timer

echo "# Not what was to be compared"
header='if .record == "header" then'
tampered unbooted "$header .host.kernel.build_id = \"aaaa\" else . end"
verdict base unbooted
verdict --aa unbooted base unbooted sound
tampered switched "$header .host.kernel.build_id = \"aaaa\" | .model.name = \"old\" else . end"
verdict base switched
tampered reruns "$header .boot_id |= sub(\"reruns-(?<i>.)\"; \"base-\\(.i).jsonl\")
	| .created_ns += 1000000 else . end"
verdict base reruns

echo "# Elsewhere, or otherwise"
for change in '.host.hostname = "other"' '.host.cpu.model = "Other CPU"' \
	'.host.memory.thp_enabled = "always"' '.host.clocksource = "hpet"' \
	'.host.mitigations.retbleed = "Vulnerable"' '.host.loadavg = [3.5, 1, 1]' \
	'.host.mitigations.retbleed = "Mitigation: IBRS; SMT on"' \
	'.host.cpu.governor = "powersave"' '.host.cpu.boost = true' \
	'.host.cpu.microcode = "0x2"' '.host.kernel.cmdline += " mitigations=off"' \
	'.host.kernel.config_sha256 = "dddd"' '.version = "0.2.0"' \
	'.host.kernel |= (.config_sha256 = "dddd" | .release = "6.2.0")'; do
	tampered changed "$header $change else . end"
	echo "# $change"
	verdict base changed
done
tampered mixed "$header .host.cpu.governor = \"powersave\" | .host.memory.thp_enabled = \"never\"
	else . end" 1
verdict base mixed

echo "# Made to look alike"
always="$header .host.memory.thp_enabled = \"always\" else . end"
tampered mostly "$always" 7
rm -rf seldom
cp -r base seldom
jq -c "$always" base/1.jsonl >seldom/1.jsonl
verdict seldom mostly
tampered alone "$header .host.memory.page_bytes = 65536 else . end" 3
verdict base alone
tampered unknown "$header .boot_id = \"\" | .created_ns += (\$boot | tonumber * 1000000) else . end"
verdict base unknown
tampered stripped "$header .host |= (del(.hostname, .mitigations, .kernel.build_id))
	| del(.config.replicates) else . end"
verdict base stripped
tampered clock "$worker .clock.source = \"monotonic_raw\" else . end"
verdict base clock
tampered rate "$worker .clock.hz = 1100000000 else . end"
verdict base rate
tampered dear "$worker .clock.overhead_start_ticks = 20000 | .batch.ticks |= map(. + 10000)
	else . end"
verdict base dear
tampered cpu "$worker .cpu = 3 else . end"
verdict base cpu
tampered silent "$worker .batch |= del(.copied) else . end"
verdict base silent
tampered far "$header .created_ns += 259200000000000 else . end" 4
verdict base far
tampered twice .
sed -n 2p twice/1.jsonl >line
cat line >>twice/1.jsonl
verdict base twice
tampered surplus .
jq -c '.replicate = 1' line >>surplus/1.jsonl
verdict base surplus
tampered pipe .
rm pipe/8.jsonl
mkfifo pipe/8.jsonl
verdict base pipe
tampered mended "$worker .broken = {because: 2} else . end" 1
verdict base mended

echo "# The policy's part"
printf '[family]\ncase = fault/*\ncase = frok/*\n' >policy
verdict --policy policy base sound
printf '[family]\nignore = frok/*\n' >policy
verdict --policy policy base sound
printf '[family]\ncase = fault/*\nignore = fault/cow-*\nignore = fault/first-touch\n' >policy
verdict --policy policy base sound
printf '[family]\nmetric = page_tables_bytes\n' >policy
tampered heavier "$worker .memory.page_tables_bytes.value += 4096 else . end"
verdict --policy policy base heavier
printf '[rule]\ninvalid = 50 %%\nworkers = 50 %%\nlost = 10 %%\n' >policy
verdict --policy policy base some
printf '[allow]\nthp = yes\n' >policy
tampered thp "$header .host.memory.thp_enabled = \"always\" else . end"
verdict --policy policy base thp
printf '[allow]\nsame-build = yes\n' >policy
verdict --policy policy base unbooted
verdict --policy policy base reruns
printf '[allow]\nalone = yes\n' >policy
verdict --policy policy base alone
printf '[effect]\nlatency = 0.5\n' >policy
verdict --policy policy base sound
printf '[allow]\nthp = maybe\n' >policy
verdict --policy policy base sound
printf '[allow]\nweather = yes\n' >policy
verdict --policy policy base sound

echo "# Pairs"
tampered lost .
rm lost/3.jsonl
verdict base lost
"$pincow" gate --json base lost | jq -c '[.comparisons[].lines[].changes[] | [.n, .paired]] | unique'
