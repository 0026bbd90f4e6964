/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Result files line by line: bounded, and with the file and line named in
 * every refusal.
 */
#include <pincow/profile.h>
#include <pincow/result.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record.h"

/* A path may take 4096 bytes, but the line that names it has to tell the cause too. */
#define PATH_SHOWN 200

#define LINE_FIRST_BYTES 65536

struct pcow_reader {
	FILE *stream;
	char name[PATH_SHOWN + 1];
	char *line;
	size_t length;
	size_t capacity;
	struct pcow_lifted lifted;
	uint64_t line_number;
	uint64_t offset;
	bool truncated;
};

/* The cause with its place and remedy.  The cause may quote the file, which
 * must not reach a terminal raw. */
static int refuse(const struct pcow_reader *reader, struct pcow_error *err, int code,
		  const char *cause, const char *remedy)
{
	pcow_error_set(err, code, "%s:%" PRIu64 ": %.200s; %s", reader->name, reader->line_number,
		       cause, remedy);
	if (err)
		pcow_text_clean(err->text);
	return code;
}

static int refuse_damaged(const struct pcow_reader *reader, struct pcow_error *err,
			  const char *cause)
{
	return refuse(reader, err, -EBADMSG, cause,
		      reader->line_number > 1
			      ? "measure this boot again: without the line, its worker is missing"
			      : "give a file that `pincow run` wrote");
}

static int grow(struct pcow_reader *reader)
{
	size_t capacity = reader->capacity ? 2 * reader->capacity : LINE_FIRST_BYTES;
	char *line = realloc(reader->line, capacity);

	if (!line)
		return -ENOMEM;
	reader->line = line;
	reader->capacity = capacity;
	return 0;
}

/* A crash leaves zero bytes at the end of a file, which cut the last line short.  Within
 * a line jansson would skip one behind a number. */
static int end_line(struct pcow_reader *reader, struct pcow_error *err)
{
	reader->offset += reader->length + 1;
	if (reader->length && memchr(reader->line, '\0', reader->length))
		return refuse_damaged(reader, err, "the line holds a zero byte");
	return 1;
}

/* 1 with a whole line, 0 at the end of the file, or -errno. */
static int read_line(struct pcow_reader *reader, struct pcow_error *err)
{
	int c;

	reader->length = 0;
	reader->line_number++;
	errno = 0;
	while ((c = getc_unlocked(reader->stream)) != EOF) {
		if (c == '\n')
			return end_line(reader, err);
		if (reader->length == PCOW_RESULT_LINE_MAX)
			return refuse_damaged(reader, err, "the line is longer than 64 MiB");
		if (reader->length == reader->capacity && grow(reader))
			return refuse(reader, err, -ENOMEM, "no memory for the line",
				      "free some memory");
		reader->line[reader->length++] = (char)c;
	}
	if (ferror(reader->stream))
		return refuse(reader, err, errno ? -errno : -EIO,
			      errno ? strerror(errno) : "cannot be read",
			      "check the path and the disk");
	reader->truncated = reader->length > 0;
	return 0;
}

static int parse_text(struct pcow_reader *reader, const char *text, size_t length, json_t **object,
		      struct pcow_error *err)
{
	json_error_t why;

	*object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &why);
	if (!*object)
		return refuse_damaged(reader, err, why.text);
	return 0;
}

/* The line as JSON: of the header as it is, of any other with its samples lifted. */
static int parse_line(struct pcow_reader *reader, bool lift, json_t **object,
		      struct pcow_error *err)
{
	size_t cost = pcow_line_cost(reader->line, reader->length);

	if (cost > PCOW_RESULT_VALUES_MAX)
		return refuse_damaged(reader, err, "the line holds more than 4194304 values");
	if (!lift)
		return parse_text(reader, reader->line, reader->length, object, err);
	if (pcow_lift(&reader->lifted, reader->line, reader->length, cost))
		return refuse(reader, err, -ENOMEM, "no memory for the line", "free some memory");
	return parse_text(reader, reader->lifted.text, reader->lifted.length, object, err);
}

/* "header", "worker" or another kind of a later version; NULL when it is none. */
static const char *record_kind(const json_t *object)
{
	return json_string_value(json_object_get(object, "record"));
}

/* Explain why the file ends before its header does. */
static int refuse_headless(const struct pcow_reader *reader, struct pcow_error *err)
{
	if (!reader->truncated)
		return refuse(reader, err, -ENODATA, "the file is empty",
			      "nothing was measured into it; run `pincow run` again");
	if (reader->line[0] != '{')
		return refuse_damaged(reader, err, "not a result file");
	return refuse(reader, err, -ENODATA, "the header is cut short",
		      "nothing was measured into it; run `pincow run` again");
}

static int read_header(struct pcow_reader *reader, struct pcow_header *header,
		       struct pcow_error *err)
{
	struct pcow_error cause = { "" };
	json_t *object;
	const char *kind;
	int ret;

	ret = read_line(reader, err);
	if (ret == 0)
		return refuse_headless(reader, err);
	if (ret > 0)
		ret = parse_line(reader, false, &object, err);
	if (ret)
		return ret;

	kind = record_kind(object);
	if (!kind || strcmp(kind, "header") != 0) {
		ret = refuse_damaged(reader, err, "the first line is not a header");
		goto out_decref;
	}
	ret = pcow_header_parse(header, object, &cause);
	if (ret == -EPROTO)
		refuse(reader, err, ret, cause.text, "read it with a newer pincow");
	else if (ret)
		refuse_damaged(reader, err, cause.text);
out_decref:
	json_decref(object);
	if (ret)
		pcow_header_clear(header);
	return ret;
}

int pcow_reader_open_stream(struct pcow_reader **reader, FILE *stream, const char *name,
			    struct pcow_header *header, struct pcow_error *err)
{
	struct pcow_reader *r;
	size_t length = strlen(name);
	int ret;

	memset(header, 0, sizeof(*header));
	r = calloc(1, sizeof(*r));
	if (!r) {
		fclose(stream);
		return pcow_error_set(err, -ENOMEM, "no memory for reading a result file");
	}
	r->stream = stream;
	strcpy(r->name, length > PATH_SHOWN ? name + length - PATH_SHOWN : name);
	ret = read_header(r, header, err);
	if (ret) {
		pcow_reader_close(r);
		return ret;
	}
	*reader = r;
	return 0;
}

int pcow_reader_open(struct pcow_reader **reader, const char *path, struct pcow_header *header,
		     struct pcow_error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat st;
	FILE *stream;

	/* A pipe could be read once, and opening one waits for its writer. */
	if (!is_stdin && stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return pcow_error_set(err, S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL,
				      "%.200s: %s, no regular file; give a file that `pincow run` "
				      "wrote",
				      path,
				      S_ISDIR(st.st_mode)    ? "a folder"
				      : S_ISFIFO(st.st_mode) ? "a pipe"
							     : "a device or socket");
	/* Its first line, a brace, would say little. */
	if (!is_stdin && pcow_function_profile_is(path))
		return pcow_error_set(
			err, -EBADMSG,
			"%.200s: a profile by function, no result file; `pincow plot` "
			"and `pincow report` take it",
			path);
	stream = is_stdin ? stdin : fopen(path, "re");
	if (!stream) {
		int code = errno;

		return pcow_error_set(err, -code, "%.200s: cannot be opened: %s; %s", path,
				      strerror(code),
				      code == ENOENT ? "check the path; `pincow run` writes one"
						     : "check its permissions");
	}
	return pcow_reader_open_stream(reader, stream, is_stdin ? "standard input" : path, header,
				       err);
}

static int take_worker(struct pcow_reader *reader, struct pcow_record *worker, const json_t *object,
		       struct pcow_error *err)
{
	struct pcow_error cause = { "" };
	int ret = pcow_record_parse(worker, object, &reader->lifted, &cause);

	if (ret == 0)
		return 1;
	pcow_record_clear(worker);
	if (ret == -ENOMEM)
		return refuse(reader, err, ret, cause.text, "free some memory");
	return refuse_damaged(reader, err, cause.text);
}

int pcow_reader_next(struct pcow_reader *reader, struct pcow_record *worker, struct pcow_error *err)
{
	int ret;

	memset(worker, 0, sizeof(*worker));
	while ((ret = read_line(reader, err)) > 0) {
		const char *kind;
		json_t *object;

		ret = parse_line(reader, true, &object, err);
		if (ret)
			return ret;
		kind = record_kind(object);
		if (!kind)
			ret = refuse_damaged(reader, err, "\"record\" is not a string");
		else if (strcmp(kind, "header") == 0)
			ret = refuse(reader, err, -EBADMSG,
				     "a second header; two runs are in one file",
				     "give each a file of its own");
		else if (strcmp(kind, "worker") == 0)
			ret = take_worker(reader, worker, object, err);
		json_decref(object);
		/* Other kinds of record come from a later version of this schema. */
		if (ret)
			return ret;
	}
	return ret;
}

int pcow_record_read(int fd, struct pcow_record *worker, struct pcow_error *err)
{
	struct pcow_reader reader = { .name = "a worker's record" };
	int copy = dup(fd);
	int ret;

	memset(worker, 0, sizeof(*worker));
	reader.stream = copy < 0 ? NULL : fdopen(copy, "r");
	if (!reader.stream) {
		ret = pcow_error_set(err, -errno, "%s: %s", reader.name, strerror(errno));
		if (copy >= 0)
			close(copy);
		return ret;
	}
	rewind(reader.stream);
	ret = pcow_reader_next(&reader, worker, err);
	if (ret == 0)
		pcow_error_set(err, -ENODATA, "%s is cut short", reader.name);
	fclose(reader.stream);
	free(reader.line);
	pcow_lifted_clear(&reader.lifted);
	if (ret == 0)
		return -ENODATA;
	return ret < 0 ? ret : 0;
}

bool pcow_reader_truncated(const struct pcow_reader *reader)
{
	return reader->truncated;
}

uint64_t pcow_reader_offset(const struct pcow_reader *reader)
{
	return reader->offset;
}

void pcow_reader_close(struct pcow_reader *reader)
{
	if (!reader)
		return;
	if (reader->stream != stdin)
		fclose(reader->stream);
	free(reader->line);
	pcow_lifted_clear(&reader->lifted);
	free(reader);
}
