/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Undoing what a journal says. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixtures.h"

/* A run makes some dozen changes of some hundred bytes. */
#define JOURNAL_MAX_BYTES (1 << 20)

static const struct pcow_undo *const undos[] = {
	&pcow_undo_write, &pcow_undo_swapoff, &pcow_undo_hot_remove,
	&pcow_undo_bind,  &pcow_undo_rmdir,
};

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
	char boot[PCOW_BOOT_ID_BYTES];
	unsigned int bad_line;
	size_t length = 0;
	char *text;

	text = read_journal(journal->fd, &length);
	if (!text)
		return pcow_error_set(err, -errno, "%s: cannot read the journal: %s", journal->path,
				      strerror(errno));
	pcow_journal_boot(&journal->root, boot);
	bad_line = parse_journal(text, length, boot, records);
	free(text);
	if (!bad_line)
		return 0;
	return pcow_error_set(err, -EBADMSG,
			      "%s:%u: not the record of a change that a run makes, so nothing was "
			      "put back; look at the journal, then remove it",
			      journal->path, bad_line);
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
