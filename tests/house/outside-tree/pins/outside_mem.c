/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pinner from outside the tree: pread(2) of /proc/self/mem, one byte a page, for which
 * the kernel takes the page by get_user_pages_remote() (FOLL_GET, read-only) and drops
 * it again.  The baseline reads no byte: the call returns before it looks at memory.
 */
#include <pincow/bench.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

struct mem {
	int fd;
};

static int open_mem(struct pcow_run *run, struct pcow_pin *pin)
{
	struct mem *m = pin->own;

	m->fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	return m->fd < 0 ? pcow_error(run, errno, "/proc/self/mem") : 0;
}

/* The first @bytes of each page. */
static int read_each(const struct pcow_pin *pin, char *seen, size_t bytes)
{
	const struct mem *m = pin->own;

	for (size_t at = 0; at < pin->region->bytes; at += pcow_page_bytes()) {
		ssize_t got = pread(m->fd, seen, bytes, (off_t)(pin->region->addr + at));

		if (got != (ssize_t)bytes)
			return got < 0 ? -errno : -EIO;
	}
	return 0;
}

static int pin(struct pcow_pin *p)
{
	char seen;

	return read_each(p, &seen, 1);
}

static int baseline(struct pcow_pin *p)
{
	return read_each(p, NULL, 0);
}

/* The calls see what is stored: the last one the last page. */
static int prove(struct pcow_run *run, struct pcow_pin *p)
{
	volatile char *last = p->region->addr + p->region->bytes - pcow_page_bytes();
	char seen = *last;
	int ret;

	++*last;
	ret = read_each(p, &seen, 1);
	if (!ret && seen != *last)
		pcow_broken(run, "the file has not what is in memory");
	return ret;
}

static void close_mem(struct pcow_pin *p)
{
	const struct mem *m = p->own;

	if (m->fd >= 0)
		close(m->fd);
}

PCOW_PINNER(outside_mem) = {
	.name = "outside-mem",
	.summary = "pread(2) of /proc/self/mem, one call a page",
	.reference = PCOW_FOLL_GET,
	.charged = "",
	.own_bytes = sizeof(struct mem),
	.open = open_mem,
	.pin = pin,
	.baseline = baseline,
	.baseline_is = "the same call of no bytes",
	.prove = prove,
	.close = close_mem,
};
