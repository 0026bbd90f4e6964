/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of a run, and which part of it a file has already. */
#include "build.h"
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Fisher-Yates by nrand48(), whose sequence POSIX fixes: the same seed gives
 * the same order on every machine.
 */
static void shuffle(struct pcow_task *tasks, size_t n, unsigned short state[3])
{
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)nrand48(state) % i;
		struct pcow_task swapped = tasks[i - 1];

		tasks[i - 1] = tasks[j];
		tasks[j] = swapped;
	}
}

int pcow_tasks_make(struct pcow_engine *engine)
{
	uint64_t seed = engine->config.seed;
	unsigned short state[3] = { (unsigned short)seed, (unsigned short)(seed >> 16),
				    (unsigned short)(seed >> 32) };
	size_t nr_cases = engine->plan.nr_cases;

	engine->nr_tasks = nr_cases * engine->config.replicates;
	engine->tasks = calloc(engine->nr_tasks + 1, sizeof(*engine->tasks));
	if (!engine->tasks)
		return -ENOMEM;
	for (uint64_t r = 0; r < engine->config.replicates; r++) {
		struct pcow_task *round = &engine->tasks[r * nr_cases];

		for (size_t c = 0; c < nr_cases; c++)
			round[c] = (struct pcow_task){ .case_ = c, .replicate = r };
		shuffle(round, nr_cases, state);
	}
	engine->totals.planned = engine->nr_tasks;
	return pcow_tallies_make(engine);
}

/* A worker that failed is tried again; every other one is finished. 0 or -ENOMEM. */
static int mark_finished(struct pcow_engine *engine, const struct pcow_record *record)
{
	if (record->status == PCOW_STATUS_ERROR)
		return 0;
	for (size_t i = 0; i < engine->nr_tasks; i++) {
		struct pcow_task *task = &engine->tasks[i];

		if (task->done || task->replicate != record->replicate ||
		    !pcow_case_is(&engine->plan.cases[task->case_], record->scenario,
				  record->params, record->nr_params))
			continue;
		task->done = true;
		engine->totals.resumed++;
		pcow_totals_count(&engine->totals, record->status);
		return pcow_tally_add(engine, task->case_, record);
	}
	return 0;
}

static int check_header(const struct pcow_header *header, const char *path, struct pcow_error *err)
{
	char boot_id[PCOW_RESULT_NAME_MAX] = "";

	pcow_root_read(&pcow_root_live, "proc/sys/kernel/random/boot_id", boot_id, sizeof(boot_id));
	if (strcmp(header->version, PINCOW_BUILD))
		return pcow_error_set(
			err, -EINVAL,
			"%s was begun by pincow %s, this is %s: resume it with that one", path,
			header->version, PINCOW_BUILD);
	if (strcmp(header->boot_id, boot_id))
		return pcow_error_set(err, -EINVAL,
				      "%s was begun in another boot, and a boot is one replicate: "
				      "start a new file",
				      path);
	return 0;
}

int pcow_resume_read(struct pcow_engine *engine, const char *path, uint64_t *whole_bytes,
		     struct pcow_error *err)
{
	struct pcow_record record;
	struct pcow_reader *reader;
	int ret = pcow_reader_open(&reader, path, &engine->resumed, err);

	if (ret)
		return ret;
	ret = check_header(&engine->resumed, path, err);
	if (!ret && pcow_config_parse(&engine->config, engine->resumed.config))
		ret = pcow_error_set(err, -EINVAL, "%s: line 1: no configuration to resume from",
				     path);
	if (!ret)
		ret = pcow_plan_make(&engine->plan, &engine->config, err);
	if (!ret)
		ret = pcow_tasks_make(engine);
	while (!ret && (ret = pcow_reader_next(reader, &record, err)) == 1) {
		ret = mark_finished(engine, &record);
		pcow_record_clear(&record);
		if (ret)
			pcow_error_set(err, ret, "%s: no memory for its figures", path);
	}
	*whole_bytes = pcow_reader_offset(reader);
	pcow_reader_close(reader);
	return ret;
}
