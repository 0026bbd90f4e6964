/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policies from anyone: reading one must not go wrong, what is taken must lie in
 * its range, and what is refused is told in one line that names a line.
 */
#include <pincow/compare.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static bool is_share(double fraction)
{
	return fraction > 0.0 && fraction < 1.0;
}

static void check_texts(char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		expect(*texts[i] && !strchr(texts[i], '\n'));
}

static void check_policy(const struct pcow_policy *policy)
{
	check_texts(policy->cases, policy->nr_cases);
	check_texts(policy->metrics, policy->nr_metrics);
	check_texts(policy->ignored, policy->nr_ignored);
	expect(is_share(policy->alarms) && is_share(policy->confidence) && is_share(policy->power));
	expect(policy->boots >= 2 && policy->boots <= PCOW_BOOTS_MAX);
	for (size_t i = 0; i < policy->nr_effects; i++)
		expect(is_share(pcow_policy_effect(policy, policy->effects[i].metric,
						   PCOW_METRIC_COST, false)));
}

static void check_refusal(int ret, const struct pcow_error *err)
{
	static const char name[] = "policy:";

	expect(ret == -EBADMSG);
	expect(strncmp(err->text, name, strlen(name)) == 0);
	expect(atoi(err->text + strlen(name)) > 0);
	expect(!strchr(err->text, '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pcow_error err = { "" };
	struct pcow_policy policy;
	char *text = malloc(size + 1);
	int ret;

	expect(text);
	memcpy(text, data, size);
	text[size] = '\0';
	ret = pcow_policy_parse(&policy, text, "policy", &err);
	if (ret)
		check_refusal(ret, &err);
	else
		check_policy(&policy);
	pcow_policy_clear(&policy);
	free(text);
	return 0;
}
