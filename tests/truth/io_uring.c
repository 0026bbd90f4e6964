/* SPDX-License-Identifier: GPL-2.0-or-later */
/* io_uring [OPTION...] SIZE...: registering SIZE as one buffer, and unregistering it; a page. */
#include "truth.h"

#include <linux/io_uring.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void measure(int ring, bool unregister, const char *size)
{
	size_t bytes = truth_bytes(size);
	struct iovec buffer = { .iov_base = truth_map(bytes), .iov_len = bytes };

	truth_write(buffer.iov_base, bytes);
	for (int i = 0; i < TRUTH_SAMPLES; i++) {
		uint64_t begin = truth_now(), registered, end;
		long in, out;

		in = syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &buffer, 1);
		registered = truth_now();
		out = syscall(SYS_io_uring_register, ring, IORING_UNREGISTER_BUFFERS, NULL, 0);
		end = truth_now();
		if (in || out)
			truth_die("io_uring_register");
		truth_sample(unregister ? registered : begin, unregister ? end : registered);
	}
	truth_unmap(buffer.iov_base, bytes);
	truth_print(unregister ? "unregister" : "register", size, truth_pages(bytes));
}

int main(int argc, char **argv)
{
	struct io_uring_params params = { 0 };
	int ring;

	(void)argc;
	argv = truth_start(argv);
	ring = (int)syscall(SYS_io_uring_setup, 4, &params);
	if (ring < 0)
		truth_die("io_uring_setup");
	for (; *argv; argv++) {
		measure(ring, false, *argv);
		measure(ring, true, *argv);
	}
	return 0;
}
