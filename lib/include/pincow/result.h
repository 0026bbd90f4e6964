/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Result files: JSON Lines, one header and then one line for each finished
 * worker, as results/README.md defines them.  The reader trusts nothing.
 */
#ifndef PINCOW_RESULT_H
#define PINCOW_RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pincow/error.h>

/* The version written; a reader refuses a greater one. */
#define PCOW_RESULT_SCHEMA 1

/* Limits on what is read: a line, the values in it (an array counts as eight),
 * a text, a sample array, an object's keys.
 * Far above what a run writes, far below what hurts. */
#define PCOW_RESULT_LINE_MAX	((size_t)64 << 20)
#define PCOW_RESULT_VALUES_MAX	((size_t)1 << 22)
#define PCOW_RESULT_TEXT_MAX	4096
#define PCOW_RESULT_SAMPLES_MAX ((size_t)1 << 20)
#define PCOW_RESULT_COLUMNS_MAX 32
#define PCOW_RESULT_PARAMS_MAX	16
#define PCOW_RESULT_WEIGHTS_MAX 16
#define PCOW_RESULT_NAME_MAX	64

enum pcow_status {
	PCOW_STATUS_OK, /* samples were taken and at least half keep their claim */
	PCOW_STATUS_INVALID, /* samples were taken and fewer do */
	PCOW_STATUS_SKIP, /* this host lacks what the case needs */
	PCOW_STATUS_ERROR, /* something failed that should not have */
};

/* "ok", "invalid", "skip", "error" */
const char *pcow_status_name(enum pcow_status status);

/* Of several workers the worst counts: ok < skip < invalid < error. */
bool pcow_status_is_worse(enum pcow_status a, enum pcow_status b);

/**
 * struct pcow_value - one parameter of a case
 * @name:	the parameter
 * @is_number:	whether @number or @text holds the value
 * @number:	bytes or a count
 * @text:	a word
 */
struct pcow_value {
	char name[PCOW_RESULT_NAME_MAX];
	bool is_number;
	uint64_t number;
	char text[PCOW_RESULT_NAME_MAX];
};

/**
 * struct pcow_column - one integer a sample
 * @name:	"ticks", "ops", "valid", "faults", "copied" ...
 * @values:	as many as the view's samples; malloc'ed, owned by the record
 */
struct pcow_column {
	char name[PCOW_RESULT_NAME_MAX];
	int64_t *values;
};

/**
 * struct pcow_view - samples of one kind, column by column
 * @n:		samples
 * @nr_columns:	columns
 * @columns:	the columns, each of @n values
 */
struct pcow_view {
	size_t n;
	size_t nr_columns;
	struct pcow_column columns[PCOW_RESULT_COLUMNS_MAX];
};

/**
 * struct pcow_clock_record - the clock that a worker used
 * @source:	"tsc", "cntvct", "monotonic_raw"
 * @hz:		ticks a second
 * @overhead_start_ticks: median cost of an empty timer pair, before the samples
 * @overhead_end_ticks:	the same after them; the difference is the drift
 * @resolution_ticks:	step by which readings differ: no difference below it means
 *			anything
 */
struct pcow_clock_record {
	char source[PCOW_RESULT_NAME_MAX];
	uint64_t hz;
	uint64_t overhead_start_ticks;
	uint64_t overhead_end_ticks;
	uint64_t resolution_ticks;
};

/**
 * struct pcow_weight - one kind of memory that hold() costs
 * @name:	"anon_bytes", "foll_pins" ...
 * @method:	who was asked: "memcg", "process" or "host"
 * @value:	bytes, pages or a count; below 0 when hold() gave it back
 * @resolution:	least difference that it shows, in the same unit, >= 1
 * @closed:	after release it was as before, twice, with the same value between;
 *		otherwise @value is none of hold()'s alone
 */
struct pcow_weight {
	char name[PCOW_RESULT_NAME_MAX];
	char method[PCOW_RESULT_NAME_MAX];
	int64_t value;
	int64_t resolution;
	bool closed;
};

/**
 * struct pcow_record - what one worker process measured
 * @scenario:	name
 * @operation:	unit of the ops column
 * @scale_by:	parameter along which cost is fitted; "" for none
 * @params:	the case, sorted by name
 * @nr_params:	how many
 * @replicate:	0, 1, 2 ... of the case
 * @sequence:	position in the shuffled order of the run
 * @status:	see enum pcow_status
 * @reason:	why, unless ok; one line
 * @remedy:	what mends a skip; one line
 * @cpu:	the CPU that it was bound to
 * @pid:	of its process; 0 when not known
 * @op_bytes:	bytes an operation works on; 0 when not meaningful
 * @started_ns:	CLOCK_REALTIME
 * @elapsed_ns:	of the whole worker
 * @truncated:	the time cap ended it before all samples were taken
 * @clock:	see there
 * @batch:	one row a batch sample; has at least ticks, ops and valid
 * @op:		one row a single operation; has at least ticks; may be empty
 * @op_refused:	why single operations are not reported; "" when they are
 * @broken:	the reasons of invalid samples with their counts: JSON object
 *		of integers, or NULL
 * @memory:	what hold() costs
 * @nr_memory:	how many kinds; 0 when nothing was weighed
 * @guards:	disturbances during the worker by name: JSON object of
 *		integers, or NULL
 *
 * The one structure that the writer and the reader share.
 */
struct pcow_record {
	char scenario[PCOW_RESULT_NAME_MAX];
	char operation[PCOW_RESULT_NAME_MAX];
	char scale_by[PCOW_RESULT_NAME_MAX];
	struct pcow_value params[PCOW_RESULT_PARAMS_MAX];
	size_t nr_params;
	uint64_t replicate;
	uint64_t sequence;
	enum pcow_status status;
	char reason[512];
	char remedy[512];
	int64_t cpu;
	uint64_t pid;
	uint64_t op_bytes;
	uint64_t started_ns;
	uint64_t elapsed_ns;
	bool truncated;
	struct pcow_clock_record clock;
	struct pcow_view batch;
	struct pcow_view op;
	char op_refused[512];
	json_t *broken;
	struct pcow_weight memory[PCOW_RESULT_WEIGHTS_MAX];
	size_t nr_memory;
	json_t *guards;
};

/**
 * pcow_view_add() - append a column to a view
 * @view:	the view
 * @name:	of the column; must not be there yet
 * @n:		rows; every column of a view has the same
 *
 * Return: @n zeroed values owned by the view, or NULL when there is no room.
 */
int64_t *pcow_view_add(struct pcow_view *view, const char *name, size_t n);

/* The values of a column, or NULL. */
const int64_t *pcow_view_column(const struct pcow_view *view, const char *name);

/* Frees what the record owns and zeroes it. */
void pcow_record_clear(struct pcow_record *worker);

/* Parameters as a JSON object of numbers and words, owned by the caller; or NULL. */
json_t *pcow_params_json(const struct pcow_value *params, size_t n);

/**
 * pcow_params_parse() - the inverse of pcow_params_json()
 * @json:	an object
 * @params:	PCOW_RESULT_PARAMS_MAX values, sorted by name
 * @n:		how many
 *
 * Return: 0, or -EBADMSG for what is no such object or beyond the limits.
 */
int pcow_params_parse(const json_t *json, struct pcow_value *params, size_t *n);

/* The parameter, or NULL. */
const struct pcow_value *pcow_record_param(const struct pcow_record *worker, const char *name);

/**
 * pcow_record_write() - write one worker's line
 * @fd:		where to
 * @worker:	the record
 *
 * The line goes out in one write(2) where the system takes it; a failed one may
 * have left a part of it, which the caller cuts off before writing more.
 *
 * Return: 0; -EFBIG for what no reader would take; -ENOMEM; -errno of write(2).
 */
int pcow_record_write(int fd, const struct pcow_record *worker);

/**
 * pcow_record_read() - the inverse of pcow_record_write()
 * @fd:		a file that holds one worker's line; read from its beginning
 * @worker:	filled in; cleared by the caller with pcow_record_clear()
 * @err:	one line on failure
 *
 * Return: 0, -ENODATA when there is no whole line, -EBADMSG for a bad one, -errno.
 */
int pcow_record_read(int fd, struct pcow_record *worker, struct pcow_error *err);

/**
 * struct pcow_header - the first line of a result file
 * @schema:	version
 * @version:	of pincow that wrote it
 * @boot_id:	the boot that was measured; "" when unknown
 * @clock_domain: "wall" or "instructions"
 * @label:	what the user calls the thing measured; "" for nothing
 * @block:	boots of one block were made beside each other, one of each thing
 *		compared; 0 for none
 * @config:	how to plan the run again: profile, scenarios, settings, seed
 * @host:	machine, kernel and its settings, as results/README.md has it
 * @model:	the kernel's COW model, as there; NULL in files without it
 *
 * @config, @host and @model are JSON objects owned by the header.  What is written is
 * always PCOW_RESULT_SCHEMA.
 */
struct pcow_header {
	uint64_t schema;
	char version[PCOW_RESULT_NAME_MAX];
	char boot_id[PCOW_RESULT_NAME_MAX];
	char clock_domain[PCOW_RESULT_NAME_MAX];
	char label[PCOW_RESULT_NAME_MAX];
	uint64_t block;
	uint64_t created_ns;
	json_t *config;
	json_t *host;
	json_t *model;
};

int pcow_header_write(int fd, const struct pcow_header *header);
void pcow_header_clear(struct pcow_header *header);

struct pcow_reader;

/**
 * pcow_reader_open() - open a result file and read its header
 * @reader:	result, closed with pcow_reader_close()
 * @path:	file, or "-" for standard input
 * @header:	filled in; cleared by the caller with pcow_header_clear()
 * @err:	one line on failure, with path and line number
 *
 * Return: 0; -ENOENT and other open errors; -ENODATA for a file that is empty
 * or ends within its header; -EPROTO for a newer schema; -EBADMSG for what is not a result file.
 */
int pcow_reader_open(struct pcow_reader **reader, const char *path, struct pcow_header *header,
		     struct pcow_error *err);

/**
 * pcow_reader_next() - read the next worker
 * @reader:	the reader
 * @worker:	filled in; cleared by the caller with pcow_record_clear()
 * @err:	one line on failure, with path and line number
 *
 * A last line without its newline is an interrupted write: it ends the file,
 * and pcow_reader_truncated() tells.
 *
 * Return: 1 with a worker, 0 at the end, -EBADMSG for a bad line, or -errno.
 */
int pcow_reader_next(struct pcow_reader *reader, struct pcow_record *worker,
		     struct pcow_error *err);

/* Was the last line cut short? */
bool pcow_reader_truncated(const struct pcow_reader *reader);

/* Offset of the first byte behind the last whole line: where a resumed run goes on. */
uint64_t pcow_reader_offset(const struct pcow_reader *reader);

void pcow_reader_close(struct pcow_reader *reader);

#endif
