/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * io_uring's registered buffers: IORING_REGISTER_BUFFERS of the whole region takes
 * FOLL_PIN | FOLL_LONGTERM | FOLL_WRITE, by slow GUP through v6.9 and GUP-fast after it,
 * with the table that remembers the pages; counted per user against RLIMIT_MEMLOCK.
 * Through v6.11 unregistering waits in the kernel until nobody uses the buffers.
 */
#include <pincow/bench.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* The largest buffer that kernels through v6.12 take. */
#define IOVEC_BYTES_MAX ((size_t)1 << 30)

/**
 * struct uring - a ring whose registered buffers pin a region
 * @ring:	the kernel object
 * @is_open:	it is there
 * @iovecs:	of the region, at most 1 GiB each
 * @nr_iovecs:	how many
 * @proof:	sockets: what the kernel sees in the buffers goes in at the second
 * @counted:	the kernel tells what this process has pinned
 */
struct uring {
	struct io_uring ring;
	bool is_open;
	struct iovec *iovecs;
	unsigned int nr_iovecs;
	int proof[2];
	bool counted;
};

static int ring_init(struct pcow_run *run, struct io_uring *ring)
{
	int ret = io_uring_queue_init(4, ring, 0);

	if (ret == -EPERM)
		return pcow_skip(run, "sysctl kernel.io_uring_disabled=0 as root",
				 "io_uring is not permitted to this user");
	if (ret == -ENOSYS)
		return pcow_skip(run,
				 "a kernel from v5.1 on with CONFIG_IO_URING, no seccomp filter",
				 "this kernel has no io_uring");
	if (ret == -ENOMEM)
		return pcow_skip(run, "sudo prlimit --memlock=unlimited:unlimited --pid $$",
				 "RLIMIT_MEMLOCK leaves no room for an io_uring");
	return ret ? pcow_error(run, -ret, "io_uring_setup") : 0;
}

static int make_iovecs(struct pcow_run *run, struct uring *uring, const struct pcow_region *region)
{
	size_t bytes = region->bytes;
	unsigned int n = (unsigned int)((bytes + IOVEC_BYTES_MAX - 1) / IOVEC_BYTES_MAX);

	uring->iovecs = calloc(n, sizeof(*uring->iovecs));
	if (!uring->iovecs)
		return pcow_error(run, ENOMEM, "%u iovecs", n);
	for (; uring->nr_iovecs < n; uring->nr_iovecs++) {
		size_t at = uring->nr_iovecs * IOVEC_BYTES_MAX;
		size_t left = bytes - at;

		uring->iovecs[uring->nr_iovecs] =
			(struct iovec){ region->addr + at,
					left < IOVEC_BYTES_MAX ? left : IOVEC_BYTES_MAX };
	}
	return 0;
}

/* What this process has pinned, by whichever ring: VmPin of proc(5), or -errno. */
static int64_t pinned_bytes(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	int64_t kib = -1;
	char line[256];

	if (!file)
		return -errno;
	while (kib < 0 && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmPin: %" SCNd64, &kib) != 1)
			kib = -1;
	fclose(file);
	return kib < 0 ? -ENODATA : kib * 1024;
}

static int pin(struct pcow_pin *pin)
{
	struct uring *uring = pin->own;

	return io_uring_register_buffers(&uring->ring, uring->iovecs, uring->nr_iovecs);
}

static int unpin(struct pcow_pin *pin)
{
	return io_uring_unregister_buffers(&((struct uring *)pin->own)->ring);
}

/* Registering fails by the limit that it meets: name that limit. */
static int try_once(struct pcow_run *run, struct pcow_pin *p)
{
	struct rlimit limit = { .rlim_cur = RLIM_INFINITY };
	size_t kib = p->region->bytes >> 10;
	int ret = pin(p);

	if (!ret) {
		/* Newer kernels do not count those of CAP_IPC_LOCK. */
		((struct uring *)p->own)->counted = pinned_bytes() > 0;
		return unpin(p);
	}
	getrlimit(RLIMIT_MEMLOCK, &limit);
	if (ret == -ENOMEM && limit.rlim_cur != RLIM_INFINITY)
		return pcow_skip(run, "sudo prlimit --memlock=unlimited:unlimited --pid $$",
				 "pinning %zu KiB is beyond RLIMIT_MEMLOCK's %" PRIu64
				 " KiB for this user",
				 kib, (uint64_t)limit.rlim_cur >> 10);
	return pcow_error(run, -ret, "registering %zu KiB of buffers", kib);
}

static int open_ring(struct pcow_run *run, struct pcow_pin *pin)
{
	struct uring *uring = pin->own;
	int ret = ring_init(run, &uring->ring);

	uring->proof[0] = uring->proof[1] = -1;
	uring->is_open = !ret;
	if (ret)
		return ret;
	/* A socket takes what is written at once.  For a file io_uring would ask a
	 * thread of its own, which then lives in the mm that is measured. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, uring->proof))
		return pcow_error(run, errno, "socketpair");
	ret = make_iovecs(run, uring, pin->region);
	return ret ? ret : try_once(run, pin);
}

/* One IORING_OP_WRITE_FIXED of @word into the socket, through buffer @index; bytes
 * written or -errno. */
static int write_through(struct uring *uring, const volatile uint64_t *word, unsigned int index)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&uring->ring);
	struct io_uring_cqe *cqe;
	int ret;

	if (!sqe)
		return -EBUSY;
	io_uring_prep_write_fixed(sqe, uring->proof[1], (const void *)word, sizeof(*word), 0,
				  (int)index);
	ret = io_uring_submit_and_wait(&uring->ring, 1);
	if (ret < 0)
		return ret;
	ret = io_uring_wait_cqe(&uring->ring, &cqe);
	if (ret < 0)
		return ret;
	ret = cqe->res;
	io_uring_cqe_seen(&uring->ring, cqe);
	return ret;
}

static int64_t count_stale(struct pcow_pin *pin)
{
	struct uring *uring = pin->own;
	int64_t stale = 0;
	uint64_t seen;

	/* What went through a buffer that should not have been there. */
	while (read(uring->proof[0], &seen, sizeof(seen)) > 0)
		;
	for (size_t at = 0; at < pin->region->bytes; at += pcow_page_bytes()) {
		volatile uint64_t *word = (volatile uint64_t *)(pin->region->addr + at);
		int ret;

		/* A word that was never there before, so that nothing old can match. */
		*word = *word * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		ret = write_through(uring, word, (unsigned int)(at / IOVEC_BYTES_MAX));
		if (ret < 0)
			return ret;
		if (ret != sizeof(seen) ||
		    read(uring->proof[0], &seen, sizeof(seen)) != sizeof(seen))
			return -EIO;
		stale += seen != *word;
	}
	return stale;
}

/* How many rings this process has open, or -errno. */
static int count_rings(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int rings = 0;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		char target[32] = "";

		if (readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1) > 0)
			rings += strcmp(target, "anon_inode:[io_uring]") == 0;
	}
	closedir(dir);
	return rings;
}

/* What is pinned, as /proc tells, and by nobody but this ring. */
static int prove_count(struct pcow_run *run, const struct pcow_pin *pin)
{
	const struct uring *uring = pin->own;
	int64_t claimed = pin->held ? (int64_t)pin->region->bytes : 0;
	/* A large folio of which a part is pinned is charged whole. */
	bool at_least = pin->held && pin->region->kind.cls != PCOW_BASE;
	int64_t pinned = pinned_bytes();
	int rings = count_rings();

	if (pinned < 0 || rings < 0)
		return pcow_error(run, EACCES, "what is pinned, from /proc/self");
	if (rings != 1)
		pcow_broken(run, "%d io_urings are open, claimed one", rings);
	if (uring->counted && (at_least ? pinned < claimed : pinned != claimed))
		pcow_broken(run, "%" PRId64 " bytes are pinned, claimed %" PRId64, pinned, claimed);
	return 0;
}

/* Pinned: the kernel sees what is written.  Unpinned: it has no buffer to look at. */
static int prove(struct pcow_run *run, struct pcow_pin *pin)
{
	struct uring *uring = pin->own;
	const volatile uint64_t *word = (const volatile uint64_t *)pin->region->addr;
	int64_t stale;

	if (!pin->held) {
		if (write_through(uring, word, 0) != -EFAULT)
			pcow_broken(run, "the buffers are registered, claimed none");
		return prove_count(run, pin);
	}
	stale = count_stale(pin);
	if (stale < 0)
		pcow_broken(run, "the buffers cannot be used: %s", strerror((int)-stale));
	else if (stale)
		pcow_broken(run, "%" PRId64 " pinned pages are not the process's", stale);
	else if (write_through(uring, word, uring->nr_iovecs) != -EFAULT)
		pcow_broken(run, "other buffers are registered behind those of the region");
	return prove_count(run, pin);
}

static void close_ring(struct pcow_pin *pin)
{
	struct uring *uring = pin->own;

	if (!uring->is_open)
		return;
	io_uring_queue_exit(&uring->ring);
	if (uring->proof[0] >= 0) {
		close(uring->proof[0]);
		close(uring->proof[1]);
	}
	free(uring->iovecs);
}

PCOW_PINNER(io_uring) = {
	.name = "io-uring",
	.summary = "io_uring's registered buffers: long-term writable pins",
	.reference = PCOW_FOLL_PIN,
	.write = true,
	.longterm = true,
	.lasting = true,
	.unpin_waits = true,
	.charged = "the user's locked memory, against RLIMIT_MEMLOCK",
	.needs =
		PCOW_NEEDS({ .kind = PCOW_NEED_SYSCTL,
			     .what = "kernel.io_uring_disabled",
			     .most = 1,
			     .remedy = "sudo sysctl kernel.io_uring_disabled=0, or run --prepare" },
			   { PCOW_SYSCALL(io_uring_setup),
			     .remedy = "sudo sysctl kernel.io_uring_disabled=0, a kernel with "
				       "CONFIG_IO_URING, no seccomp filter" },
			   { .kind = PCOW_NEED_MEMLOCK, .least = 1, .times = "size" }),
	.own_bytes = sizeof(struct uring),
	.open = open_ring,
	.pin = pin,
	.unpin = unpin,
	.prove = prove,
	.count_stale = count_stale,
	.close = close_ring,
};
