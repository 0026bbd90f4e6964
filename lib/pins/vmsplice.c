/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmsplice(2): a pipe that holds read-only references (FOLL_GET) to the pages
 * of a process, for as long as nobody reads it.
 */
#include <pincow/bench.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

/* A pipe has one slot a page; its size is asked for in bytes. */
static int grow(struct pcow_run *run, const struct pcow_vmsplice *v, size_t pages)
{
	if (fcntl(v->pipe[0], F_SETPIPE_SZ, (int)(pages * pcow_page_bytes())) >= 0)
		return 0;
	if (errno == EPERM)
		return pcow_skip(run, "a larger /proc/sys/fs/pipe-max-size, or root",
				 "a pipe of %zu pages is more than this user may have", pages);
	return pcow_error(run, errno, "a pipe of %zu pages", pages);
}

int pcow_vmsplice_open(struct pcow_run *run, struct pcow_vmsplice *v, size_t pages)
{
	if (pipe2(v->pipe, O_CLOEXEC))
		return pcow_error(run, errno, "pipe");
	v->sink = open("/dev/null", O_WRONLY | O_CLOEXEC);
	v->open = true;
	if (v->sink < 0)
		return pcow_error(run, errno, "/dev/null");
	return grow(run, v, pages);
}

int64_t pcow_vmsplice_hold(struct pcow_vmsplice *v, const void *addr, size_t bytes)
{
	const struct iovec iov = { .iov_base = (void *)addr, .iov_len = bytes };
	ssize_t taken = vmsplice(v->pipe[1], &iov, 1, SPLICE_F_NONBLOCK);

	return taken < 0 ? -errno : taken;
}

int64_t pcow_vmsplice_held(const struct pcow_vmsplice *v)
{
	int bytes;

	return ioctl(v->pipe[0], FIONREAD, &bytes) ? -errno : bytes;
}

int64_t pcow_vmsplice_stale_pages(struct pcow_vmsplice *v, const struct pcow_region *region)
{
	/* With the address no page has another's word, with the count none the last call's. */
	static uint64_t call;
	size_t page = pcow_page_bytes();
	int64_t stale = 0;
	uint64_t *seen;

	call++;
	for (size_t at = 0; at < region->bytes; at += page)
		*(volatile uint64_t *)(region->addr + at) = (uintptr_t)(region->addr + at) ^ call;
	seen = malloc(page);
	if (!seen)
		return -ENOMEM;
	for (size_t at = 0; at < region->bytes; at += page) {
		/* A pipe that holds less than the region has no more to give. */
		ssize_t got = pcow_vmsplice_held(v) > 0 ? read(v->pipe[0], seen, page) : 0;

		stale += got != (ssize_t)page || *seen != *(uint64_t *)(region->addr + at);
	}
	free(seen);
	return stale;
}

int pcow_vmsplice_release(struct pcow_vmsplice *v)
{
	int64_t held;

	while ((held = pcow_vmsplice_held(v)) > 0)
		if (splice(v->pipe[0], NULL, v->sink, NULL, (size_t)held, 0) < 0)
			return -errno;
	return (int)held;
}

void pcow_vmsplice_close(struct pcow_vmsplice *v)
{
	if (!v->open)
		return;
	close(v->pipe[0]);
	close(v->pipe[1]);
	if (v->sink >= 0)
		close(v->sink);
	v->open = false;
}
