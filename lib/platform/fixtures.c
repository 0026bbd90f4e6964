/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run changes of the host, and that goes back, however the run ends.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixtures.h"

/* NULL when nobody chose one. */
static const char *chosen_journal(void)
{
	const char *path = getenv("PINCOW_JOURNAL");

	return path && *path ? path : NULL;
}

const char *pcow_fixtures_journal(void)
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
			      "%s: a run that was killed left this host changed; put it back with: "
			      "pincow doctor --restore",
			      journal->path);
}

int pcow_fixtures_open_at(struct pcow_fixtures **fixtures, const char *path, const char *root,
			  struct pcow_error *err)
{
	struct pcow_fixtures *opened = calloc(1, sizeof(*opened));
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
		pcow_error_set(err, ret, "cannot start the process that guards the host: %s",
			       strerror(-ret));
		goto out_remove;
	}
	*fixtures = opened;
	return 0;
out_remove:
	unlink(path);
out_journal:
	pcow_journal_close(&opened->journal);
out_free:
	free(opened);
	return ret;
}

int pcow_fixtures_open(struct pcow_fixtures **fixtures, struct pcow_error *err)
{
	return pcow_fixtures_open_at(fixtures, pcow_fixtures_journal(), "/", err);
}

/* The pipe's end lets the guardian go: at once, or after it has tried, too, to
 * put back what would not. */
static void end_guardian(struct pcow_fixtures *fixtures)
{
	close(fixtures->guardian_fd);
	while (waitpid(fixtures->guardian, NULL, 0) < 0 && errno == EINTR)
		;
}

int pcow_fixtures_close(struct pcow_fixtures *fixtures, struct pcow_error *err)
{
	int ret;

	ret = pcow_journal_restore(&fixtures->journal, NULL, err);
	end_guardian(fixtures);
	pcow_journal_close(&fixtures->journal);
	free(fixtures);
	return ret;
}

int pcow_fixtures_restore_at(const char *path, const char *root, unsigned int *restored,
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

int pcow_fixtures_restore(unsigned int *restored, struct pcow_error *err)
{
	return pcow_fixtures_restore_at(pcow_fixtures_journal(), "/", restored, err);
}

int pcow_fixtures_allowed(const struct pcow_root *root, struct pcow_error *err)
{
	return pcow_fixtures_survive(root, pcow_fixtures_journal(), chosen_journal(), err);
}

int pcow_fixtures_ready(unsigned int *restored, struct pcow_error *err)
{
	struct pcow_root root;
	int ret = pcow_root_open(&root, "/", err);

	if (ret)
		return ret;
	ret = pcow_fixtures_allowed(&root, err);
	pcow_root_close(&root);
	return ret ? ret : pcow_fixtures_restore(restored, err);
}
