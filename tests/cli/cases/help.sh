# shellcheck shell=sh disable=SC2154 # sourced by ../run
# SPDX-License-Identifier: GPL-2.0-or-later
# The options of every command: what the man pages are made of.
pincow --help
for command in list run show compare gate plot report export doctor probe; do
	pincow "$command" --help
done
pincow run -h
pincow --version
