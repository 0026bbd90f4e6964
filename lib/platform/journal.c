/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal file: locking and appending; and an undo by itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fixtures.h"

/* What may pass gets so many tries, 20 ms apart. */
#define UNDO_TRIES 100

int pcow_fixture_write(const struct pcow_root *root, const char *path, const char *text)
{
	size_t length = strlen(text);
	ssize_t written;
	int fd, ret = 0;

	fd = openat(root->fd, path + 1, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* One write: the kernel takes each write for a whole value. */
	written = write(fd, text, length);
	if (written < 0)
		ret = -errno;
	else if ((size_t)written != length)
		ret = -EIO;
	close(fd);
	return ret;
}

static int make_folder(const char *path, struct pcow_error *err)
{
	char *copy = strdup(path);
	const char *folder;
	int ret = 0;

	if (!copy)
		return -ENOMEM;
	folder = dirname(copy);
	if (mkdir(folder, 0700) && errno != EEXIST)
		ret = pcow_error_set(err, -errno,
				     "%s: cannot create the journal's folder: %s; run as root, or "
				     "set PINCOW_JOURNAL to a file that you may write",
				     folder, strerror(errno));
	free(copy);
	return ret;
}

/* Only a file that nobody else can have written is believed. */
static int check_owner(int fd, const char *path, struct pcow_error *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return pcow_error_set(err, -EPERM,
				      "%s: not a plain file that only this user can write; remove "
				      "it, or set PINCOW_JOURNAL to another file",
				      path);
	return 0;
}

/* 1 when the file was removed by its last holder before it was locked here. */
static int lock_file(int fd, const char *path, struct pcow_error *err)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			return -errno;
		return pcow_error_set(err, -EBUSY,
				      "%s: another run has changed this host and holds the "
				      "journal; wait for its end",
				      path);
	}
	if (fstat(fd, &st))
		return -errno;
	return st.st_nlink == 0;
}

static int open_locked(const char *path, bool create, struct pcow_error *err)
{
	/* O_NONBLOCK: a FIFO in the journal's place must not hang the run. */
	int flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd, ret;

	do {
		fd = open(path, create ? flags | O_CREAT : flags, 0600);
		if (fd < 0)
			return pcow_error_set(
				err, -errno,
				"%s: cannot open the journal: %s; run as root, or set "
				"PINCOW_JOURNAL to a file that you may write",
				path, strerror(errno));
		ret = check_owner(fd, path, err);
		if (ret == 0)
			ret = lock_file(fd, path, err);
		if (ret)
			close(fd);
	} while (ret > 0);
	return ret ? ret : fd;
}

int pcow_journal_open(struct pcow_journal *journal, const char *path, const char *root, bool create,
		      struct pcow_error *err)
{
	int ret;

	ret = create ? make_folder(path, err) : 0;
	if (ret)
		return ret;
	journal->path = strdup(path);
	if (!journal->path)
		return -ENOMEM;
	ret = pcow_root_open(&journal->root, root, err);
	if (ret)
		goto out_path;
	ret = open_locked(path, create, err);
	if (ret < 0)
		goto out_root;
	journal->fd = ret;
	return 0;
out_root:
	pcow_root_close(&journal->root);
out_path:
	free(journal->path);
	return ret;
}

void pcow_journal_close(struct pcow_journal *journal)
{
	close(journal->fd);
	pcow_root_close(&journal->root);
	free(journal->path);
}

/* All of the line, or nothing of it: half a record would spoil the next one. */
static int append_line(int fd, const char *line, size_t length)
{
	off_t before = lseek(fd, 0, SEEK_END);
	ssize_t written = write(fd, line, length);
	int ret = 0;

	if (written < 0)
		ret = -errno;
	else if ((size_t)written != length)
		ret = -ENOSPC;
	else if (fsync(fd))
		ret = -errno;
	if (ret && before >= 0 && ftruncate(fd, before))
		return -errno;
	return ret;
}

void pcow_journal_boot(const struct pcow_root *root, char boot[PCOW_BOOT_ID_BYTES])
{
	if (pcow_root_read(root, "proc/sys/kernel/random/boot_id", boot, PCOW_BOOT_ID_BYTES) < 0)
		boot[0] = '\0';
}

int pcow_journal_append(const struct pcow_journal *journal, const struct pcow_undo *undo,
			const char *path, json_t *details, struct pcow_error *err)
{
	char boot[PCOW_BOOT_ID_BYTES];
	char *text, *line;
	json_t *record;
	int length, ret;

	pcow_journal_boot(&journal->root, boot);
	record = json_pack("{s:s, s:s, s:s}", "boot", boot, "undo", undo->name, "path", path);
	text = json_object_update(record, details) ? NULL : json_dumps(record, JSON_COMPACT);
	json_decref(record);
	json_decref(details);
	length = text ? asprintf(&line, "%s\n", text) : -1;
	free(text);
	if (length < 0)
		return pcow_error_set(err, -EILSEQ, "%s: cannot record its value as JSON", path);
	/* The folder's entry need not be synced: a crash of the host undoes its changes too. */
	ret = append_line(journal->fd, line, (size_t)length);
	free(line);
	if (ret)
		pcow_error_set(err, ret, "%s: cannot record %s, so it is left as it is: %s",
			       journal->path, path, strerror(-ret));
	return ret;
}

/* A device that udev looks at, a process that dies and gives its memory back. */
static bool may_pass(int ret)
{
	return ret == -EBUSY || ret == -EINTR || ret == -ENOMEM;
}

int pcow_undo_patiently(const struct pcow_undo *undo, const struct pcow_root *root,
			const json_t *record)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	int ret = undo->run(root, record);

	for (int i = 1; i < UNDO_TRIES && may_pass(ret); i++) {
		nanosleep(&pause, NULL);
		ret = undo->run(root, record);
	}
	return ret;
}
