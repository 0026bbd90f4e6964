/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate's policy: an INI file of four sections, read by inih.
 */
#include <pincow/compare.h>

#include <errno.h>
#include <ini.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Minimum effects where a policy says nothing; docs/method.md tells their origin. */
#define EFFECT_COST    0.02
#define EFFECT_TAIL    0.05
#define EFFECT_COUNTED 0.005
#define EFFECT_MEMORY  0.02

/* Where a fifth of the samples is left out at one end, the median is the 40th of a
 * hundred instead of the 50th: 1.3 % where samples vary by 5 %, less than an effect.
 * A worker counts as long as half of its samples do, and a case as long as half of
 * its workers do.  A quarter: two boots of eight. */
#define INVALID_MOST 0.2
#define WORKERS_MOST 0.5
#define LOST_MOST    0.25

/* What may become half as dear again was not meant to be gated. */
#define EFFECT_MOST 0.5

/* inih's own limit is 200, which holds the end of the line as well. */
#define LINE_MAX_BYTES 190

#define WHAT_IS_ONE "docs/gate.md tells what a policy is"

/* A policy is written by hand. */
#define ITEMS_MAX 256

/**
 * struct parser - on its way through the text
 * @policy:	is filled
 * @rest:	what is not read yet
 * @line:	number of the one read last
 * @why, @why_line: the first complaint of ours; inih has its own
 */
struct parser {
	struct pcow_policy *policy;
	const char *rest;
	int line;
	char why[256];
	int why_line;
};

static int refuse(struct parser *parser, const char *what, const char *value, const char *wanted)
{
	/* inih goes on to the end of the file; the first complaint is the one that counts. */
	if (!*parser->why) {
		snprintf(parser->why, sizeof(parser->why), "%s '%.64s': %s", what, value, wanted);
		parser->why_line = parser->line;
	}
	return 0;
}

/* ------------------------------------------------------------------ values */

static int add_text(struct parser *parser, const char *key, char ***texts, size_t *n,
		    const char *value)
{
	char **grown;

	if (!*value)
		return refuse(parser, key, value,
			      "is empty; give it a value, or leave the key out");
	if (*n == ITEMS_MAX)
		return refuse(parser, key, value, "is one of more than 256");
	grown = realloc(*texts, (*n + 1) * sizeof(*grown));
	if (!grown)
		return refuse(parser, key, value, "out of memory");
	*texts = grown;
	grown[*n] = strdup(value);
	if (!grown[*n])
		return refuse(parser, key, value, "out of memory");
	(*n)++;
	return 1;
}

/* "2 %", between 0 and 100, both excluded: of a bare 0.5 nobody knows what was meant. */
static bool parse_fraction(const char *value, double *fraction)
{
	char *end;

	*fraction = strtod(value, &end) / 100.0;
	/* Nobody means hexadecimal digits. */
	if (end == value || strpbrk(value, "xX"))
		return false;
	end += strspn(end, " \t");
	return strcmp(end, "%") == 0 && *fraction > 0.0 && *fraction < 1.0;
}

static int set_fraction(struct parser *parser, const char *name, const char *value, double *out)
{
	double fraction;

	if (!parse_fraction(value, &fraction))
		return refuse(parser, name, value, "is no share between 0 and 100 %, as in 2 %");
	*out = fraction;
	return 1;
}

/* Below a half an interval's ends change sides. */
static int set_confidence(struct parser *parser, const char *value, double *out)
{
	double fraction;

	if (!parse_fraction(value, &fraction) || fraction <= 0.5)
		return refuse(parser, "confidence", value,
			      "is no share between 50 and 100 %, as in 95 %");
	*out = fraction;
	return 1;
}

static int set_boots(struct parser *parser, const char *value)
{
	char *end;
	long boots = strtol(value, &end, 10);

	if (end == value || *end || boots < 2 || boots > (long)PCOW_BOOTS_MAX)
		return refuse(parser, "boots", value, "is no number from 2 to 1000");
	parser->policy->boots = (size_t)boots;
	return 1;
}

static int set_effect(struct parser *parser, const char *metric, const char *value)
{
	struct pcow_policy *policy = parser->policy;
	struct pcow_effect *effects;
	double fraction;

	if (strlen(metric) >= PCOW_RESULT_NAME_MAX)
		return refuse(parser, "metric", metric, "is too long a name");
	if (policy->nr_effects == ITEMS_MAX)
		return refuse(parser, "metric", metric, "is one of more than 256");
	if (!parse_fraction(value, &fraction) || fraction > EFFECT_MOST)
		return refuse(parser, metric, value, "is no share between 0 and 50 %, as in 2 %");
	effects = realloc(policy->effects, (policy->nr_effects + 1) * sizeof(*effects));
	if (!effects)
		return refuse(parser, "metric", metric, "out of memory");
	policy->effects = effects;
	strcpy(effects[policy->nr_effects].metric, metric);
	effects[policy->nr_effects++].fraction = fraction;
	return 1;
}

/* ---------------------------------------------------------------- sections */

static int set_family(struct parser *parser, const char *name, const char *value)
{
	struct pcow_policy *policy = parser->policy;

	if (strcmp(name, "case") == 0)
		return add_text(parser, name, &policy->cases, &policy->nr_cases, value);
	if (strcmp(name, "metric") == 0)
		return add_text(parser, name, &policy->metrics, &policy->nr_metrics, value);
	if (strcmp(name, "ignore") == 0)
		return add_text(parser, name, &policy->ignored, &policy->nr_ignored, value);
	return refuse(parser, "[family] has no key", name, "it knows case, metric, ignore");
}

static int set_rule(struct parser *parser, const char *name, const char *value)
{
	struct pcow_policy *policy = parser->policy;

	if (strcmp(name, "alarms") == 0)
		return set_fraction(parser, name, value, &policy->alarms);
	if (strcmp(name, "confidence") == 0)
		return set_confidence(parser, value, &policy->confidence);
	if (strcmp(name, "power") == 0)
		return set_fraction(parser, name, value, &policy->power);
	if (strcmp(name, "boots") == 0)
		return set_boots(parser, value);
	if (strcmp(name, "invalid") == 0)
		return set_fraction(parser, name, value, &policy->invalid);
	if (strcmp(name, "workers") == 0)
		return set_fraction(parser, name, value, &policy->workers);
	if (strcmp(name, "lost") == 0)
		return set_fraction(parser, name, value, &policy->lost);
	return refuse(parser, "[rule] has no key", name,
		      "it knows alarms, confidence, power, boots, invalid, workers, lost");
}

const char *pcow_stop_name(enum pcow_stop stop)
{
	static const char *const names[PCOW_NR_STOPS] = {
		[PCOW_STOP_HOST] = "host",
		[PCOW_STOP_CPU] = "cpu",
		[PCOW_STOP_THP] = "thp",
		[PCOW_STOP_MITIGATIONS] = "mitigations",
		[PCOW_STOP_CLOCKSOURCE] = "clocksource",
		[PCOW_STOP_LOAD] = "load",
		[PCOW_STOP_SAME_BUILD] = "same-build",
		[PCOW_STOP_SAME_BOOT] = "same-boot",
		[PCOW_STOP_ALONE] = "alone",
		[PCOW_STOP_UNFINISHED] = "unfinished",
		[PCOW_STOP_MIXED] = "mixed",
		[PCOW_STOP_PINCOW] = "pincow",
	};

	return names[stop];
}

static int set_allowed(struct parser *parser, const char *name, const char *value)
{
	for (int stop = 0; stop < PCOW_NR_STOPS; stop++) {
		if (strcmp(name, pcow_stop_name(stop)) != 0)
			continue;
		if (strcmp(value, "yes") != 0)
			return refuse(parser, name, value,
				      "is not yes; what is not allowed is left out");
		parser->policy->allowed |= 1U << stop;
		return 1;
	}
	return refuse(parser, "[allow] has no key", name,
		      "it knows host, cpu, thp, mitigations, clocksource, load, same-build, "
		      "same-boot, alone, unfinished, mixed, pincow");
}

static int take(void *user, const char *section, const char *name, const char *value)
{
	struct parser *parser = user;

	if (strcmp(section, "family") == 0)
		return set_family(parser, name, value);
	if (strcmp(section, "effect") == 0)
		return set_effect(parser, name, value);
	if (strcmp(section, "rule") == 0)
		return set_rule(parser, name, value);
	if (strcmp(section, "allow") == 0)
		return set_allowed(parser, name, value);
	return refuse(parser, "no section", section,
		      "there are [family], [effect], [rule], [allow]");
}

/* ----------------------------------------------------------------- reading */

void pcow_policy_default(struct pcow_policy *policy)
{
	*policy = (struct pcow_policy){
		.name = "policy",
		.alarms = 0.005,
		.confidence = 0.95,
		.power = 0.8,
		.boots = 3,
		.invalid = INVALID_MOST,
		.workers = WORKERS_MOST,
		.lost = LOST_MOST,
	};
}

/* Number of the first line that inih would read as two; 0 for none. */
static int find_long_line(const char *text)
{
	for (int number = 1; *text; number++) {
		size_t length = strcspn(text, "\n");

		if (length > LINE_MAX_BYTES)
			return number;
		text += length + (text[length] == '\n');
	}
	return 0;
}

/* What inih reads lines with, as fgets(). */
static char *next_line(char *buf, int size, void *user)
{
	struct parser *parser = user;
	size_t length = strcspn(parser->rest, "\n");

	if (!*parser->rest)
		return NULL;
	length += parser->rest[length] == '\n';
	/* No line is longer: find_long_line() has seen to it. */
	if (length > (size_t)size - 1)
		length = (size_t)size - 1;
	memcpy(buf, parser->rest, length);
	buf[length] = '\0';
	parser->rest += length;
	parser->line++;
	return buf;
}

static int refuse_line(const char *name, int line, const char *why, struct pcow_error *err)
{
	return pcow_error_set(err, -EBADMSG, "%.200s:%d: %s", name, line, why);
}

int pcow_policy_parse(struct pcow_policy *policy, const char *text, const char *name,
		      struct pcow_error *err)
{
	struct parser parser = { .policy = policy, .rest = text };
	int line;

	pcow_policy_default(policy);
	snprintf(policy->name, sizeof(policy->name), "%s", name);
	line = find_long_line(text);
	if (line)
		return pcow_error_set(err, -EBADMSG,
				      "%.200s:%d: the line is longer than %d bytes; " WHAT_IS_ONE,
				      name, line, LINE_MAX_BYTES);
	line = ini_parse_stream(next_line, &parser, take, &parser);
	if (line < 0)
		return pcow_error_set(err, -ENOMEM, "%.200s: out of memory", name);
	if (line > 0 && line == parser.why_line)
		return refuse_line(name, line, parser.why, err);
	return line ? refuse_line(name, line, "neither [section] nor key = value; " WHAT_IS_ONE,
				  err)
		    : 0;
}

int pcow_policy_read(struct pcow_policy *policy, const char *path, struct pcow_error *err)
{
	char text[65536];
	FILE *file = fopen(path, "re");
	size_t n;

	pcow_policy_default(policy);
	if (!file)
		return pcow_error_set(err, -errno, "%.200s: cannot be opened: %s; " WHAT_IS_ONE,
				      path, strerror(errno));
	n = fread(text, 1, sizeof(text), file);
	if (ferror(file) || n == sizeof(text) || memchr(text, '\0', n)) {
		fclose(file);
		return pcow_error_set(err, -EBADMSG,
				      "%.200s: no policy: it cannot be read as text below "
				      "64 KiB; " WHAT_IS_ONE,
				      path);
	}
	fclose(file);
	text[n] = '\0';
	return pcow_policy_parse(policy, text, path, err);
}

static void texts_free(char **texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
	free(texts);
}

void pcow_policy_clear(struct pcow_policy *policy)
{
	texts_free(policy->cases, policy->nr_cases);
	texts_free(policy->metrics, policy->nr_metrics);
	texts_free(policy->ignored, policy->nr_ignored);
	free(policy->effects);
	*policy = (struct pcow_policy){ 0 };
}

static bool is_tail(const char *metric)
{
	return strcmp(metric, "p90") == 0 || strncmp(metric, "p99", 3) == 0;
}

/* The last one of a metric counts, as in every such file; NULL for none. */
static const struct pcow_effect *find_effect(const struct pcow_policy *policy, const char *metric)
{
	for (size_t i = policy->nr_effects; i > 0; i--) {
		if (strcmp(policy->effects[i - 1].metric, metric) == 0)
			return &policy->effects[i - 1];
	}
	return NULL;
}

double pcow_policy_effect(const struct pcow_policy *policy, const char *metric,
			  enum pcow_metric_kind kind, bool counted)
{
	const struct pcow_effect *effect = find_effect(policy, metric);

	/* Where a case has both, net is its latency. */
	if (!effect && strcmp(metric, "net") == 0)
		effect = find_effect(policy, "latency");
	if (effect)
		return effect->fraction;
	if (kind == PCOW_METRIC_MEMORY)
		return EFFECT_MEMORY;
	if (counted)
		return EFFECT_COUNTED;
	return is_tail(metric) ? EFFECT_TAIL : EFFECT_COST;
}

static const char *page_of(const struct pcow_series *series)
{
	for (size_t i = 0; i < series->nr_params; i++) {
		if (strcmp(series->params[i].name, "page") == 0)
			return series->params[i].text;
	}
	return "";
}

double pcow_counted_floor(const struct pcow_series *series)
{
	static const struct {
		const char *scenario, *page, *metric;
		double fraction;
	} floors[] = {
#define FLOOR(scenario, page, metric, fraction) { scenario, page, metric, fraction },
#include "floors.def"
#undef FLOOR
	};
	const char *metric = strcmp(series->metric, "slope") == 0 ? "slope" : "latency";
	const char *page = page_of(series);
	double most[3] = { 0.0 }; /* of all scenarios, of this one, of this one's kind of page */
	size_t nearest = 0;

	for (size_t i = 0; i < sizeof(floors) / sizeof(floors[0]); i++) {
		size_t kin = 0;

		if (strcmp(floors[i].metric, metric) != 0)
			continue;
		if (strcmp(floors[i].scenario, series->scenario) == 0)
			kin = strcmp(floors[i].page, page) == 0 ? 2 : 1;
		nearest = kin > nearest ? kin : nearest;
		for (size_t j = 0; j <= kin; j++)
			most[j] = fmax(most[j], floors[i].fraction);
	}
	return most[nearest];
}
