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

int pcow_probe_hold(struct pcow_run *run, struct pcow_pin *pipe, const struct pcow_region *mem)
{
	int ret = pcow_pin_open(run, pipe, pcow_pinner_find("vmsplice"), mem);

	if (!ret && (ret = pcow_pin_take(pipe)))
		pcow_error(run, -ret, "vmsplice");
	return ret;
}

/* @after: what came between taking the references and the store. */
static int judge(struct pcow_run *run, struct pcow_pin *pipe, const char *after,
		 struct pcow_feature *feature)
{
	int64_t stale = pcow_pin_count_stale(pipe);
	char what[128];

	if (stale < 0)
		return pcow_error(run, (int)-stale, "reading the pipe");
	snprintf(what, sizeof(what), "in a pipe%s have what was stored after %s",
		 pipe->region->kind.cls == PCOW_THP ? ", of a THP," : "", after);
	pcow_feature_from_count(feature, PROBE_PAGES - (size_t)stale, PROBE_PAGES, what);
	return 0;
}

int pcow_probe_ref_survives_mprotect(struct pcow_run *run, struct pcow_feature *feature)
{
	struct pcow_pin pipe;
	struct pcow_region mem;
	int ret = pcow_probe_map_base(run, &mem);

	if (!ret)
		ret = pcow_probe_hold(run, &pipe, &mem);
	if (!ret)
		ret = pcow_probe_reprotect(run, &mem);
	return ret ? ret : judge(run, &pipe, "mprotect()", feature);
}

/* The first PROBE_PAGES, which may be a part of a huge page. */
static struct pcow_region first_pages(const struct pcow_region *mem)
{
	struct pcow_region part = *mem;

	part.bytes = PROBE_PAGES * pcow_page_bytes();
	return part;
}

static int hold_and_fork(struct pcow_run *run, const struct pcow_region *mem,
			 struct pcow_feature *feature)
{
	struct pcow_region part = first_pages(mem);
	struct pcow_pin pipe;
	int ret = pcow_probe_hold(run, &pipe, &part);

	if (!ret)
		ret = pcow_probe_share_briefly(run);
	return ret ? ret : judge(run, &pipe, "fork() and exit", feature);
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

static void hold_and_unmap(struct pcow_pin *pipe, const struct pcow_region *mem)
	__attribute__((noreturn));

static void hold_and_unmap(struct pcow_pin *pipe, const struct pcow_region *mem)
{
	int ret = pcow_pin_take(pipe);

	munmap(mem->addr, mem->bytes);
	_exit(-ret);
}

/*
 * CVE-2020-29374: a child keeps references in a pipe, gives its mappings up, and
 * the parent, now the only mapper, stores to the very page that the pipe holds.
 */
static int leak(struct pcow_run *run, const struct pcow_region *mem, struct pcow_feature *feature)
{
	struct pcow_region part = first_pages(mem);
	struct pcow_pin pipe;
	int status = 0;
	pid_t pid;
	int ret = pcow_pin_open(run, &pipe, pcow_pinner_find("vmsplice"), &part);

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
	pipe.held = true;
	return judge(run, &pipe, "the child took and unmapped them", feature);
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
