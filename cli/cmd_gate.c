/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pincow gate: PASS, FAIL or INCONCLUSIVE, and what the gate itself is worth. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum {
	KEY_FORMAT = 0x200,
	KEY_SELF_TEST,
};

/* What the gate must reach on simulated boots, and on the user's own. */
#define SELF_TEST_GATES	 300
#define SELF_TEST_EFFECT 0.05
#define SELF_TEST_BEYOND 0.03 /* what simulated boots are worse by, over the minimum */
#define SELF_TEST_BOOTS	 8
#define SELF_TEST_SEED	 2
#define SIMULATED_POWER	 0.9
#define OWN_POWER	 0.8
#define OWN_FALSE_FAILS	 0.05

struct gate_options {
	struct cli_question question;
	const struct pcow_analysis_format *format;
	bool self_test;
};

static const struct argp_option option_table[] = {
	{ "format", KEY_FORMAT, "FORMAT", 0,
	  "text (default), json, junit, ktap, github (annotations, and tables in the step's "
	  "summary)",
	  0 },
	{ "self-test", KEY_SELF_TEST, NULL, 0,
	  "Tell how often the gate raises a false alarm and how often it finds a regression of "
	  "5 %: on simulated boots, and on the boots of FILE... dealt out anew",
	  0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct gate_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->question;
		return 0;
	case KEY_FORMAT:
		options->format = cli_find_format(state, pcow_gate_format_at, arg);
		return 0;
	case KEY_SELF_TEST:
		options->self_test = true;
		options->question.may_lack_files = true;
		return 0;
	case ARGP_KEY_END:
		if (options->self_test && options->format)
			argp_error(state, "--self-test prints text, or JSON with --json");
		options->format = cli_choose_format(state, pcow_gate_format_at, options->format,
						    options->question.json);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "[FILE|FOLDER...]",
	.doc = "Judge groups of boots against the first: PASS (exit status 0) when no case of the "
	       "family can be worse by more than matters, FAIL (1) when one is, INCONCLUSIVE (3) "
	       "when boots are too few to tell, or show nothing: notes and rows say which.",
	.children = cli_question_children,
};

static int gate_code(enum pcow_gate gate)
{
	static const int codes[] = {
		[PCOW_PASS] = CLI_OK,
		[PCOW_FAIL] = CLI_BROKEN,
		[PCOW_INCONCLUSIVE] = CLI_INCONCLUSIVE,
	};

	return codes[gate];
}

/* What changed, at the end of the file that GitHub Actions shows as a step's page.  The
 * verdict stands without it. */
static void write_step_summary(struct gate_options *options, const struct pcow_rendering *rendering)
{
	const struct pcow_selection selection = { .changed = true, .by_change = true };
	struct pcow_analysis *analysis = &options->question.analysis;
	const char *path = getenv("GITHUB_STEP_SUMMARY");
	FILE *out;
	int ret;

	if (strcmp(options->format->name, "github") != 0 || !path || !*path)
		return;
	pcow_analysis_select(analysis, &selection);
	out = fopen(path, "ae");
	ret = out ? pcow_gate_summary_write(out, analysis, rendering) : -errno;
	if (out && fclose(out) && !ret)
		ret = -errno;
	if (ret)
		cli_error("GITHUB_STEP_SUMMARY: %s: %s; the annotations have the verdict", path,
			  strerror(-ret));
}

/* Kernels and models have an order, arguments that of the command line. */
static bool is_base_told(const struct pcow_question *question)
{
	return question->base ||
	       (question->keys & (PCOW_KEY_ARGUMENT | PCOW_KEY_KERNEL | PCOW_KEY_MODEL));
}

static int judge(struct gate_options *options)
{
	struct pcow_rendering rendering = cli_rendering(&options->question, stdout);
	const struct pcow_analysis *analysis = &options->question.analysis;
	struct pcow_error err = { "" };

	if (!is_base_told(&options->question.question)) {
		pcow_error_set(
			&err, -EINVAL,
			"--by: nothing tells which group is the base, and a gate the wrong way "
			"round passes a regression; name it by --base");
		return cli_fail(&err);
	}
	if (cli_question_answer(&options->question, &err))
		return cli_fail(&err);
	if (options->format->write(stdout, analysis, &rendering))
		return cli_fail(&err);
	write_step_summary(options, &rendering);
	return gate_code(analysis->gate);
}

static double share(size_t part, size_t whole)
{
	return whole ? (double)part / (double)whole : 0.0;
}

/* A gate that raises false alarms is broken; one that finds little wants boots. */
static int self_test_code(const struct pcow_trial *simulated, const struct pcow_trial *own)
{
	if (simulated->false_fails ||
	    share(simulated->found, simulated->injected) < SIMULATED_POWER)
		return CLI_BROKEN;
	if (own && share(own->false_fails, own->gates) > OWN_FALSE_FAILS)
		return CLI_BROKEN;
	if (own && share(own->found, own->injected) < OWN_POWER)
		return CLI_INCONCLUSIVE;
	return CLI_OK;
}

/* What docs/method.md's table has: boots vary by 1 %, workers by half of that. */
static int simulate(struct pcow_trial *trial, const struct pcow_policy *policy)
{
	const struct pcow_simulation simulation = {
		.gates = SELF_TEST_GATES,
		.metrics = 60,
		.boots = policy->boots > SELF_TEST_BOOTS ? policy->boots : SELF_TEST_BOOTS,
		.workers = 3,
		.sigma_boot = 0.01,
		.sigma_run = 0.005,
		.effect = SELF_TEST_BEYOND +
			  pcow_policy_effect(policy, "latency", PCOW_METRIC_COST, false),
		.seed = SELF_TEST_SEED,
	};

	return pcow_trial_simulate(trial, &simulation, policy);
}

static int resample(struct pcow_trial *trial, struct cli_question *question, struct pcow_error *err)
{
	int ret = cli_question_answer(question, err);

	if (ret)
		return ret;
	ret = pcow_trial_resample(trial, &question->analysis, SELF_TEST_GATES, SELF_TEST_EFFECT,
				  SELF_TEST_SEED);
	if (ret == -ENODATA)
		return pcow_error_set(err, ret,
				      "--self-test: dealing boots out anew takes 3 a group and a "
				      "gated case that all of them have");
	return ret;
}

static int self_test(struct gate_options *options)
{
	bool has_own = options->question.nr_arguments > 0;
	struct pcow_trial simulated, resampled;
	const struct pcow_trial *own = has_own ? &resampled : NULL;
	struct pcow_error err = { "" };

	/* Without files the question is its policy. */
	if (has_own ? resample(&resampled, &options->question, &err)
		    : cli_question_read(&options->question, &err))
		return cli_fail(&err);
	if (simulate(&simulated, &options->question.policy)) {
		cli_error("out of memory");
		return CLI_USAGE;
	}
	if (!options->question.json)
		pcow_trials_print(stdout, &simulated, own, cli_color(stdout));
	else if (cli_json_print(pcow_trials_json(&simulated, own)))
		return CLI_USAGE;
	return self_test_code(&simulated, own);
}

int cli_gate_main(int argc, char **argv)
{
	struct gate_options options = { 0 };
	int code = cli_question_parse(&options.question, &argp, argc, argv, &options);

	if (code == CLI_OK)
		code = options.self_test ? self_test(&options) : judge(&options);
	cli_question_clear(&options.question);
	return code;
}
