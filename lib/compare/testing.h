/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the unit tests of this room: result files of boots that never ran.
 */
#ifndef PINCOW_COMPARE_TESTING_H
#define PINCOW_COMPARE_TESTING_H

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <pincow/compare.h>

/**
 * struct fake_boot - what a file says
 * @folder, @name: where it goes: FOLDER/NAME.jsonl below the test's folder
 * @boot_id:	NULL for the name
 * @machine, @release, @model, @host: NULL for usual ones
 * @clock:	NULL for "wall"
 * @build_id:	NULL for the folder's name, "" for not known
 * @version, @thp, @governor: NULL for not known
 * @load:	average before the run
 * @cpus:	of the host; 0 for not known
 * @planned:	workers a case; 0 for not known
 * @precision, @workers: as in the header's config
 */
struct fake_boot {
	const char *folder, *name;
	const char *boot_id;
	const char *machine, *release, *model, *host;
	const char *clock;
	const char *label;
	uint64_t block;
	uint64_t created_ns;
	unsigned int page_bytes;
	const char *build_id, *version, *thp, *governor;
	double load;
	int cpus;
	int planned;
	double precision;
	int workers;
};

/**
 * struct fake_case - one worker's line: two samples of two operations, or
 *		FAKE_SAMPLES that vary
 * @scenario, @size: the case
 * @ns:		of an operation
 * @noise:	bits of a tick that samples vary by; 0: they do not
 * @seed:	of that
 * @copied:	pages a sample; -1 for no such column
 * @status:	other than ok: no samples, and "because" is the reason
 * @memory_bytes: what is held; 0 for nothing weighed
 * @sleeps:	every sample slept once
 * @breaks:	the first sample breaks its claim
 * @lies:	of that it gives no reason
 * @truncated:	the worker met its time cap
 * @overhead:	of the timer
 * @replicate:	of the case
 * @resolution, @method: of the memory; 0 for 1, NULL for "process"
 * @fits:	its cost is one of a line over sizes
 * @source, @hz: of the clock; NULL and 0 for usual ones
 * @cpu:	that it was bound to
 */
struct fake_case {
	const char *scenario;
	uint64_t size;
	int64_t ns;
	unsigned int noise;
	uint64_t seed;
	int64_t copied;
	enum pcow_status status;
	int64_t memory_bytes;
	bool sleeps;
	bool breaks, lies;
	bool truncated;
	uint64_t overhead, replicate;
	int64_t resolution;
	const char *method;
	bool fits;
	const char *source;
	uint64_t hz;
	int cpu;
};

#define FAKE_SAMPLES 16

/* The test's folder, made at the first call. */
static inline const char *fake_root(void)
{
	static char path[64];

	if (!*path) {
		strcpy(path, "/tmp/pincow-compare-XXXXXX");
		assert_non_null(mkdtemp(path));
	}
	return path;
}

static inline char *fake_path(char *buf, size_t size, const char *folder)
{
	snprintf(buf, size, "%s/%s", fake_root(), folder);
	return buf;
}

static inline void fake_header(int fd, const struct fake_boot *boot)
{
	struct pcow_header header = { .block = boot->block, .created_ns = boot->created_ns };

	strcpy(header.version, "0.1.0");
	strcpy(header.boot_id, boot->boot_id ? boot->boot_id : boot->name);
	strcpy(header.clock_domain, boot->clock ? boot->clock : "wall");
	strcpy(header.label, boot->label ? boot->label : "");
	header.config = json_pack("{s:s, s:i, s:f, s:i}", "profile", "quick", "replicates",
				  boot->planned, "precision", boot->precision, "workers",
				  boot->workers);
	header.host = json_pack("{s:s, s:s, s:{s:s, s:s?, s:s?}, s:{s:s, s:s?}, s:{s:i, s:s?}, "
				"s:[f], s:{s:i}}",
				"hostname", boot->host ? boot->host : "example", "machine",
				boot->machine ? boot->machine : "x86_64", "kernel", "release",
				boot->release ? boot->release : "6.1.0", "build_id",
				boot->build_id ? boot->build_id : boot->folder, "version",
				boot->version, "cpu", "model", "a CPU", "governor", boot->governor,
				"memory", "page_bytes", boot->page_bytes ? boot->page_bytes : 4096,
				"thp_enabled", boot->thp, "loadavg", boot->load, "topology", "pus",
				boot->cpus);
	header.model = json_pack("{s:s, s:s, s:{}}", "name",
				 boot->model ? boot->model : "exclusive", "evidence", "",
				 "features");
	assert_int_equal(pcow_header_write(fd, &header), 0);
	pcow_header_clear(&header);
}

static inline void fake_samples(struct pcow_record *worker, const struct fake_case *fake)
{
	size_t n = fake->noise ? FAKE_SAMPLES : 2;
	int64_t *ticks = pcow_view_add(&worker->batch, "ticks", n);
	int64_t *ops = pcow_view_add(&worker->batch, "ops", n);
	int64_t *valid = pcow_view_add(&worker->batch, "valid", n);
	int64_t *slept = NULL;
	int64_t *copied = fake->copied < 0 ? NULL : pcow_view_add(&worker->batch, "copied", n);
	uint64_t chance = fake->seed;

	if (fake->sleeps)
		slept = pcow_view_add(&worker->batch, "voluntary_switches", n);
	for (size_t i = 0; i < n; i++) {
		if (slept)
			slept[i] = 1;
		ticks[i] = 2 * fake->ns;
		/* By Knuth's multiplier; the high bits are the good ones. */
		chance = chance * UINT64_C(6364136223846793005) + 1;
		if (fake->noise)
			ticks[i] += (int64_t)(chance >> (64 - fake->noise));
		ops[i] = 2;
		valid[i] = i > 0 || !fake->breaks;
		if (copied)
			copied[i] = fake->copied;
	}
	if (fake->breaks && !fake->lies)
		worker->broken = json_pack("{s:i}", "because", 1);
	if (fake->memory_bytes) {
		struct pcow_weight *weight = &worker->memory[worker->nr_memory++];

		strcpy(weight->name, "held_bytes");
		strcpy(weight->method, fake->method ? fake->method : "process");
		weight->value = fake->memory_bytes;
		weight->resolution = fake->resolution ? fake->resolution : 1;
		weight->closed = true;
	}
}

static inline void fake_worker(int fd, const struct fake_case *fake)
{
	struct pcow_record *worker = calloc(1, sizeof(*worker));

	assert_non_null(worker);
	strcpy(worker->scenario, fake->scenario);
	strcpy(worker->operation, "page");
	strcpy(worker->scale_by, fake->fits ? "size" : "");
	worker->nr_params = 1;
	strcpy(worker->params[0].name, "size");
	worker->params[0].is_number = true;
	worker->params[0].number = fake->size;
	worker->status = fake->status;
	worker->cpu = fake->cpu;
	strcpy(worker->clock.source, fake->source ? fake->source : "tsc");
	worker->clock.hz = fake->hz ? fake->hz : 1000000000;
	worker->clock.overhead_start_ticks = fake->overhead;
	worker->clock.overhead_end_ticks = fake->overhead;
	worker->truncated = fake->truncated;
	worker->replicate = fake->replicate;
	if (fake->status == PCOW_STATUS_OK)
		fake_samples(worker, fake);
	else
		strcpy(worker->reason, "because");
	assert_int_equal(pcow_record_write(fd, worker), 0);
	pcow_record_clear(worker);
	free(worker);
}

/* Write a file; the test removes the folder at its end with fake_remove(). */
static inline void fake_write(const struct fake_boot *boot, const struct fake_case *cases, size_t n)
{
	char path[256];
	int fd;

	mkdir(fake_path(path, sizeof(path), boot->folder), 0777);
	snprintf(path, sizeof(path), "%s/%s/%s.jsonl", fake_root(), boot->folder, boot->name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	assert_true(fd >= 0);
	fake_header(fd, boot);
	for (size_t i = 0; i < n; i++)
		fake_worker(fd, &cases[i]);
	close(fd);
}

static inline void fake_remove(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s/*", fake_root());
	assert_int_equal(system(command), 0);
}

#endif
