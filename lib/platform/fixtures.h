/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal of what is changed of the host.  Private to lib/platform.
 *
 * A line of the journal is {"boot": ..., "undo": ..., "path": ..., and what that
 * undo needs}, synced before the host is changed: an undo may find its change
 * not yet made, made in part, or undone already.  Who holds the flock() of the
 * file owns it; the lock is on the open file description, which the guardian
 * inherits, so the next run waits until the guardian has put the host back.
 */
#ifndef PINCOW_PLATFORM_FIXTURES_H
#define PINCOW_PLATFORM_FIXTURES_H

#include <sys/types.h>

#include <pincow/platform.h>

/**
 * struct pcow_journal - a journal that this process or its parent has locked
 * @root:	what paths in it are relative to: "/", or a folder in tests
 * @path:	the file
 * @fd:		the file, locked
 */
struct pcow_journal {
	struct pcow_root root;
	char *path;
	int fd;
};

/* What was opened with pcow_fixtures_open(). */
struct pcow_fixtures {
	struct pcow_journal journal;
	pid_t guardian;
	int guardian_fd;
};

/**
 * struct pcow_undo - one kind of record
 * @name:	its "undo"
 * @what:	what it does, for "PATH: cannot @what: ..."
 * @valid:	is it one that a run can have written?  Records are read by a
 *		privileged process, which trusts them no further than this.
 *		"path" is a text already
 * @run:	0 when there is nothing (left) to undo; -EBUSY, -EINTR or -ENOMEM
 *		to be called again some milliseconds later; or another -errno
 */
struct pcow_undo {
	const char *name, *what;
	bool (*valid)(const json_t *record);
	int (*run)(const struct pcow_root *root, const json_t *record);
};

extern const struct pcow_undo pcow_undo_write, pcow_undo_swapoff, pcow_undo_hot_remove,
	pcow_undo_bind, pcow_undo_rmdir;

/* Runs it again for two seconds while what is in its way may pass. */
int pcow_undo_patiently(const struct pcow_undo *undo, const struct pcow_root *root,
			const json_t *record);

/* With @create the file and its folder are made, else -ENOENT without one.
 * -EBUSY when another process holds it. */
int pcow_journal_open(struct pcow_journal *journal, const char *path, const char *root, bool create,
		      struct pcow_error *err);

/* Forgets the file without removing it; the lock stays while the guardian has it. */
void pcow_journal_close(struct pcow_journal *journal);

#define PCOW_BOOT_ID_BYTES 64

/* Which boot this is, as records bear it; "" where none can be read. */
void pcow_journal_boot(const struct pcow_root *root, char boot[PCOW_BOOT_ID_BYTES]);

/* Appends a record and waits until it is on disk.  @details, which it takes, is
 * what this undo needs beside @path. */
int pcow_journal_append(const struct pcow_journal *journal, const struct pcow_undo *undo,
			const char *path, json_t *details, struct pcow_error *err);

/**
 * pcow_journal_restore() - undo what is recorded, the last change first
 * @journal:	open
 * @restored:	how many changes were undone; may be NULL
 * @err:	one line on failure: the first change that could not be undone
 *
 * A journal with a record that no run can have written is refused as a whole.
 * What was recorded before the host's last boot went with it.  The file is
 * emptied and removed only when everything is undone.
 *
 * Return: 0 or -errno.
 */
int pcow_journal_restore(struct pcow_journal *journal, unsigned int *restored,
			 struct pcow_error *err);

/* Writes a text as it is, in one write.  @path is absolute, of @root's machine. */
int pcow_fixture_write(const struct pcow_root *root, const char *path, const char *text);

/**
 * pcow_guardian_start() - fork the process that outlives this one
 * @journal:	what it restores from
 * @pid:	the child
 * @pipe_fd:	closing it, or dying, sets the guardian off; it does nothing
 *		when the journal is empty by then
 *
 * Return: 0 or -errno.
 */
int pcow_guardian_start(struct pcow_journal *journal, pid_t *pid, int *pipe_fd);

/**
 * pcow_fixtures_survive() - does a way back outlive a kill of all around here?
 * @root:	the machine
 * @journal:	its path
 * @chosen:	somebody named it, who knows what outlives this container
 * @err:	one line when not
 *
 * Return: 0; or -ENOTSUP in a container with a journal of its own.
 */
int pcow_fixtures_survive(const struct pcow_root *root, const char *journal, bool chosen,
			  struct pcow_error *err);

/* The same of the journal that would be used. */
int pcow_fixtures_allowed(const struct pcow_root *root, struct pcow_error *err);

/* pcow_fixtures_open() and pcow_fixtures_restore() with another journal and root. */
int pcow_fixtures_open_at(struct pcow_fixtures **fixtures, const char *path, const char *root,
			  struct pcow_error *err);
int pcow_fixtures_restore_at(const char *path, const char *root, unsigned int *restored,
			     struct pcow_error *err);

#endif
