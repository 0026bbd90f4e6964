/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pincow-worker JOB FD: one replicate of one case; `pincow run` starts it. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <pincow/worker.h>

int main(int argc, char **argv)
{
	char *end;
	long fd;

	if (argc != 3) {
		fputs("pincow-worker measures for 'pincow run', which starts it\n", stderr);
		return EXIT_FAILURE;
	}
	fd = strtol(argv[2], &end, 10);
	if (end == argv[2] || *end || fd < 0 || fd > INT_MAX) {
		fprintf(stderr, "pincow-worker: '%s' is no file descriptor\n", argv[2]);
		return EXIT_FAILURE;
	}
	return pcow_worker_main(argv[1], (int)fd);
}
