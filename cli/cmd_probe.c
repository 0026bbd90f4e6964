/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pincow probe: which COW model the running kernel has, and which features. */
#include <pincow/model.h>

#include "cli.h"

/* Without a parser of its own the only child's gets the input. */
static const struct argp argp = {
	.doc = "Name the copy-on-write model of the running kernel: old, simplified, exclusive or "
	       "owner-tracked ('exclusive or later' where no large folio is to be had, which "
	       "tells these two apart), by what it does, whatever its version; and tell which "
	       "features it has, each with what was seen or why it could not be.",
	.children = cli_common_children,
};

/* What a result's header has, but as an answer: the name is the "model". */
static json_t *report_json(const struct pcow_model_report *report)
{
	json_t *model = pcow_model_json(report);
	json_t *answer = json_pack("{s:O, s:O, s:O}", "model", json_object_get(model, "name"),
				   "evidence", json_object_get(model, "evidence"), "features",
				   json_object_get(model, "features"));

	json_decref(model);
	return answer;
}

static void feature_print(const char *name, const struct pcow_feature *feature, bool color)
{
	static const char *const words[] = {
		[PCOW_UNSEEN] = "unseen",
		[PCOW_SEEN_FALSE] = "no",
		[PCOW_SEEN_TRUE] = "yes",
	};
	static const char *const colors[] = {
		[PCOW_UNSEEN] = "\033[2m",
		[PCOW_SEEN_FALSE] = "",
		[PCOW_SEEN_TRUE] = "\033[1m",
	};

	printf("%s%-6s  %-21s%s  %s%s%s\n", color ? colors[feature->seen] : "",
	       words[feature->seen], name, color ? "\033[0m" : "", feature->evidence,
	       *feature->evidence && *feature->reason ? "; but: " : "", feature->reason);
}

static void report_print(const struct pcow_model_report *report)
{
	bool color = cli_color(stdout);

	printf("model     %s%s%s\nevidence  %s\n\n", color ? "\033[1m" : "",
	       pcow_model_name(report->model), color ? "\033[0m" : "", report->evidence);
	for (int id = 0; id < PCOW_FEATURES; id++)
		feature_print(pcow_feature_name((enum pcow_feature_id)id), &report->features[id],
			      color);
}

int cli_probe_main(int argc, char **argv)
{
	bool json = false;
	struct pcow_model_report report;
	int code = CLI_OK;

	if (argp_parse(&argp, argc, argv, 0, NULL, &json))
		return CLI_USAGE;
	pcow_model_probe(&report);
	if (json)
		code = cli_json_print(report_json(&report));
	else
		report_print(&report);
	if (code == CLI_OK && report.model == PCOW_MODEL_UNKNOWN)
		code = CLI_INCONCLUSIVE;
	return code;
}
