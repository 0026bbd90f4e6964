/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of /proc and /sys.  Every read is relative to a root, so that tests and
 * `doctor --root` work on a recorded machine.
 */
#ifndef PINCOW_ROOT_H
#define PINCOW_ROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <pincow/error.h>

/**
 * struct pcow_root - where /proc and /sys are read from
 * @fd:		directory, opened O_PATH; -1 of pcow_root_live
 * @live:	it is this machine's own root
 */
struct pcow_root {
	int fd;
	bool live;
};

/* This machine, never opened nor closed.  It holds no file open, which each fork
 * that a worker times would copy. */
extern const struct pcow_root pcow_root_live;

/* A recorded machine, or "/". 0 or -errno. */
int pcow_root_open(struct pcow_root *root, const char *path, struct pcow_error *err);
void pcow_root_close(struct pcow_root *root);

/**
 * pcow_root_read() - read a small file whole
 * @root:	the machine
 * @path:	relative, for example "proc/sys/kernel/perf_event_paranoid"
 * @buf:	NUL-terminated result, trailing white space removed
 * @size:	of @buf; a longer file is cut
 *
 * Return: length of the text or -errno.
 */
int pcow_root_read(const struct pcow_root *root, const char *path, char *buf, size_t size);

/* Read an unsigned decimal number. 0 or -errno; -EINVAL when it is none. */
int pcow_root_read_u64(const struct pcow_root *root, const char *path, uint64_t *value);

/* "always [madvise] never" -> "madvise"; the whole text when nothing is bracketed. */
int pcow_root_read_choice(const struct pcow_root *root, const char *path, char *buf, size_t size);

/* The value of "KEY  123 kB" or "KEY 123" in /proc/meminfo, /proc/vmstat and
 * their like, kB turned into bytes. 0 or -errno; -ENODATA without the key. */
int pcow_root_read_field(const struct pcow_root *root, const char *path, const char *key,
			 uint64_t *value);

/* The same in a text that was read before. */
int pcow_text_field(const char *text, const char *key, uint64_t *value);

/* Opens a file below the root for reading. -EINVAL for an absolute path or one with "..". */
int pcow_root_open_file(const struct pcow_root *root, const char *path);

/* The same as a stream; NULL with errno set. */
FILE *pcow_root_stream(const struct pcow_root *root, const char *path);

/* Reads at most @size bytes, as they are. Count or -errno. */
ssize_t pcow_root_read_bytes(const struct pcow_root *root, const char *path, void *buf,
			     size_t size);

/**
 * pcow_root_each() - visit a folder's entries whose name starts with @prefix
 * @root:	the machine
 * @dir:	relative path of the folder
 * @prefix:	"" for every entry; those starting with a dot are never visited
 * @visit:	non-zero ends the walk and is returned
 * @arg:	handed to @visit
 *
 * Entries come in version order: hugepages-64kB stands before hugepages-128kB.
 *
 * Return: 0, what @visit returned, or -errno when @dir cannot be read.
 */
int pcow_root_each(const struct pcow_root *root, const char *dir, const char *prefix,
		   int (*visit)(const char *name, void *arg), void *arg);

/* Whether @word stands in @text between separators or at its ends. */
bool pcow_text_has_word(const char *text, const char *word, char separator);

#endif
