# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# Where a run may not write.
echo mine >mine.jsonl
pincow run -q -o mine.jsonl null/op
pincow run -q --resume -o mine.jsonl
cat mine.jsonl
pincow run -q --resume
pincow run -q --resume -o mine.jsonl --seed 1
pincow run -q --resume --dry-run -o mine.jsonl
pincow run -q -o no-such-folder/x.jsonl null/op
pincow run -q --resume -o no-such-file.jsonl
ls -A
