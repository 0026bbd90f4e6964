/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pincow run: measure, and write a result file. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <pincow/affinity.h>
#include <pincow/model.h>
#include <pincow/summary.h>

#include "cli.h"

enum {
	KEY_PROFILE = 0x200,
	KEY_SET,
	KEY_RESUME,
	KEY_SEED,
	KEY_REPLICATES,
	KEY_PRECISION,
	KEY_CPU,
	KEY_PREPARE,
	KEY_COUNTED,
	KEY_DRY_RUN,
	KEY_LABEL,
	KEY_BLOCK,
};

struct run_options {
	bool json;
	struct pcow_config config;
	struct pcow_run_options output;
	const char **sets; /* what config.sets points to */
	const char *configures; /* an option that --resume takes from the file */
	bool has_seed;
	bool dry_run;
};

static const struct argp_option option_table[] = {
	{ "profile", KEY_PROFILE, "PROFILE", 0,
	  "quick (default): a minute; standard: what two hosts or kernels are compared with; full: "
	  "scaling curves and every page kind; lab: emulated guests",
	  0 },
	{ "set", KEY_SET, "NAME=VALUES", 0,
	  "Run these values of a parameter, as in size=64M,1G, or of one scenario's, as in "
	  "fork/anon.size=1G; may be repeated",
	  0 },
	{ "output", 'o', "FILE", 0,
	  "Result file; default pincow-HOST-UTC.jsonl in the working directory. An existing file "
	  "is never overwritten",
	  0 },
	{ "resume", KEY_RESUME, NULL, 0,
	  "Complete the interrupted run in the file named by --output, as it was configured", 0 },
	{ "seed", KEY_SEED, "N", 0, "Of the order of workers; default: random, and recorded", 0 },
	{ "replicates", KEY_REPLICATES, "N", 0,
	  "Workers for each case; default: quick 5, standard 10, full 16, lab 3. With --precision "
	  "the most that a case may have, 5 or more; default 30",
	  0 },
	{ "precision", KEY_PRECISION, "PERCENT", 0,
	  "Add workers to each case, round after round, until half the 95 % interval over them is "
	  "within PERCENT of the figure, as in 1%",
	  0 },
	{ "cpu", KEY_CPU, "N", 0, "Bind workers to this CPU; default: one of the last core", 0 },
	{ "prepare", KEY_PREPARE, NULL, 0,
	  "Change the host settings that cases need (as root), and put them back", 0 },
	{ "counted", KEY_COUNTED, NULL, 0,
	  "This is a guest whose clock counts instructions (QEMU's -icount): say so in the file, "
	  "and measure at real-time priority where a scenario bears it",
	  0 },
	{ "label", KEY_LABEL, "NAME", 0,
	  "Call what is measured NAME in the file, for compare --by label", 0 },
	{ "block", KEY_BLOCK, "N", 0,
	  "Number of this boot's block, from 1: boots of all things compared that were made beside "
	  "each other, which compare then pairs",
	  0 },
	{ "dry-run", KEY_DRY_RUN, NULL, 0, "Print the planned cases and what would be skipped", 0 },
	{ "quiet", 'q', NULL, 0, "No progress on standard error", 0 },
	{ 0 },
};

static error_t parse_init(struct run_options *options, struct argp_state *state)
{
	state->child_inputs[0] = &options->json;
	options->sets = calloc((size_t)state->argc, sizeof(*options->sets));
	options->config.sets = options->sets;
	return options->sets ? 0 : ENOMEM;
}

/* A name of the result file's rules. */
static const char *parse_label(const struct argp_state *state, const char *arg)
{
	size_t plain = 0;

	while (arg[plain] > ' ' && arg[plain] <= '~')
		plain++;
	if (!plain || arg[plain] || plain >= PCOW_RESULT_NAME_MAX)
		argp_error(state,
			   "--label: '%s' is no name: 1 to %d printable ASCII characters without "
			   "spaces",
			   arg, PCOW_RESULT_NAME_MAX - 1);
	return arg;
}

/* Anything else than a number from @min to @max is a usage error that names @option. */
static uint64_t parse_u64(const struct argp_state *state, const char *option, const char *text,
			  uint64_t min, uint64_t max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	/* strtoull() takes "-1" for 2^64 - 1. */
	if (errno || end == text || *end || strchr(text, '-') || value < min || value > max)
		argp_error(state, "--%s: '%s' is not a number from %" PRIu64 " to %" PRIu64, option,
			   text, min, max);
	return value;
}

/* "1%" */
static double parse_precision(const struct argp_state *state, const char *arg)
{
	size_t digits = strspn(arg, "0123456789.");
	char *end = NULL;
	double fraction = digits ? strtod(arg, &end) / 100 : 0;

	if (end != arg + digits || strcmp(arg + digits, "%") != 0 ||
	    !(fraction >= PCOW_PRECISION_MIN && fraction <= PCOW_PRECISION_MAX))
		argp_error(
			state,
			"--precision: '%s' is no percentage from %g%% to %g%%; try --precision 1%%",
			arg, 100 * PCOW_PRECISION_MIN, 100 * PCOW_PRECISION_MAX);
	return fraction;
}

/* Options of what is run, which a resumed run has in its file. */
static error_t parse_config(int key, char *arg, struct argp_state *state)
{
	struct run_options *options = state->input;
	struct pcow_config *config = &options->config;

	switch (key) {
	case KEY_PROFILE:
		config->profile = cli_parse_profile(state, arg);
		options->configures = "--profile";
		return 0;
	case KEY_SET:
		options->sets[config->nr_sets++] = arg;
		options->configures = "--set";
		return 0;
	case KEY_SEED:
		config->seed = parse_u64(state, "seed", arg, 0, INT64_MAX);
		options->has_seed = true;
		options->configures = "--seed";
		return 0;
	case KEY_REPLICATES:
		config->replicates =
			(unsigned int)parse_u64(state, "replicates", arg, 1, PCOW_REPLICATES_MAX);
		options->configures = "--replicates";
		return 0;
	case KEY_PRECISION:
		config->precision = parse_precision(state, arg);
		options->configures = "--precision";
		return 0;
	case KEY_CPU:
		config->cpu = (int)parse_u64(state, "cpu", arg, 0, INT32_MAX);
		options->configures = "--cpu";
		return 0;
	case KEY_PREPARE:
		config->prepare = true;
		options->configures = "--prepare";
		return 0;
	case KEY_COUNTED:
		config->counted = true;
		options->configures = "--counted";
		return 0;
	case KEY_LABEL:
		options->output.label = parse_label(state, arg);
		options->configures = "--label";
		return 0;
	case KEY_BLOCK:
		options->output.block = parse_u64(state, "block", arg, 1, INT32_MAX);
		options->configures = "--block";
		return 0;
	case ARGP_KEY_ARGS:
		config->scenarios = (const char *const *)(state->argv + state->next);
		config->nr_scenarios = (size_t)(state->argc - state->next);
		options->configures = "a scenario";
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* What --precision means for other options. */
static void check_precision(const struct pcow_config *config, const struct argp_state *state)
{
	if (config->counted)
		argp_error(state, "--precision: counted instructions hardly vary, and not by "
				  "chance; leave out --precision or --counted");
	if (config->replicates && config->replicates < PCOW_WORKERS_MIN)
		argp_error(
			state,
			"--precision: an interval over %u workers says little; give --replicates "
			"%d or more, or leave it out",
			config->replicates, PCOW_WORKERS_MIN);
}

static void parse_end(struct run_options *options, const struct argp_state *state)
{
	struct pcow_config *config = &options->config;

	if (config->precision)
		check_precision(config, state);
	if (!config->replicates)
		config->replicates = config->precision ? PCOW_REPLICATES_PRECISE
						       : pcow_profile_replicates(config->profile);
	if (!options->output.resume)
		return;
	if (!options->output.output)
		argp_error(state, "--resume needs the file to complete: --output FILE");
	if (options->dry_run)
		argp_error(state, "--dry-run plans a new run, --resume completes an old one");
	if (options->configures)
		argp_error(state, "--resume runs what the file says: leave out %s",
			   options->configures);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		return parse_init(options, state);
	case 'o':
		options->output.output = arg;
		return 0;
	case 'q':
		options->output.quiet = true;
		return 0;
	case KEY_RESUME:
		options->output.resume = true;
		return 0;
	case KEY_DRY_RUN:
		options->dry_run = true;
		return 0;
	case ARGP_KEY_END:
		parse_end(options, state);
		return 0;
	default:
		return parse_config(key, arg, state);
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "[SCENARIO...]",
	.doc = "Run scenarios, all or those given by name, family ('fork') or pattern "
	       "('*/cow-*'), and write each worker's samples to a result file.",
	.children = cli_common_children,
};

static json_t *plan_json(const struct pcow_plan *plan)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->nr_cases; i++) {
		const struct pcow_case *c = &plan->cases[i];

		json_array_append_new(array, json_pack("{s:s, s:o, s:s, s:s}", "scenario",
						       c->scenario->name, "params",
						       pcow_params_json(c->params, c->nr_params),
						       "reason", c->reason, "remedy", c->remedy));
	}
	return array;
}

static void plan_print(const struct pcow_plan *plan, const struct pcow_config *config)
{
	size_t skipped = 0;
	char name[256];

	for (size_t i = 0; i < plan->nr_cases; i++) {
		const struct pcow_case *c = &plan->cases[i];

		pcow_case_format(name, sizeof(name), c);
		printf("%-4s  %s\n", *c->reason ? "skip" : "run", name);
		if (!*c->reason)
			continue;
		skipped++;
		printf("      reason: %s\n", c->reason);
		if (*c->remedy)
			printf("      remedy: %s\n", c->remedy);
	}
	printf("\n%zu cases x ", plan->nr_cases);
	if (config->precision)
		printf("%d to %u replicates, until within %g%%", PCOW_WORKERS_MIN,
		       config->replicates, 100 * config->precision);
	else
		printf("%u replicates", config->replicates);
	printf("; %zu cases would be skipped\n", skipped);
}

static int dry_run(const struct run_options *options)
{
	struct pcow_error err = { 0 };
	struct pcow_plan plan;
	int code = CLI_OK;

	if (pcow_plan_make(&plan, &options->config, &err))
		return cli_fail(&err);
	if (options->json)
		code = cli_json_print(plan_json(&plan));
	else
		plan_print(&plan, &options->config);
	pcow_plan_clear(&plan);
	return code;
}

/* pincow-HOST-YYYYMMDDTHHMMSSZ.jsonl */
static void default_output(char *buf, size_t size)
{
	char host[65] = "";
	char stamp[32];
	time_t now = time(NULL);
	struct tm utc;

	gethostname(host, sizeof(host) - 1);
	for (char *p = host; *p; p++) {
		if (*p == '/')
			*p = '_';
	}
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
	snprintf(buf, size, "pincow-%s-%s.jsonl", host, stamp);
}

static int exit_code(const struct pcow_totals *totals)
{
	if (totals->signal)
		return CLI_SIGNAL + totals->signal;
	if (totals->invalid || totals->failed)
		return CLI_BROKEN;
	if (!totals->ok)
		return CLI_NOTHING;
	return CLI_OK;
}

static json_t *totals_json(const struct pcow_totals *totals, const char *file)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:i}", "file", file,
			 "planned", (json_int_t)totals->planned, "done", (json_int_t)totals->done,
			 "ok", (json_int_t)totals->ok, "invalid", (json_int_t)totals->invalid,
			 "skipped", (json_int_t)totals->skipped, "failed",
			 (json_int_t)totals->failed, "resumed", (json_int_t)totals->resumed, "wide",
			 (json_int_t)totals->wide, "signal", totals->signal);
}

static void totals_print(const struct pcow_totals *totals, const char *file)
{
	printf("%zu of %zu workers: %zu ok, %zu invalid, %zu skipped, %zu failed", totals->done,
	       totals->planned, totals->ok, totals->invalid, totals->skipped, totals->failed);
	if (totals->resumed)
		printf(" (%zu were in the file)", totals->resumed);
	if (totals->wide && !totals->signal)
		printf("; %zu %s not as precise as asked", totals->wide,
		       totals->wide == 1 ? "case is" : "cases are");
	if (totals->signal)
		printf("; stopped by SIG%s, go on with: pincow run --resume -o %s\n",
		       sigabbrev_np(totals->signal), file);
	else
		printf("; look at them with: pincow show %s\n", file);
}

/* Before the first worker, so that no probe disturbs a measurement. */
static json_t *probe_model(void)
{
	struct pcow_model_report report;

	pcow_model_probe(&report);
	return pcow_model_json(&report);
}

/* Every worker would fail by it, one after the other. */
static int check_cpu(int cpu, struct pcow_error *err)
{
	int status;
	pid_t child = cpu < 0 ? 0 : fork();

	if (cpu < 0)
		return 0;
	/* In a child, as a binding cannot be told from one that was there before. */
	if (!child)
		_exit(pcow_cpu_bind(cpu) ? 1 : 0);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return pcow_error_set(err, -errno, "--cpu: %s", strerror(errno));
	if (status)
		return pcow_error_set(
			err, -EINVAL,
			"--cpu: CPU %d is not there, is offline, or is not for this "
			"process; /sys/devices/system/cpu/online lists those there are",
			cpu);
	return 0;
}

static int measure(struct run_options *options)
{
	struct pcow_totals totals = { 0 };
	struct pcow_error err = { 0 };
	char name[128];
	int code;
	int ret;

	if (check_cpu(options->config.cpu, &err))
		return cli_fail(&err);
	if (!options->output.output) {
		default_output(name, sizeof(name));
		options->output.output = name;
	}
	if (!options->output.resume && !access(options->output.output, F_OK)) {
		cli_error("%s exists: name another file, or complete it with --resume",
			  options->output.output);
		return CLI_USAGE;
	}
	if (!options->output.resume && !(options->output.model = probe_model()))
		return cli_fail(&err);
	ret = pcow_run(&options->config, &options->output, &totals, &err);
	json_decref(options->output.model);
	if (ret)
		return cli_fail(&err);
	code = exit_code(&totals);
	if (!options->json)
		totals_print(&totals, options->output.output);
	else if (cli_json_print(totals_json(&totals, options->output.output)))
		return CLI_USAGE;
	return code;
}

int cli_run_main(int argc, char **argv)
{
	struct run_options options = {
		.config = { .profile = PCOW_QUICK, .cpu = -1 },
		.output = { .label = "" },
	};
	struct pcow_config *config = &options.config;
	int code;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return CLI_USAGE;
	if (!options.has_seed) {
		if (getrandom(&config->seed, sizeof(config->seed), 0) != sizeof(config->seed))
			config->seed = (uint64_t)time(NULL);
		config->seed &= INT64_MAX; /* JSON's integers are signed */
	}
	code = options.dry_run ? dry_run(&options) : measure(&options);
	free(options.sets);
	return code;
}
