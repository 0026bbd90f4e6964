/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * io_uring's registered buffers: FOLL_PIN | FOLL_LONGTERM | FOLL_WRITE of whole
 * iovecs, counted per user against RLIMIT_MEMLOCK.
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

int pcow_uring_probe(struct pcow_run *run)
{
	struct io_uring ring;
	int ret = ring_init(run, &ring);

	if (!ret)
		io_uring_queue_exit(&ring);
	return ret;
}

static int make_iovecs(struct pcow_run *run, struct pcow_uring *uring)
{
	size_t bytes = uring->region->bytes;
	unsigned int n = (unsigned int)((bytes + IOVEC_BYTES_MAX - 1) / IOVEC_BYTES_MAX);
	struct iovec *iovecs = calloc(n, sizeof(*iovecs));

	if (!iovecs)
		return pcow_error(run, ENOMEM, "%u iovecs", n);
	for (unsigned int i = 0; i < n; i++) {
		size_t at = i * IOVEC_BYTES_MAX;

		iovecs[i].iov_base = uring->region->addr + at;
		iovecs[i].iov_len = bytes - at < IOVEC_BYTES_MAX ? bytes - at : IOVEC_BYTES_MAX;
	}
	uring->iovecs = iovecs;
	uring->nr_iovecs = n;
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

/* Registering fails by the limit that it meets: name that limit. */
static int try_registration(struct pcow_run *run, struct pcow_uring *uring)
{
	struct rlimit limit = { .rlim_cur = RLIM_INFINITY };
	size_t kib = uring->region->bytes >> 10;
	int ret = pcow_uring_register(uring);

	if (!ret) {
		/* Newer kernels do not count those of CAP_IPC_LOCK. */
		uring->counted = pinned_bytes() > 0;
		return pcow_uring_unregister(uring);
	}
	getrlimit(RLIMIT_MEMLOCK, &limit);
	if (ret == -ENOMEM && limit.rlim_cur != RLIM_INFINITY)
		return pcow_skip(run, "sudo prlimit --memlock=unlimited:unlimited --pid $$",
				 "pinning %zu KiB is beyond RLIMIT_MEMLOCK's %" PRIu64
				 " KiB for this user",
				 kib, (uint64_t)limit.rlim_cur >> 10);
	return pcow_error(run, -ret, "registering %zu KiB of buffers", kib);
}

int pcow_uring_open(struct pcow_run *run, struct pcow_uring *uring,
		    const struct pcow_region *region)
{
	int ret;

	*uring = (struct pcow_uring){ .region = region, .proof = { -1, -1 } };
	uring->ring = calloc(1, sizeof(struct io_uring));
	if (!uring->ring)
		return pcow_error(run, ENOMEM, "io_uring");
	ret = ring_init(run, uring->ring);
	if (ret) {
		free(uring->ring);
		uring->ring = NULL;
		return ret;
	}
	/* A socket takes what is written at once.  For a file io_uring would ask a
	 * thread of its own, which then lives in the mm that is measured. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, uring->proof))
		return pcow_error(run, errno, "socketpair");
	ret = make_iovecs(run, uring);
	return ret ? ret : try_registration(run, uring);
}

int pcow_uring_register(struct pcow_uring *uring)
{
	int ret = io_uring_register_buffers(uring->ring, uring->iovecs, uring->nr_iovecs);

	uring->registered = ret == 0;
	return ret;
}

int pcow_uring_unregister(struct pcow_uring *uring)
{
	int ret = io_uring_unregister_buffers(uring->ring);

	if (!ret)
		uring->registered = false;
	return ret;
}

/* One IORING_OP_WRITE_FIXED of @word into the socket, through buffer @index; bytes
 * written or -errno. */
static int write_through(struct pcow_uring *uring, const volatile uint64_t *word,
			 unsigned int index)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(uring->ring);
	struct io_uring_cqe *cqe;
	int ret;

	if (!sqe)
		return -EBUSY;
	io_uring_prep_write_fixed(sqe, uring->proof[1], (const void *)word, sizeof(*word), 0,
				  (int)index);
	ret = io_uring_submit_and_wait(uring->ring, 1);
	if (ret < 0)
		return ret;
	ret = io_uring_wait_cqe(uring->ring, &cqe);
	if (ret < 0)
		return ret;
	ret = cqe->res;
	io_uring_cqe_seen(uring->ring, cqe);
	return ret;
}

/* Does the kernel take @word from a buffer behind those of the region? */
static int has_others(struct pcow_uring *uring, const volatile uint64_t *word)
{
	int ret = write_through(uring, word, uring->nr_iovecs);

	if (ret == -EFAULT)
		return 0;
	return ret < 0 ? ret : -EEXIST;
}

int pcow_uring_in_sync(struct pcow_uring *uring)
{
	int ret;

	for (size_t at = 0; at < uring->region->bytes; at += pcow_page_bytes()) {
		volatile uint64_t *word = (volatile uint64_t *)(uring->region->addr + at);
		uint64_t seen = 0;

		/* A word that was never there before, so that nothing old can match. */
		*word = *word * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		ret = write_through(uring, word, (unsigned int)(at / IOVEC_BYTES_MAX));
		if (ret < 0)
			return ret;
		if (ret != sizeof(seen) ||
		    read(uring->proof[0], &seen, sizeof(seen)) != sizeof(seen))
			return -EIO;
		if (seen != *word)
			return 0;
	}
	ret = has_others(uring, (const volatile uint64_t *)uring->region->addr);
	return ret ? ret : 1;
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

int pcow_uring_claim_pinned(struct pcow_run *run, const struct pcow_uring *uring)
{
	int64_t claimed = uring->registered ? (int64_t)uring->region->bytes : 0;
	int64_t pinned = pinned_bytes();
	int rings = count_rings();

	if (pinned < 0 || rings < 0)
		return pcow_error(run, EACCES, "what is pinned, from /proc/self");
	if (rings != 1)
		pcow_broken(run, "%d io_urings are open, claimed one", rings);
	if (uring->counted && pinned != claimed)
		pcow_broken(run, "%" PRId64 " bytes are pinned, claimed %" PRId64, pinned, claimed);
	return 0;
}

void pcow_uring_close(struct pcow_uring *uring)
{
	if (!uring->ring)
		return;
	/* Closing the ring alone unpins in a worker of the kernel, some time later. */
	if (uring->registered)
		pcow_uring_unregister(uring);
	io_uring_queue_exit(uring->ring);
	if (uring->proof[0] >= 0) {
		close(uring->proof[0]);
		close(uring->proof[1]);
	}
	free(uring->iovecs);
	free(uring->ring);
	*uring = (struct pcow_uring){ .proof = { -1, -1 } };
}
