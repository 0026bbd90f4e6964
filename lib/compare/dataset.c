/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Result files to series.  Files are read side by side; of each only its
 * figures are kept, so memory grows with cases and files, not with samples.
 */
#include "dataset.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#define THREADS_MAX 64

/**
 * struct reading - what the threads share, below @lock
 * @set:	is filled
 * @root:	tsearch() tree of struct pcow_series
 * @next:	first file that nobody has taken
 * @failed:	the first file that could not be read; nr_files for none
 * @ret, @err:	of that
 */
struct reading {
	pthread_mutex_t lock;
	struct pcow_dataset *set;
	void *root;
	size_t next;
	size_t failed;
	int ret;
	struct pcow_error err;
};

/* ------------------------------------------------------------------- texts */

static int compare_texts(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* One copy of each text; "" when memory is short: no reason then. */
static const char *intern(struct pcow_dataset *set, const char *text)
{
	char *copy, **found;

	if (!*text)
		return "";
	found = tfind(text, &set->texts, compare_texts);
	if (found)
		return *found;
	copy = strdup(text);
	found = copy ? tsearch(copy, &set->texts, compare_texts) : NULL;
	if (!found)
		free(copy);
	return found ? *found : "";
}

/* ------------------------------------------------------------------ series */

static int compare_series(const void *pa, const void *pb)
{
	const struct pcow_series *a = pa, *b = pb;
	int order = strcmp(a->scenario, b->scenario);

	if (order == 0)
		order = pcow_params_compare(a->params, a->nr_params, b->params, b->nr_params);
	if (order == 0)
		order = strcmp(a->metric, b->metric);
	return order ? order : strcmp(a->unit, b->unit);
}

static void series_clear(struct pcow_series *series)
{
	free(series->params);
	free(series->cells);
}

static void series_free(void *series)
{
	series_clear(series);
	free(series);
}

static struct pcow_series *series_new(const struct pcow_series *key, size_t nr_files)
{
	struct pcow_series *series = malloc(sizeof(*series));

	if (!series)
		return NULL;
	*series = *key;
	series->params = calloc(key->nr_params + 1, sizeof(*series->params));
	series->cells = calloc(nr_files, sizeof(*series->cells));
	if (!series->params || !series->cells) {
		series_free(series);
		return NULL;
	}
	memcpy(series->params, key->params, key->nr_params * sizeof(*series->params));
	for (size_t i = 0; i < nr_files; i++)
		series->cells[i] = (struct pcow_cell){ .value = NAN,
						       .low = NAN,
						       .high = NAN,
						       .reason = "",
						       .remedy = "",
						       .method = "" };
	return series;
}

/* The series of a row, made when it is the first; NULL when memory is short. */
static struct pcow_series *series_of(struct reading *reading, struct pcow_metric_row *row)
{
	struct pcow_series key = { .params = row->params,
				   .nr_params = row->nr_params,
				   .kind = row->kind,
				   .op_bytes = row->op_bytes };
	struct pcow_series *series;
	struct pcow_series **found;

	strcpy(key.scenario, row->scenario);
	strcpy(key.metric, row->metric);
	strcpy(key.unit, row->unit);
	found = tfind(&key, &reading->root, compare_series);
	if (found)
		return *found;
	series = series_new(&key, reading->set->nr_files);
	if (series && !tsearch(series, &reading->root, compare_series)) {
		series_free(series);
		return NULL;
	}
	return series;
}

static int add_row(struct reading *reading, struct pcow_metric_row *row, size_t file)
{
	struct pcow_series *series = series_of(reading, row);

	if (!series)
		return -ENOMEM;
	series->cells[file] = (struct pcow_cell){
		.present = true,
		.n = row->n,
		.value = row->median,
		.low = row->low,
		.high = row->high,
		.status = row->status,
		.reason = intern(reading->set, row->reason),
		.remedy = intern(reading->set, row->remedy),
		.invalid_fraction = row->invalid_fraction,
		.nr_workers = row->nr_workers,
		.nr_sound = row->nr_sound,
		.nr_truncated = row->nr_truncated,
		.unclosed = row->unclosed,
		.resolution = row->resolution,
		.half_width = row->half_width,
		.samples = row->samples,
		.method = intern(reading->set, row->method),
	};
	return 0;
}

/* ----------------------------------------------------------------- reading */

/* Takes header and prints out of the summary. */
static int add_summary(struct reading *reading, struct pcow_summary *summary, size_t i)
{
	struct pcow_file *file = &reading->set->files[i];

	file->header = summary->header;
	summary->header = (struct pcow_header){ 0 };
	file->nr_workers = summary->nr_workers;
	file->nr_twice = summary->nr_twice;
	file->nr_unplanned = summary->nr_unplanned;
	file->nr_contradict = summary->nr_contradict;
	file->prints = summary->prints;
	file->nr_prints = summary->nr_prints;
	summary->prints = NULL;
	file->clock = summary->clock;
	file->truncated = summary->truncated;
	for (size_t row = 0; row < summary->nr_rows; row++) {
		if (add_row(reading, &summary->rows[row], i))
			return pcow_error_set(&reading->err, -ENOMEM,
					      "%.200s: no memory for its figures", file->path);
	}
	return 0;
}

static void *read_files(void *arg)
{
	struct reading *reading = arg;
	const struct pcow_dataset *set = reading->set;

	pthread_mutex_lock(&reading->lock);
	while (reading->next < set->nr_files && reading->failed == set->nr_files) {
		struct pcow_summary summary;
		struct pcow_error err = { "" };
		size_t i = reading->next++;
		int ret;

		pthread_mutex_unlock(&reading->lock);
		ret = pcow_summary_read(&summary, set->files[i].path, &err);
		pthread_mutex_lock(&reading->lock);
		/* Files are taken in order, so the first that fails is always the same. */
		if (ret && i < reading->failed) {
			reading->failed = i;
			reading->ret = ret;
			reading->err = err;
		}
		if (ret)
			continue;
		ret = add_summary(reading, &summary, i);
		pcow_summary_clear(&summary);
		if (ret) {
			reading->failed = i;
			reading->ret = ret;
		}
	}
	pthread_mutex_unlock(&reading->lock);
	return NULL;
}

static size_t nr_threads(size_t nr_files)
{
	cpu_set_t cpus;
	size_t n = sched_getaffinity(0, sizeof(cpus), &cpus) ? 1 : (size_t)CPU_COUNT(&cpus);

	if (n > THREADS_MAX)
		n = THREADS_MAX;
	return n < nr_files ? n : nr_files;
}

/* This thread reads too; with no other it does so alone. */
static void read_all(struct reading *reading)
{
	pthread_t threads[THREADS_MAX];
	size_t wanted = nr_threads(reading->set->nr_files), started = 0;

	/* jansson seeds its hashes at their first use, which must not be two at once. */
	json_object_seed(0);
	while (started + 1 < wanted &&
	       pthread_create(&threads[started], NULL, read_files, reading) == 0)
		started++;
	read_files(reading);
	while (started)
		pthread_join(threads[--started], NULL);
}

static void take_series(const void *node, VISIT visit, void *arg)
{
	struct pcow_dataset *set = arg;
	struct pcow_series *const *series = node;

	if (visit == postorder || visit == leaf)
		set->series[set->nr_series++] = **series;
}

static void count_series(const void *node, VISIT visit, void *arg)
{
	size_t *n = arg;

	(void)node;
	*n += visit == postorder || visit == leaf;
}

/* The tree's nodes to an array, in order. */
static int make_array(struct pcow_dataset *set, void *root)
{
	size_t n = 0;

	twalk_r(root, count_series, &n);
	set->series = calloc(n + 1, sizeof(*set->series));
	if (!set->series)
		return -ENOMEM;
	twalk_r(root, take_series, set);
	/* Their contents have moved. */
	tdestroy(root, free);
	return 0;
}

/* A file that has the case, if only as skipped, says so in every series of the case. */
static void spread_status(struct pcow_dataset *set, size_t first, size_t n)
{
	for (size_t file = 0; file < set->nr_files; file++) {
		struct pcow_cell empty = { .value = NAN, .low = NAN, .high = NAN, .method = "" };
		const struct pcow_cell *known = NULL;

		for (size_t i = first; i < first + n; i++) {
			if (set->series[i].cells[file].present)
				known = &set->series[i].cells[file];
		}
		if (!known)
			continue;
		empty.present = true;
		empty.status = known->status;
		empty.reason = known->reason;
		empty.remedy = known->remedy;
		for (size_t i = first; i < first + n; i++) {
			if (!set->series[i].cells[file].present)
				set->series[i].cells[file] = empty;
		}
	}
}

static void mark_headline(struct pcow_series *series, size_t n)
{
	const char *headline = "latency";

	for (size_t i = 0; i < n; i++)
		if (strcmp(series[i].metric, "net") == 0)
			headline = "net";
	for (size_t i = 0; i < n; i++)
		series[i].is_headline = strcmp(series[i].metric, headline) == 0;
}

static void count_most(struct pcow_series *series, size_t nr_files)
{
	for (size_t i = 0; i < nr_files; i++) {
		size_t n = series->cells[i].n + series->cells[i].unclosed;

		series->most = n > series->most ? n : series->most;
	}
}

/* Of each case, whose series stand together, what its series know of each other. */
static void finish_cases(struct pcow_dataset *set)
{
	for (size_t i = 0; i < set->nr_series; i++)
		count_most(&set->series[i], set->nr_files);
	for (size_t first = 0, n; first < set->nr_series; first += n) {
		n = 1;
		while (first + n < set->nr_series &&
		       pcow_series_same_case(&set->series[first], &set->series[first + n]))
			n++;
		spread_status(set, first, n);
		mark_headline(set->series + first, n);
	}
}

static int add_arguments(struct pcow_dataset *set, char *const *arguments, size_t n,
			 struct pcow_error *err)
{
	int ret = 0;

	set->arguments = calloc(n + 1, sizeof(*set->arguments));
	for (size_t i = 0; ret == 0 && i < n; i++) {
		char *copy = set->arguments ? strdup(arguments[i]) : NULL;

		if (!copy)
			return pcow_error_set(err, -ENOMEM, "out of memory");
		set->arguments[set->nr_arguments++] = copy;
		ret = pcow_dataset_add_files(set, copy, err);
	}
	return ret;
}

int pcow_dataset_read(struct pcow_dataset *set, char *const *arguments, size_t n,
		      struct pcow_error *err)
{
	struct reading reading = { .lock = PTHREAD_MUTEX_INITIALIZER, .set = set };
	int ret;

	*set = (struct pcow_dataset){ 0 };
	ret = add_arguments(set, arguments, n, err);
	if (ret)
		return ret;
	reading.failed = set->nr_files;
	read_all(&reading);
	if (reading.ret) {
		tdestroy(reading.root, series_free);
		return pcow_error_set(err, reading.ret, "%s", reading.err.text);
	}
	if (make_array(set, reading.root)) {
		tdestroy(reading.root, series_free);
		return pcow_error_set(err, -ENOMEM, "out of memory");
	}
	finish_cases(set);
	return 0;
}

void pcow_dataset_clear(struct pcow_dataset *set)
{
	for (size_t i = 0; i < set->nr_series; i++)
		series_clear(&set->series[i]);
	free(set->series);
	for (size_t i = 0; i < set->nr_files; i++) {
		free(set->files[i].path);
		free(set->files[i].prints);
		pcow_header_clear(&set->files[i].header);
	}
	free(set->files);
	for (size_t i = 0; i < set->nr_arguments; i++)
		free(set->arguments[i]);
	free(set->arguments);
	tdestroy(set->texts, free);
	*set = (struct pcow_dataset){ 0 };
}
