/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario asks of its run, and tells it. */
#include "run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pincow/page.h>

const struct pcow_value *pcow_case_value(const struct pcow_case *case_, const char *name)
{
	for (size_t i = 0; i < case_->nr_params; i++)
		if (strcmp(case_->params[i].name, name) == 0)
			return &case_->params[i];
	return NULL;
}

/*
 * A parameter that the scenario does not have is a mistake in its source, which
 * no user can mend: stop where the developer looks.
 */
static const struct pcow_value *param(const struct pcow_run *run, const char *name, bool is_number)
{
	const struct pcow_value *value = pcow_case_value(&run->job->case_, name);

	if (!value || value->is_number != is_number) {
		fprintf(stderr, "pincow: %s asks for its parameter %s, which it does not have\n",
			run->scenario->name, name);
		abort();
	}
	return value;
}

uint64_t pcow_param_bytes(const struct pcow_run *run, const char *name)
{
	return param(run, name, true)->number;
}

uint64_t pcow_param_count(const struct pcow_run *run, const char *name)
{
	return param(run, name, true)->number;
}

const char *pcow_param_choice(const struct pcow_run *run, const char *name)
{
	return param(run, name, false)->text;
}

bool pcow_param_page_kind(const struct pcow_run *run, struct pcow_page_kind *kind)
{
	const struct pcow_value *value = pcow_case_value(&run->job->case_, "page");

	return value && pcow_page_kind_parse(value->text, kind) == 0;
}

struct pcow_claim *pcow_claim(struct pcow_run *run)
{
	return &run->claim;
}

int pcow_skip(struct pcow_run *run, const char *remedy, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(run->record.reason, sizeof(run->record.reason), fmt, ap);
	va_end(ap);
	snprintf(run->record.remedy, sizeof(run->record.remedy), "%s", remedy);
	return PCOW_SKIP;
}

int pcow_error(struct pcow_run *run, int code, const char *fmt, ...)
{
	size_t size = sizeof(run->record.reason);
	size_t used;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(run->record.reason, size, fmt, ap);
	va_end(ap);
	used = strlen(run->record.reason);
	snprintf(run->record.reason + used, size - used, ": %s", strerror(code));
	return -code;
}

void pcow_broken(struct pcow_run *run, const char *fmt, ...)
{
	va_list ap;

	if (run->broken[0])
		return;
	va_start(ap, fmt);
	vsnprintf(run->broken, sizeof(run->broken), fmt, ap);
	va_end(ap);
}

void pcow_metric(struct pcow_run *run, const char *name, uint64_t value)
{
	size_t i = 0;

	while (i < run->nr_metrics && strcmp(run->metrics[i].name, name))
		i++;
	if (i == METRICS_MAX) {
		fprintf(stderr, "pincow: %s records more than %d metrics\n", run->scenario->name,
			METRICS_MAX);
		abort();
	}
	if (i == run->nr_metrics) {
		snprintf(run->metrics[i].name, sizeof(run->metrics[i].name), "%s", name);
		run->nr_metrics++;
	}
	run->metrics[i].value = (int64_t)value;
}
