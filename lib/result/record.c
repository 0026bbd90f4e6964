/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record that writer and reader share: its views, parameters and end.
 */
#include <pincow/result.h>

#include <stdlib.h>
#include <string.h>

const char *pcow_status_name(enum pcow_status status)
{
	static const char *const names[] = {
		[PCOW_STATUS_OK] = "ok",
		[PCOW_STATUS_INVALID] = "invalid",
		[PCOW_STATUS_SKIP] = "skip",
		[PCOW_STATUS_ERROR] = "error",
	};

	return names[status];
}

bool pcow_status_is_worse(enum pcow_status a, enum pcow_status b)
{
	static const int ranks[] = {
		[PCOW_STATUS_OK] = 0,
		[PCOW_STATUS_SKIP] = 1,
		[PCOW_STATUS_INVALID] = 2,
		[PCOW_STATUS_ERROR] = 3,
	};

	return ranks[a] > ranks[b];
}

int64_t *pcow_view_add(struct pcow_view *view, const char *name, size_t n)
{
	struct pcow_column *column;

	if (view->nr_columns == PCOW_RESULT_COLUMNS_MAX || n > PCOW_RESULT_SAMPLES_MAX)
		return NULL;
	if (view->nr_columns && n != view->n)
		return NULL;
	if (strlen(name) >= sizeof(column->name) || pcow_view_column(view, name))
		return NULL;

	column = &view->columns[view->nr_columns];
	/* One more, since calloc() of nothing may be NULL. */
	column->values = calloc(n + 1, sizeof(*column->values));
	if (!column->values)
		return NULL;
	strcpy(column->name, name);
	view->nr_columns++;
	view->n = n;
	return column->values;
}

const int64_t *pcow_view_column(const struct pcow_view *view, const char *name)
{
	for (size_t i = 0; i < view->nr_columns; i++)
		if (strcmp(view->columns[i].name, name) == 0)
			return view->columns[i].values;
	return NULL;
}

static void view_clear(struct pcow_view *view)
{
	for (size_t i = 0; i < view->nr_columns; i++)
		free(view->columns[i].values);
}

void pcow_record_clear(struct pcow_record *worker)
{
	view_clear(&worker->batch);
	view_clear(&worker->op);
	json_decref(worker->broken);
	json_decref(worker->guards);
	memset(worker, 0, sizeof(*worker));
}

const struct pcow_value *pcow_record_param(const struct pcow_record *worker, const char *name)
{
	for (size_t i = 0; i < worker->nr_params; i++)
		if (strcmp(worker->params[i].name, name) == 0)
			return &worker->params[i];
	return NULL;
}

void pcow_header_clear(struct pcow_header *header)
{
	json_decref(header->config);
	json_decref(header->host);
	json_decref(header->model);
	memset(header, 0, sizeof(*header));
}
