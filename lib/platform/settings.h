/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal of changed host settings.  Private to lib/platform.
 *
 * A line of the journal is {"path": ..., "old": ..., "new": ...}, synced
 * before the host is written; "new" is "" where the kernel chooses it.  Who holds the flock() of the file owns it; the
 * lock is on the open file description, which the guardian inherits, so the
 * next run waits until the guardian has put the host back.
 */
#ifndef PINCOW_PLATFORM_SETTINGS_H
#define PINCOW_PLATFORM_SETTINGS_H

#include <sys/types.h>

#include <pincow/platform.h>

/* A sysfs or sysctl value fits a page. */
#define PCOW_SETTING_BYTES 4096

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

/* With @create the file and its folder are made, else -ENOENT without one.
 * -EBUSY when another process holds it. */
int pcow_journal_open(struct pcow_journal *journal, const char *path, const char *root, bool create,
		      struct pcow_error *err);

/* Forgets the file without removing it; the lock stays while the guardian has it. */
void pcow_journal_close(struct pcow_journal *journal);

/* Appends a record and waits until it is on disk. */
int pcow_journal_append(const struct pcow_journal *journal, const char *path, const char *old,
			const char *value, struct pcow_error *err);

/**
 * pcow_journal_restore() - put the recorded values back, the last one first
 * @journal:	open
 * @restored:	how many settings went back; may be NULL
 * @err:	one line on failure: the first setting that would not go back
 *
 * A journal that names anything but settings is refused as a whole.  The file
 * is emptied and removed only when everything went back.
 *
 * Return: 0 or -errno.
 */
int pcow_journal_restore(struct pcow_journal *journal, unsigned int *restored,
			 struct pcow_error *err);

/* Whether it is a path below /proc/sys/ or /sys/ without "..". */
bool pcow_setting_path_valid(const char *path);

/* Writes a value as it is, in one write. */
int pcow_setting_write(const struct pcow_root *root, const char *path, const char *value);

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
 * pcow_settings_survive() - does a way back outlive a kill of all around here?
 * @root:	the machine
 * @journal:	its path
 * @chosen:	somebody named it, who knows what outlives this container
 * @err:	one line when not
 *
 * Return: 0; or -ENOTSUP in a container with a journal of its own.
 */
int pcow_settings_survive(const struct pcow_root *root, const char *journal, bool chosen,
			  struct pcow_error *err);

/* The same of the journal that would be used. */
int pcow_settings_allowed(const struct pcow_root *root, struct pcow_error *err);

/* pcow_settings_open() and pcow_settings_restore() with another journal and root. */
int pcow_settings_open_at(struct pcow_settings **settings, const char *path, const char *root,
			  struct pcow_error *err);
int pcow_settings_restore_at(const char *path, const char *root, unsigned int *restored,
			     struct pcow_error *err);

#endif
