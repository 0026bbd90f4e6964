/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pipe that holds references to pages, which are then made writable again or
 * stop being shared: does the next store go to the page that the pipe holds, or
 * to a copy?
 */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* What pages hold while the pipe takes them is 1; the later store is this. */
#define LATER 2

int pcow_probe_hold(struct pcow_run *run, struct pcow_vmsplice *pipe, const struct pcow_region *mem)
{
	size_t bytes = PROBE_PAGES * pcow_page_bytes();
	int64_t held = pcow_vmsplice_hold(pipe, mem->addr, bytes);

	if (held == (int64_t)bytes)
		return 0;
	if (held == -EPERM || held == -EACCES || held == -ENOSYS)
		return pcow_skip(run, "run it without the seccomp filter, outside the container",
				 "vmsplice() is not allowed here (%s)", strerror((int)-held));
	if (held < 0)
		return pcow_error(run, (int)-held, "vmsplice");
	return pcow_skip(run, "", "vmsplice() took %ld of %zu bytes", (long)held, bytes);
}

/* Store to each page, then read the pipe: how many of its pages have the store? */
static int count_in_sync(struct pcow_run *run, struct pcow_vmsplice *pipe,
			 const struct pcow_region *mem, size_t *in_sync)
{
	size_t page = pcow_page_bytes();
	char *seen = malloc(page);
	int ret = seen ? 0 : pcow_error(run, ENOMEM, "a page");

	for (size_t i = 0; i < PROBE_PAGES; i++)
		*(volatile char *)(mem->addr + i * page) = LATER;
	*in_sync = 0;
	for (size_t i = 0; i < PROBE_PAGES && !ret; i++) {
		ssize_t got = read(pipe->pipe[0], seen, page);

		if (got != (ssize_t)page)
			ret = pcow_error(run, got < 0 ? errno : EIO, "reading the pipe");
		else
			*in_sync += seen[0] == LATER;
	}
	free(seen);
	return ret;
}

/* @after: what came between taking the references and the store. */
static int judge(struct pcow_run *run, struct pcow_vmsplice *pipe, const struct pcow_region *mem,
		 const char *after, struct pcow_feature *feature)
{
	char what[128];
	size_t in_sync;
	int ret = count_in_sync(run, pipe, mem, &in_sync);

	snprintf(what, sizeof(what), "in a pipe%s have what was stored after %s",
		 mem->kind.cls == PCOW_THP ? ", of a THP," : "", after);
	if (!ret)
		pcow_feature_count(feature, in_sync, PROBE_PAGES, what);
	return ret;
}

int pcow_probe_ref_survives_mprotect(struct pcow_run *run, struct pcow_feature *feature)
{
	struct pcow_vmsplice pipe;
	struct pcow_region mem;
	int ret = pcow_probe_map_base(run, &mem);

	if (!ret)
		ret = pcow_vmsplice_open(run, &pipe, PROBE_PAGES);
	if (!ret)
		ret = pcow_probe_hold(run, &pipe, &mem);
	if (!ret)
		ret = pcow_probe_reprotect(run, &mem);
	return ret ? ret : judge(run, &pipe, &mem, "mprotect()", feature);
}

static int hold_and_fork(struct pcow_run *run, const struct pcow_region *mem,
			 struct pcow_feature *feature)
{
	struct pcow_vmsplice pipe;
	int ret = pcow_vmsplice_open(run, &pipe, PROBE_PAGES);

	if (!ret)
		ret = pcow_probe_hold(run, &pipe, mem);
	if (!ret)
		ret = pcow_probe_share_briefly(run);
	return ret ? ret : judge(run, &pipe, mem, "fork() and exit", feature);
}

int pcow_probe_ref_survives_fork(struct pcow_run *run, struct pcow_feature *feature)
{
	struct pcow_region mem;
	int ret = pcow_probe_map_base(run, &mem);

	return ret ? ret : hold_and_fork(run, &mem, feature);
}

int pcow_probe_thp_by_mapcount(struct pcow_run *run, struct pcow_feature *feature)
{
	struct pcow_region mem;
	int ret = pcow_probe_map_thp(run, &mem, PCOW_THP);

	return ret ? ret : hold_and_fork(run, &mem, feature);
}

static void hold_and_unmap(struct pcow_vmsplice *pipe, const struct pcow_region *mem)
	__attribute__((noreturn));

static void hold_and_unmap(struct pcow_vmsplice *pipe, const struct pcow_region *mem)
{
	size_t bytes = PROBE_PAGES * pcow_page_bytes();
	int64_t held = pcow_vmsplice_hold(pipe, mem->addr, bytes);

	munmap(mem->addr, mem->bytes);
	if (held < 0)
		_exit((int)-held);
	_exit(held == (int64_t)bytes ? 0 : EIO);
}

/*
 * CVE-2020-29374: a child keeps references in a pipe, gives its mappings up, and
 * the parent, now the only mapper, stores to the very page that the pipe holds.
 */
static int leak(struct pcow_run *run, const struct pcow_region *mem, struct pcow_feature *feature)
{
	struct pcow_vmsplice pipe;
	int status = 0;
	pid_t pid;
	int ret = pcow_vmsplice_open(run, &pipe, PROBE_PAGES);

	if (ret)
		return ret;
	pid = fork();
	if (pid == 0)
		hold_and_unmap(&pipe, mem);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return pcow_error(run, errno, "a child");
	if (WIFSIGNALED(status))
		return pcow_skip(run, "", "a child that calls vmsplice() dies by signal %d",
				 WTERMSIG(status));
	if (WEXITSTATUS(status))
		return pcow_error(run, WEXITSTATUS(status), "vmsplice() in a child");
	return judge(run, &pipe, mem, "the child took and unmapped them", feature);
}

int pcow_probe_cve_2020_29374(struct pcow_run *run, struct pcow_feature *feature)
{
	struct pcow_region mem;
	int ret = pcow_probe_map_base(run, &mem);

	return ret ? ret : leak(run, &mem, feature);
}

int pcow_probe_cve_2020_29374_thp(struct pcow_run *run, struct pcow_feature *feature)
{
	struct pcow_region mem;
	int ret = pcow_probe_map_thp(run, &mem, PCOW_THP);

	return ret ? ret : leak(run, &mem, feature);
}
