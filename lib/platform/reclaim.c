/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who takes memory away though it is not short: DAMON's schemes, and a balloon
 * that reports free pages to the hypervisor, which then takes them.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <string.h>

#include "host.h"

#define KDAMONDS_DIR "sys/kernel/mm/damon/admin/kdamonds"
#define BALLOON_DIR  "sys/bus/virtio/drivers/virtio_balloon"

/* Of struct virtio_device's features, which sysfs shows from bit 0 on. */
#define VIRTIO_BALLOON_F_REPORTING 5

struct process_walk {
	const struct pcow_root *root;
	const char *pattern;
};

static int visit_process(const char *name, void *arg)
{
	const struct process_walk *walk = arg;
	char path[288], comm[32];

	snprintf(path, sizeof(path), "proc/%s/comm", name);
	return name[0] >= '0' && name[0] <= '9' &&
	       pcow_root_read(walk->root, path, comm, sizeof(comm)) > 0 &&
	       fnmatch(walk->pattern, comm, 0) == 0;
}

int pcow_host_runs(const struct pcow_root *root, const char *pattern)
{
	struct process_walk walk = { root, pattern };

	return pcow_root_each(root, "proc", "", visit_process, &walk);
}

struct damon_walk {
	const struct pcow_root *root;
	struct pcow_damon *damon;
};

__attribute__((format(printf, 3, 4))) static void append(char *buf, size_t size, const char *fmt,
							 ...)
{
	size_t length = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf + length, size - length, fmt, ap);
	va_end(ap);
}

/* One more thing that is on, and how it is switched off. */
static void note(struct pcow_damon *damon, const char *what, const char *off, const char *path)
{
	append(damon->what, sizeof(damon->what), "%s%s", damon->what[0] ? ", " : "", what);
	append(damon->off, sizeof(damon->off), "%secho %s | sudo tee /%s",
	       damon->off[0] ? "; " : "", off, path);
}

/* Its first scheme says what it is for; one without schemes only watches. */
static int visit_kdamond(const char *name, void *arg)
{
	struct damon_walk *walk = arg;
	char path[320], text[32], what[96];

	snprintf(path, sizeof(path), KDAMONDS_DIR "/%.16s/contexts/0/schemes/0/action", name);
	if (pcow_root_read(walk->root, path, text, sizeof(text)) <= 0)
		snprintf(text, sizeof(text), "watch");
	snprintf(what, sizeof(what), "kdamond %.16s: %s", name, text);
	snprintf(path, sizeof(path), KDAMONDS_DIR "/%.16s/state", name);
	if (pcow_root_read(walk->root, path, text, sizeof(text)) > 0 && strcmp(text, "on") == 0)
		note(walk->damon, what, "off", path);
	return 0;
}

static int visit_module(const char *name, void *arg)
{
	struct damon_walk *walk = arg;
	char path[320], text[16];

	snprintf(path, sizeof(path), "sys/module/%s/parameters/enabled", name);
	if (pcow_root_read(walk->root, path, text, sizeof(text)) > 0 && text[0] == 'Y')
		note(walk->damon, name, "N", path);
	return 0;
}

int pcow_host_damon(const struct pcow_root *root, struct pcow_damon *damon)
{
	struct damon_walk walk = { root, damon };
	int running = pcow_host_runs(root, "kdamond.*");

	*damon = (struct pcow_damon){ .running = running > 0 };
	if (running <= 0)
		return running;
	pcow_root_each(root, KDAMONDS_DIR, "", visit_kdamond, &walk);
	pcow_root_each(root, "sys/module", "damon_", visit_module, &walk);
	return 0;
}

static int visit_balloon(const char *name, void *arg)
{
	char path[320], features[160];

	snprintf(path, sizeof(path), BALLOON_DIR "/%s/features", name);
	return pcow_root_read(arg, path, features, sizeof(features)) > VIRTIO_BALLOON_F_REPORTING &&
	       features[VIRTIO_BALLOON_F_REPORTING] == '1';
}

int pcow_host_page_reporting(const struct pcow_root *root)
{
	struct pcow_root walked = *root;

	return pcow_root_each(root, BALLOON_DIR, "virtio", visit_balloon, &walked);
}
