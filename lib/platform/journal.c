/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal file: locking, appending, and undoing what it says.
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

/* A run makes some dozen changes of some hundred bytes. */
#define JOURNAL_MAX_BYTES (1 << 20)

/* What may pass gets so many tries, 20 ms apart. */
#define UNDO_TRIES 100

#define BOOT_ID_BYTES 64

static const struct pcow_undo *const undos[] = {
	&pcow_undo_write, &pcow_undo_swapoff, &pcow_undo_hot_remove,
	&pcow_undo_bind,  &pcow_undo_rmdir,
};

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

/* "" where none can be read. */
static void read_boot(const struct pcow_root *root, char boot[BOOT_ID_BYTES])
{
	if (pcow_root_read(root, "proc/sys/kernel/random/boot_id", boot, BOOT_ID_BYTES) < 0)
		boot[0] = '\0';
}

int pcow_journal_append(const struct pcow_journal *journal, const struct pcow_undo *undo,
			const char *path, json_t *details, struct pcow_error *err)
{
	char boot[BOOT_ID_BYTES];
	char *text, *line;
	json_t *record;
	int length, ret;

	read_boot(&journal->root, boot);
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

/* The whole text, or NULL with errno. Read by offset, for the guardian shares the position. */
static char *read_journal(int fd, size_t *length)
{
	struct stat st;
	ssize_t count;
	char *text;

	if (fstat(fd, &st))
		return NULL;
	if (st.st_size > JOURNAL_MAX_BYTES) {
		errno = EFBIG;
		return NULL;
	}
	text = malloc((size_t)st.st_size + 1); /* malloc(0) may be NULL */
	if (!text)
		return NULL;
	count = pread(fd, text, (size_t)st.st_size, 0);
	if (count < 0) {
		free(text);
		return NULL;
	}
	*length = (size_t)count;
	return text;
}

static const struct pcow_undo *undo_of(const json_t *record)
{
	const char *name = json_string_value(json_object_get(record, "undo"));

	for (size_t i = 0; name && i < sizeof(undos) / sizeof(undos[0]); i++)
		if (strcmp(undos[i]->name, name) == 0)
			return undos[i];
	return NULL;
}

static const char *path_of(const json_t *record)
{
	return json_string_value(json_object_get(record, "path"));
}

static json_t *parse_record(const char *line, size_t length)
{
	json_t *record = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	const struct pcow_undo *undo = undo_of(record);

	if (undo && path_of(record) && json_is_string(json_object_get(record, "boot")) &&
	    undo->valid(record))
		return record;
	json_decref(record);
	return NULL;
}

/*
 * The records of this boot, of each path only the first: that is what was before
 * the run.  A last line without its newline was cut off before its change was
 * made.  Return: 0, or the number of the first line that is no record.
 */
static unsigned int parse_journal(const char *text, size_t length, const char *boot,
				  json_t *records)
{
	const char *end = text + length, *newline;
	json_t *seen = json_object();
	unsigned int line = 1;

	for (; (newline = memchr(text, '\n', (size_t)(end - text))); text = newline + 1, line++) {
		json_t *record = parse_record(text, (size_t)(newline - text));
		const char *path = path_of(record);

		if (!record)
			break;
		if (strcmp(json_string_value(json_object_get(record, "boot")), boot) == 0 &&
		    !json_object_get(seen, path)) {
			json_object_set_new(seen, path, json_true());
			json_array_append(records, record);
		}
		json_decref(record);
	}
	json_decref(seen);
	return newline ? line : 0;
}

static int load_records(const struct pcow_journal *journal, json_t *records, struct pcow_error *err)
{
	char boot[BOOT_ID_BYTES];
	unsigned int bad_line;
	size_t length = 0;
	char *text;

	text = read_journal(journal->fd, &length);
	if (!text)
		return pcow_error_set(err, -errno, "%s: cannot read the journal: %s", journal->path,
				      strerror(errno));
	read_boot(&journal->root, boot);
	bad_line = parse_journal(text, length, boot, records);
	free(text);
	if (!bad_line)
		return 0;
	return pcow_error_set(err, -EBADMSG,
			      "%s:%u: not the record of a change that a run makes, so nothing was "
			      "put back; look at the journal, then remove it",
			      journal->path, bad_line);
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

static int restore_record(const struct pcow_journal *journal, const json_t *record,
			  struct pcow_error *err)
{
	const struct pcow_undo *undo = undo_of(record);
	const char *old = json_string_value(json_object_get(record, "old"));
	int ret = pcow_undo_patiently(undo, &journal->root, record);

	if (ret)
		pcow_error_set(err, ret, "%s: cannot %s%s%s: %s; do it by hand, then remove %s",
			       path_of(record), undo->what, old ? " " : "", old ? old : "",
			       strerror(-ret), journal->path);
	return ret;
}

static int remove_journal(const struct pcow_journal *journal, struct pcow_error *err)
{
	/* Emptied first: that tells the guardian, which knows the file and not its name. */
	if (ftruncate(journal->fd, 0) == 0 && unlink(journal->path) == 0)
		return 0;
	return pcow_error_set(err, -errno,
			      "%s: cannot remove the journal, though the host is as it was: %s",
			      journal->path, strerror(errno));
}

int pcow_journal_restore(struct pcow_journal *journal, unsigned int *restored,
			 struct pcow_error *err)
{
	json_t *records = json_array();
	unsigned int count = 0;
	int ret, failed = 0;

	ret = load_records(journal, records, err);
	if (ret)
		goto out_records;
	/* One that fails must not keep the others from going back. */
	for (size_t i = json_array_size(records); i-- > 0;) {
		ret = restore_record(journal, json_array_get(records, i), failed ? NULL : err);
		if (ret == 0)
			count++;
		else if (!failed)
			failed = ret;
	}
	if (restored)
		*restored = count;
	ret = failed ? failed : remove_journal(journal, err);
out_records:
	json_decref(records);
	return ret;
}
