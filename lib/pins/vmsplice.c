/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmsplice(2) into an empty pipe: the kernel takes 16 pages at a time by
 * get_user_pages_fast() (FOLL_GET, read-only) and keeps them in pipe buffers for as long
 * as nobody reads them; splice(2) to /dev/null releases them.
 */
#include <pincow/bench.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

/* What a pipe may hold without a privilege: /proc/sys/fs/pipe-max-size is 1 MiB, and a
 * pipe has one slot a page.  What is more takes more pipes, and a call each. */
#define PIPE_BYTES ((size_t)1 << 20)

/**
 * struct vmsplice - pipes that hold a region together
 * @pipes:	read and write end of each, in the order of the region; of nr * 2 ends
 * @nr:		pipes that are open
 * @sink:	/dev/null
 */
struct vmsplice {
	int (*pipes)[2];
	size_t nr;
	int sink;
};

/* The part of the region that pipe @i holds. */
static struct iovec part_of(const struct pcow_region *region, size_t i)
{
	size_t left = region->bytes - i * PIPE_BYTES;

	return (struct iovec){ region->addr + i * PIPE_BYTES,
			       left < PIPE_BYTES ? left : PIPE_BYTES };
}

/* Bytes that a pipe holds now, or -errno. */
static int64_t held_bytes(const int *pipe)
{
	int bytes;

	return ioctl(pipe[0], FIONREAD, &bytes) ? -errno : bytes;
}

static int unpin(struct pcow_pin *pin)
{
	const struct vmsplice *v = pin->own;
	int64_t held = 0;

	for (size_t i = 0; i < v->nr; i++)
		while ((held = held_bytes(v->pipes[i])) > 0)
			if (splice(v->pipes[i][0], NULL, v->sink, NULL, (size_t)held, 0) < 0)
				return -errno;
	return (int)held;
}

static int pin(struct pcow_pin *pin)
{
	const struct vmsplice *v = pin->own;

	for (size_t i = 0; i < v->nr; i++) {
		const struct iovec iov = part_of(pin->region, i);
		ssize_t taken = vmsplice(v->pipes[i][1], &iov, 1, SPLICE_F_NONBLOCK);
		int code = errno;

		if (taken == (ssize_t)iov.iov_len)
			continue;
		unpin(pin);
		return taken < 0 ? -code : -EAGAIN;
	}
	return 0;
}

static int add_pipe(struct pcow_run *run, struct vmsplice *v, size_t bytes)
{
	int *pipe = v->pipes[v->nr];

	if (pipe2(pipe, O_CLOEXEC))
		return pcow_error(run, errno, "a pipe");
	v->nr++;
	if (fcntl(pipe[0], F_SETPIPE_SZ, (int)bytes) >= 0)
		return 0;
	if (errno == EPERM)
		return pcow_skip(run, "a larger /proc/sys/fs/pipe-user-pages-soft, or root",
				 "%zu pages in pipes are more than this user may have",
				 v->nr * PIPE_BYTES / pcow_page_bytes());
	return pcow_error(run, errno, "a pipe of %zu KiB", bytes >> 10);
}

static int try_once(struct pcow_run *run, struct pcow_pin *p)
{
	int ret = pin(p);

	if (!ret)
		ret = unpin(p);
	if (ret == -EPERM || ret == -EACCES || ret == -ENOSYS)
		return pcow_skip(run, "run it without the seccomp filter, outside the container",
				 "vmsplice() is not allowed here (%s)", strerror(-ret));
	return ret ? pcow_error(run, -ret, "vmsplice() of %zu KiB", p->region->bytes >> 10) : 0;
}

static int open_pipes(struct pcow_run *run, struct pcow_pin *pin)
{
	size_t n = (pin->region->bytes + PIPE_BYTES - 1) / PIPE_BYTES;
	struct vmsplice *v = pin->own;
	int ret = 0;

	v->sink = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (v->sink < 0)
		return pcow_error(run, errno, "/dev/null");
	v->pipes = calloc(n, sizeof(*v->pipes));
	if (!v->pipes)
		return pcow_error(run, ENOMEM, "%zu pipes", n);
	while (v->nr < n && !ret)
		ret = add_pipe(run, v, part_of(pin->region, v->nr).iov_len);
	return ret ? ret : try_once(run, pin);
}

/* The pipes hold every page, not just what fitted. */
static int prove(struct pcow_run *run, struct pcow_pin *pin)
{
	int64_t claimed = pin->held ? (int64_t)pin->region->bytes : 0;
	const struct vmsplice *v = pin->own;
	int64_t held = 0;

	for (size_t i = 0; i < v->nr; i++)
		held += held_bytes(v->pipes[i]);
	if (held != claimed)
		pcow_broken(run, "the pipe holds %" PRId64 " bytes, claimed %" PRId64, held,
			    claimed);
	return 0;
}

/* Reading the pipes empty is the only way to see what they hold. */
static int64_t count_stale(struct pcow_pin *pin)
{
	/* With the address no page has another's word, with the count none the last call's. */
	static uint64_t call;
	const struct pcow_region *region = pin->region;
	const struct vmsplice *v = pin->own;
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
		const int *pipe = v->pipes[at / PIPE_BYTES];
		/* A pipe that holds less than its part has no more to give. */
		ssize_t got = held_bytes(pipe) > 0 ? read(pipe[0], seen, page) : 0;

		stale += got != (ssize_t)page || *seen != *(uint64_t *)(region->addr + at);
	}
	free(seen);
	pin->held = false;
	return stale;
}

static void close_pipes(struct pcow_pin *pin)
{
	const struct vmsplice *v = pin->own;

	for (size_t i = 0; i < v->nr; i++) {
		close(v->pipes[i][0]);
		close(v->pipes[i][1]);
	}
	free(v->pipes);
	close(v->sink);
}

PCOW_PINNER(vmsplice) = {
	.name = "vmsplice",
	.summary = "vmsplice(2): read-only references, kept by a pipe",
	.reference = PCOW_FOLL_GET,
	.lasting = true,
	.charged = "",
	.own_bytes = sizeof(struct vmsplice),
	.open = open_pipes,
	.pin = pin,
	.unpin = unpin,
	.prove = prove,
	.count_stale = count_stale,
	.close = close_pipes,
};
