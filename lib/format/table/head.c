/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the figures come from: a figure without its host is a rumour.
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "table/text.h"

/* Longest text of the host's that is shown. */
#define FACT_SIZE 72

void pcow_head_print(FILE *out, const char *title, bool color)
{
	fprintf(out, "\n%s%s%s\n", color ? "\033[1m" : "", title, color ? "\033[0m" : "");
}

/* A fact of the header's trees as text: "cpu", "model"; "unknown" when it is not there. */
static const char *fact(const json_t *tree, const char *group, const char *key, char *buf)
{
	const json_t *value = json_object_get(group ? json_object_get(tree, group) : tree, key);

	if (json_is_string(value))
		snprintf(buf, FACT_SIZE, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(buf, FACT_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(buf, FACT_SIZE, "%s", json_is_true(value) ? "on" : "off");
	else
		snprintf(buf, FACT_SIZE, "unknown");
	return buf;
}

static void print_run(FILE *out, const struct pcow_summary *summary)
{
	const struct pcow_header *header = &summary->header;
	json_int_t planned = json_integer_value(json_object_get(header->config, "workers"));
	char profile[FACT_SIZE], seed[FACT_SIZE], replicates[FACT_SIZE], when[32];
	time_t seconds = (time_t)(header->created_ns / 1000000000);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || !strftime(when, sizeof(when), "%F %T UTC", &tm))
		strcpy(when, "unknown");
	fact(header->config, NULL, "replicates", replicates);
	fprintf(out, "run     pincow %s, profile %s, seed %s, ", header->version,
		fact(header->config, NULL, "profile", profile),
		fact(header->config, NULL, "seed", seed));
	if (pcow_header_precision(header) > 0)
		fprintf(out, "%d to %s workers a case until within %g%%, ", PCOW_WORKERS_MIN,
			replicates, 100 * pcow_header_precision(header));
	else
		fprintf(out, "%s workers a case, ", replicates);
	fprintf(out, "%s\n", when);
	/* With a precision nobody knows before how many there will be. */
	if ((json_int_t)summary->nr_workers < planned && !(pcow_header_precision(header) > 0))
		fprintf(out,
			"        INCOMPLETE: %zu of %lld workers are in the file; go on with: "
			"pincow run --resume\n",
			summary->nr_workers, (long long)planned);
}

/* The timer pair's cost, over all cases that have it; NAN when none has. */
static double timer_overhead(const struct pcow_summary *summary)
{
	double sum = 0.0;
	size_t n = 0;

	for (size_t i = 0; i < summary->nr_rows; i++) {
		if (strcmp(summary->rows[i].metric, "timer_overhead") == 0) {
			sum += summary->rows[i].median;
			n++;
		}
	}
	return sum / (double)n;
}

static void print_clock(FILE *out, const struct pcow_summary *summary)
{
	double overhead = timer_overhead(summary);

	if (pcow_header_is_counted(&summary->header))
		fputs("clock   counted instructions: every figure is a count, not a time; no "
		      "cache, TLB or IPI cost is in it\n",
		      out);
	else if (!isnan(overhead))
		fprintf(out, "clock   wall time; the timer pair costs %.1f ns, taken off\n",
			overhead);
	else
		fputs("clock   wall time\n", out);
}

void pcow_host_print(FILE *out, const struct pcow_summary *summary, bool color)
{
	const json_t *host = summary->header.host;
	char a[FACT_SIZE], b[FACT_SIZE], c[FACT_SIZE];

	fprintf(out, "%shost    %s, %s, hypervisor %s%s\n", color ? "\033[1m" : "",
		fact(host, NULL, "hostname", a), fact(host, NULL, "machine", b),
		fact(host, NULL, "hypervisor", c), color ? "\033[0m" : "");
	fprintf(out, "kernel  %s", fact(host, "kernel", "release", a));
	if (summary->header.model)
		fprintf(out, ", COW model %s", fact(summary->header.model, NULL, "name", a));
	fputc('\n', out);
	fprintf(out, "cpu     %s, CPUs %s online, governor %s\n", fact(host, "cpu", "model", a),
		fact(host, "cpu", "online", b), fact(host, "cpu", "governor", c));
	print_clock(out, summary);
	print_run(out, summary);
}
