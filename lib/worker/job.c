/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job on its way from the parent to a worker's command line. */
#include <pincow/worker.h>

#include <errno.h>
#include <string.h>

char *pcow_job_format(const struct pcow_job *job)
{
	const struct pcow_case *c = &job->case_;
	const struct pcow_budget *b = &job->budget;
	json_t *json;
	char *text = NULL;

	json_t *others = json_array();

	for (size_t i = 0; i < job->nr_others; i++)
		json_array_append_new(others, json_integer(job->others[i]));
	json = json_pack(
		"{s:s, s:o, s:I, s:I, s:i, s:o, s:b, s:i, s:{s:I, s:I, s:I, s:I, s:I}, s:{s:s, "
		"s:I, s:I}}",
		"scenario", c->scenario->name, "params", pcow_params_json(c->params, c->nr_params),
		"replicate", (json_int_t)job->replicate, "sequence", (json_int_t)job->sequence,
		"cpu", job->cpu, "others", others, "counted", job->counted, "parent",
		(int)job->parent, "budget", "samples", (json_int_t)b->samples, "warmup",
		(json_int_t)b->warmup, "ops", (json_int_t)b->ops, "cap_ns", (json_int_t)b->cap_ns,
		"untimed_cap_ns", (json_int_t)b->untimed_cap_ns, "clock", "source",
		pcow_clock_name(job->clock.source), "hz", (json_int_t)job->clock.hz,
		"resolution_ticks", (json_int_t)job->clock.resolution_ticks);
	if (json)
		text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return text;
}

int pcow_job_parse(struct pcow_job *job, const char *text)
{
	struct pcow_case *c = &job->case_;
	struct pcow_budget *b = &job->budget;
	json_int_t replicate, sequence, samples, warmup, ops, cap_ns, untimed_cap_ns, hz,
		resolution;
	const char *scenario, *source;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	json_t *params, *others;
	int parent, counted;
	int ret = -EINVAL;

	*job = (struct pcow_job){ .cpu = -1 };
	if (json_unpack(json,
			"{s:s, s:o, s:I, s:I, s:i, s:o, s:b, s:i, s:{s:I, s:I, s:I, s:I, s:I}, "
			"s:{s:s, s:I, "
			"s:I}}",
			"scenario", &scenario, "params", &params, "replicate", &replicate,
			"sequence", &sequence, "cpu", &job->cpu, "others", &others, "counted",
			&counted, "parent", &parent, "budget", "samples", &samples, "warmup",
			&warmup, "ops", &ops, "cap_ns", &cap_ns, "untimed_cap_ns", &untimed_cap_ns,
			"clock", "source", &source, "hz", &hz, "resolution_ticks", &resolution))
		goto out;
	if (samples < 1 || warmup < 0 || ops < 0 || cap_ns < 0 || untimed_cap_ns < 0 || hz < 1)
		goto out;
	c->scenario = pcow_scenario_find(scenario);
	if (!c->scenario || pcow_params_parse(params, c->params, &c->nr_params) ||
	    pcow_clock_parse(source, &job->clock.source))
		goto out;
	for (; job->nr_others < json_array_size(others); job->nr_others++)
		if (job->nr_others < PCOW_THREADS_MAX)
			job->others[job->nr_others] =
				(int)json_integer_value(json_array_get(others, job->nr_others));
		else
			goto out;
	job->replicate = (uint64_t)replicate;
	job->sequence = (uint64_t)sequence;
	job->parent = (pid_t)parent;
	job->counted = counted;
	*b = (struct pcow_budget){ (uint64_t)samples, (uint64_t)warmup, (uint64_t)ops,
				   (uint64_t)cap_ns, (uint64_t)untimed_cap_ns };
	job->clock.hz = (uint64_t)hz;
	job->clock.resolution_ticks = (uint64_t)resolution;
	ret = 0;
out:
	json_decref(json);
	return ret;
}
