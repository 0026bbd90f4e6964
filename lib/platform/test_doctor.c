/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What doctor finds on recorded machines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "doctor.h"

struct expected {
	const char *check;
	const char *status;
	const char *value; /* part of it */
	const char *remedy; /* part of it; "" for none */
};

static int append(const struct pcow_check *check, void *findings)
{
	return json_array_append_new(findings, pcow_check_json(check));
}

static json_t *findings_of(const char *path)
{
	json_t *findings = json_array();
	struct pcow_error err = { "" };
	struct pcow_root root;

	if (pcow_root_open(&root, path, &err))
		fail_msg("%s", err.text);
	assert_int_equal(pcow_doctor(&root, append, findings), 0);
	pcow_root_close(&root);
	return findings;
}

static const char *text_of(const json_t *finding, const char *key)
{
	const char *text = json_string_value(json_object_get(finding, key));

	assert_non_null(text);
	return text;
}

static void assert_finding(const json_t *finding, const struct expected *expected)
{
	const char *remedy = text_of(finding, "remedy");

	assert_string_equal(text_of(finding, "check"), expected->check);
	if (strcmp(text_of(finding, "status"), expected->status) != 0 ||
	    !strstr(text_of(finding, "value"), expected->value))
		fail_msg("%s: %s, %s", expected->check, text_of(finding, "status"),
			 text_of(finding, "value"));
	if (expected->remedy[0] ? !strstr(remedy, expected->remedy) : remedy[0])
		fail_msg("%s: remedy: %s", expected->check, remedy);
	assert_true(text_of(finding, "value")[0] != '\0');
	assert_true(text_of(finding, "why")[0] != '\0');
}

static void assert_findings(const char *path, const struct expected *expected, size_t count)
{
	json_t *findings = findings_of(path);

	assert_int_equal(json_array_size(findings), count);
	for (size_t i = 0; i < count; i++)
		assert_finding(json_array_get(findings, i), &expected[i]);
	json_decref(findings);
}

static void test_guest(void **state)
{
	static const struct expected expected[] = {
		{ "governor", "unknown", "no cpufreq driver", "" },
		{ "frequency_limits", "unknown", "no cpufreq driver", "" },
		{ "turbo", "unknown", "no switch", "" },
		{ "smt", "ok", "off, control notsupported", "" },
		{ "mitigations", "ok", "2 mitigated, 15 not affected, 2 vulnerable", "" },
		{ "isolation", "warn", "isolated: none; nohz_full: not in this kernel",
		  "isolcpus=1\"'" },
		{ "irqbalance", "ok", "not running", "" },
		{ "clocksource", "ok", "tsc", "" },
		{ "hypervisor", "warn", "unnamed", "" },
		{ "steal", "ok", "% of busy time", "" },
		{ "load", "ok", "0.1", "" },
		{ "thp", "ok", "enabled madvise, defrag madvise", "" },
		{ "mthp", "warn", "no size enabled", "hugepages-64kB/enabled" },
		{ "ksm", "ok", "run 0", "" },
		{ "numa_balancing", "ok", "0", "" },
		{ "swap", "ok", "none", "" },
		{ "zswap", "ok", "off", "" },
		{ "damon", "warn", "running; kdamond 0: pageout",
		  "echo off | sudo tee /sys/kernel/mm/damon/admin/kdamonds/0/state" },
		{ "page_reporting", "warn", "on, from blocks of 2^5 pages on",
		  "nothing inside this guest" },
		{ "hugepages", "warn", "2048kB: 0 of 0 free; 1048576kB: 0 of 0 free",
		  "vm.nr_hugepages=64" },
		{ "memlock", "unknown", "not part of a recorded host", "" },
		{ "pagemap", "unknown", "not part of a recorded host", "" },
		{ "perf_event_paranoid", "warn", "2", "kernel.perf_event_paranoid=1" },
		{ "journal", "unknown", "not part of a recorded host", "" },
		{ "aslr", "ok", "2", "" },
		{ "kaslr", "ok", "not switched off", "" },
	};

	(void)state;
	assert_findings(PINCOW_FIXTURES "/hosts/vm-2cpu", expected,
			sizeof(expected) / sizeof(expected[0]));
}

static void test_bare_metal_as_installed(void **state)
{
	static const struct expected expected[] = {
		{ "governor", "warn", "powersave", "echo performance | sudo tee " },
		{ "frequency_limits", "warn",
		  "1 of 2 policies capped; 800 to 2500 MHz, hardware 3100 MHz",
		  "cpuinfo_max_freq" },
		{ "turbo", "warn", "on",
		  "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/" },
		{ "smt", "warn", "on, control on", "echo off | sudo tee " },
		{ "mitigations", "ok", "3 mitigated, 1 not affected, 1 vulnerable", "" },
		/* "(null)" is no CPU; both threads of the last core go together. */
		{ "isolation", "warn", "isolated: none; nohz_full: none",
		  "isolcpus=55,111 nohz_full=55,111\"'" },
		{ "irqbalance", "warn", "running", "systemctl stop irqbalance" },
		{ "clocksource", "warn", "hpet", "echo tsc | sudo tee " },
		{ "hypervisor", "ok", "none", "" },
		{ "steal", "ok", "0 ticks", "" },
		{ "load", "warn", "3.12 2.80 2.41", "ps -eo" },
		{ "thp", "warn", "enabled never", "transparent_hugepage/enabled" },
		{ "mthp", "unknown", "before 6.8", "" },
		{ "ksm", "warn", "run 1", "echo 0 | sudo tee /sys/kernel/mm/ksm/run" },
		{ "numa_balancing", "warn", "1", "kernel.numa_balancing=0" },
		{ "swap", "warn", "8191 MiB, 256 MiB used", "swapoff -a" },
		{ "zswap", "warn", "on", "echo N | sudo tee " },
		{ "damon", "warn", "running; damon_reclaim",
		  "echo N | sudo tee /sys/module/damon_reclaim/parameters/enabled" },
		{ "page_reporting", "unknown", "no virtio_balloon", "" },
		{ "hugepages", "ok", "2048kB: 128 of 512 free", "" },
		{ "memlock", "unknown", "not part of a recorded host", "" },
		{ "pagemap", "unknown", "not part of a recorded host", "" },
		{ "perf_event_paranoid", "warn", "3", "kernel.perf_event_paranoid=1" },
		{ "journal", "unknown", "not part of a recorded host", "" },
		{ "aslr", "warn", "0", "kernel.randomize_va_space=2" },
		{ "kaslr", "warn", "nokaslr", "sed -i" },
	};

	(void)state;
	assert_findings(PINCOW_FIXTURES "/hosts/intel-numa", expected,
			sizeof(expected) / sizeof(expected[0]));
}

static void test_arm64_prepared(void **state)
{
	static const struct expected expected[] = {
		{ "governor", "ok", "performance", "" },
		/* Below what the hardware can do, but fixed there. */
		{ "frequency_limits", "ok",
		  "0 of 1 policies capped; 2600 to 2600 MHz, hardware 3000 MHz", "" },
		{ "turbo", "unknown", "no switch", "" },
		{ "smt", "ok", "off, control notimplemented", "" },
		{ "mitigations", "ok", "1 mitigated, 1 not affected, 0 vulnerable", "" },
		{ "isolation", "ok", "isolated: 64-79; nohz_full: 64-79", "" },
		{ "irqbalance", "ok", "not running", "" },
		{ "clocksource", "ok", "arch_sys_counter", "" },
		{ "hypervisor", "unknown", "neither", "" },
		{ "steal", "ok", "0 ticks", "" },
		{ "load", "ok", "0.02 0.05 0.00", "" },
		/* Nothing compacts at the fault. */
		{ "thp", "warn", "enabled madvise, defrag never", "transparent_hugepage/defrag" },
		{ "mthp", "unknown", "before 6.8", "" },
		{ "ksm", "ok", "run 2", "" },
		{ "numa_balancing", "ok", "0", "" },
		{ "swap", "ok", "none", "" },
		{ "zswap", "unknown", "cannot read", "" },
		{ "damon", "ok", "not running", "" },
		{ "page_reporting", "ok", "off", "" },
		{ "hugepages", "ok", "64kB: 16 of 16 free; 2048kB: 0 of 0 free", "" },
		{ "memlock", "unknown", "not part of a recorded host", "" },
		{ "pagemap", "unknown", "not part of a recorded host", "" },
		{ "perf_event_paranoid", "ok", "-1", "" },
		{ "journal", "unknown", "not part of a recorded host", "" },
		{ "aslr", "ok", "2", "" },
		{ "kaslr", "ok", "not switched off", "" },
	};

	(void)state;
	assert_findings(PINCOW_FIXTURES "/hosts/arm64", expected,
			sizeof(expected) / sizeof(expected[0]));
}

/* No text of the tables is cut, wherever the values come from. */
static int assert_whole(const struct pcow_check *check, void *arg)
{
	unsigned int *seen = arg;

	assert_true(strlen(check->check) < sizeof(check->check) - 1);
	assert_true(strlen(check->value) < sizeof(check->value) - 1);
	assert_true(strlen(check->why) < sizeof(check->why) - 1);
	assert_true(strlen(check->remedy) < sizeof(check->remedy) - 1);
	if (check->status != PCOW_CHECK_WARN)
		assert_string_equal(check->remedy, "");
	return ++*seen == 26 ? 7 : 0;
}

static void test_this_machine_and_emit(void **state)
{
	struct pcow_root root;
	unsigned int seen = 0;

	(void)state;
	assert_int_equal(pcow_root_open(&root, "/", NULL), 0);
	assert_int_equal(pcow_doctor(&root, assert_whole, &seen), 7);
	assert_int_equal(seen, 26);
	/* It stops at the first non-zero return. */
	seen = 25;
	assert_int_equal(pcow_doctor(&root, assert_whole, &seen), 7);
	assert_int_equal(seen, 26);
	pcow_root_close(&root);
}

static void test_empty_root_is_unknown(void **state)
{
	char path[] = "/tmp/pincow-doctor-XXXXXX";
	json_t *findings, *finding;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(path));
	findings = findings_of(path);
	json_array_foreach (findings, i, finding) {
		if (strcmp(text_of(finding, "status"), "unknown") != 0)
			fail_msg("%s says %s of nothing", text_of(finding, "check"),
				 text_of(finding, "status"));
		assert_true(text_of(finding, "value")[0] != '\0');
	}
	json_decref(findings);
	assert_int_equal(remove(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guest),
		cmocka_unit_test(test_bare_metal_as_installed),
		cmocka_unit_test(test_arm64_prepared),
		cmocka_unit_test(test_this_machine_and_emit),
		cmocka_unit_test(test_empty_root_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
