/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Result files from anyone: reading and showing them must not go wrong, and
 * what the reader takes the writer must be able to write for it again.
 */
#include <pincow/format.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file in memory that can be opened by its name. */
struct memory_file {
	int fd;
	char path[64];
};

static void memory_file_open(struct memory_file *file)
{
	file->fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (file->fd < 0)
		abort();
	snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->fd);
}

/* Writes what can be read of @from to @to; how many workers, or -1 without a header. */
static int64_t copy_workers(const char *from, int to)
{
	struct pcow_header header;
	struct pcow_record worker;
	struct pcow_reader *reader;
	struct pcow_error err;
	int64_t n = 0;

	if (pcow_reader_open(&reader, from, &header, &err))
		return -1;
	if (pcow_header_write(to, &header))
		abort();
	for (; pcow_reader_next(reader, &worker, &err) > 0; n++) {
		if (pcow_record_write(to, &worker))
			abort();
		pcow_record_clear(&worker);
	}
	pcow_reader_close(reader);
	pcow_header_clear(&header);
	return n;
}

static void check_copy(const char *path, int64_t expected)
{
	struct pcow_header header;
	struct pcow_record worker;
	struct pcow_reader *reader;
	struct pcow_error err;
	int64_t n = 0;

	if (pcow_reader_open(&reader, path, &header, &err))
		abort();
	for (; pcow_reader_next(reader, &worker, &err) > 0; n++)
		pcow_record_clear(&worker);
	if (n != expected || pcow_reader_truncated(reader))
		abort();
	pcow_reader_close(reader);
	pcow_header_clear(&header);
}

/* A figure that is shown must reach a terminal without control characters. */
static void check_table(const struct pcow_summary *summary)
{
	size_t length;
	char *text;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		abort();
	pcow_summary_print(out, summary, false);
	fclose(out);
	for (size_t i = 0; i < length; i++)
		if ((text[i] >= 0 && text[i] < ' ' && text[i] != '\n') || text[i] == 0x7f)
			abort();
	free(text);
}

static void show(const char *path)
{
	struct pcow_summary summary;
	struct pcow_error err;
	json_t *json;

	if (pcow_summary_read(&summary, path, &err))
		return;
	check_table(&summary);
	json = pcow_summary_json(&summary);
	if (!json)
		abort();
	json_decref(json);
	pcow_summary_clear(&summary);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory_file input, copy;
	int64_t workers;

	memory_file_open(&input);
	memory_file_open(&copy);
	if (write(input.fd, data, size) != (ssize_t)size)
		abort();
	workers = copy_workers(input.path, copy.fd);
	if (workers >= 0)
		check_copy(copy.path, workers);
	show(input.path);
	close(input.fd);
	close(copy.fd);
	return 0;
}
