/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * References taken of pages that a live child shares.  Where that breaks sharing,
 * pagemap's mapped-once bit goes from 0 to 1; it needs no privilege.
 */
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

static int count_exclusive(struct pcow_run *run, const struct pcow_region *mem, size_t *exclusive)
{
	int64_t n = pcow_region_exclusive_pages(run, mem);

	*exclusive = n < 0 ? 0 : (size_t)n;
	/* The reason is said. */
	return n < 0 ? PCOW_SKIP : 0;
}

int pcow_probe_take_of_shared(struct pcow_run *run, take_fn *take, void *arg, size_t *exclusive)
{
	struct pcow_peer sharer = { .pid = 0 };
	struct pcow_region mem;
	int ret = pcow_probe_map_base(run, &mem);

	if (!ret)
		ret = pcow_peer_open(run, &sharer);
	if (!ret && (ret = pcow_peer_fork(&sharer)))
		pcow_error(run, -ret, "fork");
	if (!ret)
		ret = pcow_peer_wait(run, &sharer);
	if (!ret)
		ret = count_exclusive(run, &mem, exclusive);
	if (!ret && *exclusive)
		ret = pcow_error(run, EPROTO, "%zu pages are not shared after fork()", *exclusive);
	if (!ret)
		ret = take(run, &mem, arg);
	if (!ret)
		ret = count_exclusive(run, &mem, exclusive);
	pcow_peer_close(&sharer);
	return ret;
}

/* FOLL_GET without FOLL_WRITE. */
static int take_by_vmsplice(struct pcow_run *run, const struct pcow_region *mem, void *arg)
{
	return pcow_probe_hold(run, arg, mem);
}

int pcow_probe_forced_cow(struct pcow_run *run, struct pcow_feature *feature)
{
	struct pcow_pin pipe;
	size_t exclusive;
	int ret = pcow_probe_take_of_shared(run, take_by_vmsplice, &pipe, &exclusive);

	if (!ret)
		pcow_feature_from_count(feature, exclusive, PROBE_PAGES,
					"shared with a child are no longer so after vmsplice()");
	return ret;
}

/* FOLL_PIN without FOLL_WRITE, for the length of the call. */
static int take_by_readv(struct pcow_run *run, const struct pcow_region *mem, void *arg)
{
	struct iovec from = { .iov_base = mem->addr, .iov_len = mem->bytes };
	struct iovec to = { .iov_base = arg, .iov_len = mem->bytes };
	ssize_t got = process_vm_readv(getpid(), &to, 1, &from, 1, 0);

	if (got == (ssize_t)mem->bytes)
		return 0;
	if (got < 0 && (errno == EPERM || errno == ENOSYS))
		return pcow_skip(run, "run it without the seccomp filter, outside the container",
				 "process_vm_readv() is not allowed here");
	return pcow_error(run, got < 0 ? errno : EIO, "process_vm_readv");
}

int pcow_probe_ro_pin_unshares(struct pcow_run *run, struct pcow_feature *feature)
{
	char *copy = malloc(PROBE_PAGES * pcow_page_bytes());
	size_t exclusive;
	int ret = copy ? 0 : pcow_error(run, ENOMEM, "a buffer");

	if (!ret)
		ret = pcow_probe_take_of_shared(run, take_by_readv, copy, &exclusive);
	if (!ret)
		pcow_feature_from_count(
			feature, exclusive, PROBE_PAGES,
			"shared with a child are no longer so after process_vm_readv()");
	free(copy);
	return ret;
}
