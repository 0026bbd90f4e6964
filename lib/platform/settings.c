/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host settings that a run changes and that go back, however the run ends.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "settings.h"

#define NODES_DIR "sys/devices/system/node"

struct pcow_settings {
	struct pcow_journal journal;
	pid_t guardian;
	int guardian_fd;
};

/* NULL when nobody chose one. */
static const char *chosen_journal(void)
{
	const char *path = getenv("PINCOW_JOURNAL");

	return path && *path ? path : NULL;
}

const char *pcow_settings_journal(void)
{
	const char *path = chosen_journal();

	return path ? path : "/run/pincow/journal.jsonl";
}

static int refuse_left_over(const struct pcow_journal *journal, struct pcow_error *err)
{
	struct stat st;

	if (fstat(journal->fd, &st))
		return -errno;
	if (st.st_size == 0)
		return 0;
	return pcow_error_set(err, -EUCLEAN,
			      "%s: a run that was killed left host settings changed; put them back "
			      "with: pincow doctor --restore",
			      journal->path);
}

int pcow_settings_open_at(struct pcow_settings **settings, const char *path, const char *root,
			  struct pcow_error *err)
{
	struct pcow_settings *opened = calloc(1, sizeof(*opened));
	int ret;

	if (!opened)
		return -ENOMEM;
	ret = pcow_journal_open(&opened->journal, path, root, true, err);
	if (ret)
		goto out_free;
	ret = refuse_left_over(&opened->journal, err);
	if (ret)
		goto out_journal;
	ret = pcow_guardian_start(&opened->journal, &opened->guardian, &opened->guardian_fd);
	if (ret) {
		pcow_error_set(err, ret, "cannot start the process that guards host settings: %s",
			       strerror(-ret));
		goto out_remove;
	}
	*settings = opened;
	return 0;
out_remove:
	unlink(path);
out_journal:
	pcow_journal_close(&opened->journal);
out_free:
	free(opened);
	return ret;
}

int pcow_settings_open(struct pcow_settings **settings, struct pcow_error *err)
{
	return pcow_settings_open_at(settings, pcow_settings_journal(), "/", err);
}

struct pool {
	struct pcow_settings *settings;
	const char *size_dir; /* "hugepages-2048kB" */
	struct pcow_error *err;
};

static int record_node(const char *node, void *arg)
{
	const struct pool *pool = arg;
	const struct pcow_journal *journal = &pool->settings->journal;
	char path[NAME_MAX + 128], old[32];
	int length;

	snprintf(path, sizeof(path), "/" NODES_DIR "/%s/hugepages/%s/nr_hugepages", node,
		 pool->size_dir);
	length = pcow_root_read(&journal->root, path + 1, old, sizeof(old));
	/* No node, or one without memory. */
	if (length == -ENOENT || length == -ENOTDIR)
		return 0;
	if (length < 0)
		return pcow_error_set(pool->err, length, "%s: cannot read it: %s", path,
				      strerror(-length));
	return pcow_journal_append(journal, path, old, "", pool->err);
}

/*
 * A pool's pages lie on nodes, and a new total is spread over all of them,
 * whether it grows or shrinks: which node had how many is lost.  So each node's
 * own number is recorded after the total, and goes back before it.
 */
static int record_nodes(struct pcow_settings *settings, const char *path, struct pcow_error *err)
{
	static const char dir[] = "/sys/kernel/mm/hugepages/";
	char size_dir[64];
	struct pool pool = { settings, size_dir, err };
	int ret;

	if (strncmp(path, dir, strlen(dir)) != 0 ||
	    sscanf(path + strlen(dir), "%63[^/]/nr_hugepages", size_dir) != 1)
		return 0;
	ret = pcow_root_each(&settings->journal.root, NODES_DIR, "node", record_node, &pool);
	/* A kernel without NUMA has no nodes. */
	return ret == -ENOENT ? 0 : ret;
}

/* The kernel takes any nr_hugepages and gives what it finds room for. */
static int check_hugepages(const struct pcow_root *root, const char *path, const char *value,
			   struct pcow_error *err)
{
	static const char name[] = "nr_hugepages";
	size_t length = strlen(path);
	uint64_t given, asked;
	int ret;

	if (length < strlen(name) || strcmp(path + length - strlen(name), name) != 0)
		return 0;
	ret = pcow_root_read_u64(root, path + 1, &given);
	if (ret)
		return pcow_error_set(err, ret, "%s: cannot read it back: %s", path,
				      strerror(-ret));
	asked = strtoull(value, NULL, 10);
	if (given >= asked)
		return 0;
	return pcow_error_set(
		err, -ENOMEM,
		"%s: %ju of %ju huge pages were given, free memory is short or "
		"fragmented; compact it (echo 1 | sudo tee "
		"/proc/sys/vm/compact_memory) or reserve them at boot (hugepages=%ju)",
		path, (uintmax_t)given, (uintmax_t)asked, (uintmax_t)asked);
}

static int read_old(const struct pcow_root *root, const char *path, char *old, size_t size,
		    struct pcow_error *err)
{
	int length;

	length = pcow_root_read_choice(root, path + 1, old, size);
	if (length < 0)
		return pcow_error_set(
			err, length, "%s: cannot read the value that would have to be put back: %s",
			path, strerror(-length));
	if ((size_t)length + 1 >= size)
		return pcow_error_set(err, -E2BIG, "%s: too long to be a setting", path);
	return 0;
}

int pcow_settings_change(struct pcow_settings *settings, const char *path, const char *value,
			 struct pcow_error *err)
{
	const struct pcow_root *root = &settings->journal.root;
	char old[PCOW_SETTING_BYTES];
	int ret;

	if (!pcow_setting_path_valid(path))
		return pcow_error_set(err, -EINVAL,
				      "%s: not a setting: only files below /proc/sys and /sys are",
				      path);
	ret = read_old(root, path, old, sizeof(old), err);
	if (ret || strcmp(old, value) == 0)
		return ret;
	ret = pcow_journal_append(&settings->journal, path, old, value, err);
	if (!ret)
		ret = record_nodes(settings, path, err);
	if (ret)
		return ret;
	ret = pcow_setting_write(root, path, value);
	if (ret)
		return pcow_error_set(err, ret, "%s: cannot write \"%s\": %s%s", path, value,
				      strerror(-ret),
				      ret == -EACCES || ret == -EPERM ? "; run as root" : "");
	return check_hugepages(root, path, value, err);
}

/* The pipe's end lets the guardian go: at once, or after it has tried, too, to
 * put back what would not. */
static void end_guardian(struct pcow_settings *settings)
{
	close(settings->guardian_fd);
	while (waitpid(settings->guardian, NULL, 0) < 0 && errno == EINTR)
		;
}

int pcow_settings_close(struct pcow_settings *settings, struct pcow_error *err)
{
	int ret;

	ret = pcow_journal_restore(&settings->journal, NULL, err);
	end_guardian(settings);
	pcow_journal_close(&settings->journal);
	free(settings);
	return ret;
}

int pcow_settings_restore_at(const char *path, const char *root, unsigned int *restored,
			     struct pcow_error *err)
{
	struct pcow_journal journal;
	int ret;

	*restored = 0;
	ret = pcow_journal_open(&journal, path, root, false, err);
	if (ret == -ENOENT) {
		if (err)
			err->text[0] = '\0';
		return 0;
	}
	if (ret)
		return ret;
	ret = pcow_journal_restore(&journal, restored, err);
	pcow_journal_close(&journal);
	return ret;
}

int pcow_settings_restore(unsigned int *restored, struct pcow_error *err)
{
	return pcow_settings_restore_at(pcow_settings_journal(), "/", restored, err);
}

int pcow_settings_allowed(const struct pcow_root *root, struct pcow_error *err)
{
	return pcow_settings_survive(root, pcow_settings_journal(), chosen_journal(), err);
}

int pcow_settings_ready(unsigned int *restored, struct pcow_error *err)
{
	struct pcow_root root;
	int ret = pcow_root_open(&root, "/", err);

	if (ret)
		return ret;
	ret = pcow_settings_allowed(&root, err);
	pcow_root_close(&root);
	return ret ? ret : pcow_settings_restore(restored, err);
}
