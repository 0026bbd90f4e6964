/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmsplice [OPTION...] PAGES...: so many pages into an empty pipe by one call; a page. */
#include "truth.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

static void measure(const char *pages)
{
	size_t bytes = strtoul(pages, NULL, 10) * (size_t)getpagesize();
	char *memory = truth_map(bytes), *sink = truth_map(bytes);
	struct iovec all = { .iov_base = memory, .iov_len = bytes };
	int pipe_[2];

	truth_write(memory, bytes);
	if (pipe(pipe_) || fcntl(pipe_[1], F_SETPIPE_SZ, (int)bytes) < 0)
		truth_die("a pipe of %zu bytes", bytes);
	for (int i = 0; i < TRUTH_SAMPLES; i++) {
		uint64_t begin = truth_now();
		ssize_t taken = vmsplice(pipe_[1], &all, 1, 0);

		truth_sample(begin, truth_now());
		if (taken != (ssize_t)bytes || read(pipe_[0], sink, bytes) != taken)
			truth_die("vmsplice took %zd of %zu bytes", taken, bytes);
	}
	truth_unmap(memory, bytes);
	truth_unmap(sink, bytes);
	close(pipe_[0]);
	close(pipe_[1]);
	truth_print("vmsplice", pages, truth_pages(bytes));
}

int main(int argc, char **argv)
{
	(void)argc;
	for (argv = truth_start(argv); *argv; argv++)
		measure(*argv);
	return 0;
}
