/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker's CPU and the header's topology, on machines that hwloc makes up
 * (HWLOC_SYNTHETIC) or reads from a file (HWLOC_XMLFILE), and on this one.
 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pincow/platform.h>

static int real_machine(void **state)
{
	(void)state;
	unsetenv("HWLOC_XMLFILE");
	unsetenv("HWLOC_THISSYSTEM");
	return unsetenv("HWLOC_SYNTHETIC");
}

static int worker_cpu(void)
{
	struct pcow_error err = { "" };
	int cpu = -1;

	if (pcow_topology_worker_cpu(&cpu, &err))
		fail_msg("%s", err.text);
	return cpu;
}

static int worker_cpu_on(const char *synthetic)
{
	setenv("HWLOC_SYNTHETIC", synthetic, 1);
	return worker_cpu();
}

static void test_worker_is_last_cores_first_thread(void **state)
{
	(void)state;
	assert_int_equal(worker_cpu_on("core:1 pu:1"), 0);
	assert_int_equal(worker_cpu_on("core:1 pu:2"), 0);
	assert_int_equal(worker_cpu_on("core:4 pu:1"), 3);
	assert_int_equal(worker_cpu_on("core:4 pu:2"), 6);
	/* Linux as a rule numbers all first threads before the second ones. */
	assert_int_equal(worker_cpu_on("pack:2 core:2 pu:2(indexes=pack:core)"), 3);
	/* Platforms that tell no cores. */
	assert_int_equal(worker_cpu_on("pu:3"), 2);
}

static void assert_cpus_on(const char *synthetic, size_t n, const int *expected)
{
	struct pcow_error err = { "" };
	int cpus[8];
	size_t got = sizeof(cpus) / sizeof(cpus[0]);

	setenv("HWLOC_SYNTHETIC", synthetic, 1);
	if (pcow_topology_worker_cpus(cpus, &got, &err))
		fail_msg("%s", err.text);
	assert_int_equal(got, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(cpus[i], expected[i]);
}

/* Further threads have cores of their own, while there are any. */
static void test_threads_get_cores_first(void **state)
{
	(void)state;
	assert_cpus_on("core:4 pu:1", 4, (const int[]){ 3, 2, 1, 0 });
	assert_cpus_on("core:3 pu:2", 6, (const int[]){ 4, 2, 0, 5, 3, 1 });
	assert_cpus_on("core:16 pu:1", 8, (const int[]){ 15, 14, 13, 12, 11, 10, 9, 8 });
	assert_cpus_on("pu:1", 1, (const int[]){ 0 });
}

static void test_worker_stays_in_the_affinity(void **state)
{
	cpu_set_t before, one;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	/* Discovery takes long on a large machine: two of its CPUs will do. */
	for (int cpu = 0, tried = 0; cpu < CPU_SETSIZE && tried < 2; cpu++) {
		if (!CPU_ISSET(cpu, &before))
			continue;
		tried++;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
		assert_int_equal(worker_cpu(), cpu);
	}
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

/* Slow cores are the last ones of the first machine, first and last of the second. */
static void test_worker_is_on_a_fast_core(void **state)
{
	(void)state;
	setenv("HWLOC_XMLFILE", PINCOW_FIXTURES "/topology/hybrid-pe.xml", 1);
	assert_int_equal(worker_cpu(), 2);
	setenv("HWLOC_XMLFILE", PINCOW_FIXTURES "/topology/hybrid-arm.xml", 1);
	assert_int_equal(worker_cpu(), 2);
}

/* A slow core is better than one that is not allowed: the second machine's CPU 0 is slow. */
static void test_slow_core_when_only_that_is_allowed(void **state)
{
	cpu_set_t before, one;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		skip();
	setenv("HWLOC_XMLFILE", PINCOW_FIXTURES "/topology/hybrid-arm.xml", 1);
	setenv("HWLOC_THISSYSTEM", "1", 1); /* so that this thread's affinity counts */
	assert_int_equal(worker_cpu(), 0);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

static void test_no_topology_is_an_error(void **state)
{
	struct pcow_error err = { "" };
	int cpu = 7;

	(void)state;
	setenv("HWLOC_COMPONENTS", "-linux,-x86,-no_os,stop", 1);
	assert_true(pcow_topology_worker_cpu(&cpu, &err) < 0);
	assert_int_equal(cpu, 7);
	assert_non_null(strstr(err.text, "--cpu N"));
	unsetenv("HWLOC_COMPONENTS");
}

static json_int_t number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static void test_json_of_two_nodes(void **state)
{
	json_t *topology, *nodes, *distances, *caches;

	(void)state;
	setenv("HWLOC_XMLFILE", PINCOW_FIXTURES "/topology/two-nodes.xml", 1);
	topology = pcow_topology_json();
	assert_non_null(topology);
	assert_int_equal(number(topology, "packages"), 2);
	assert_int_equal(number(topology, "cores"), 4);
	assert_int_equal(number(topology, "pus"), 8);
	assert_string_equal(json_string_value(json_object_get(topology, "cpus")), "0-7");

	nodes = json_object_get(topology, "numa_nodes");
	assert_int_equal(json_array_size(nodes), 2);
	assert_int_equal(number(json_array_get(nodes, 1), "node"), 1);
	assert_true(number(json_array_get(nodes, 1), "memory_bytes") == INT64_C(8) << 30);
	assert_string_equal(json_string_value(json_object_get(json_array_get(nodes, 1), "cpus")),
			    "4-7");

	/* From row to column: not the same both ways in this file. */
	distances = json_pack("[[i, i], [i, i]]", 10, 21, 22, 10);
	assert_true(json_equal(json_object_get(topology, "numa_distances"), distances));
	json_decref(distances);

	caches = json_object_get(topology, "caches");
	assert_int_equal(json_array_size(caches), 2);
	assert_int_equal(number(json_array_get(caches, 0), "level"), 2);
	assert_int_equal(number(json_array_get(caches, 0), "size_bytes"), 1 << 20);
	assert_int_equal(number(json_array_get(caches, 0), "count"), 4);
	assert_int_equal(number(json_array_get(caches, 1), "pus_sharing"), 4);
	json_decref(topology);
}

static void test_json_of_this_machine(void **state)
{
	json_t *topology = pcow_topology_json();

	(void)state;
	assert_non_null(topology);
	assert_true(number(topology, "pus") >= 1);
	assert_true(number(topology, "pus") >= number(topology, "cores"));
	assert_true(json_array_size(json_object_get(topology, "numa_nodes")) >= 1);
	json_decref(topology);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_worker_is_last_cores_first_thread, real_machine),
		cmocka_unit_test_teardown(test_threads_get_cores_first, real_machine),
		cmocka_unit_test_teardown(test_worker_is_on_a_fast_core, real_machine),
		cmocka_unit_test_teardown(test_slow_core_when_only_that_is_allowed, real_machine),
		cmocka_unit_test_teardown(test_no_topology_is_an_error, real_machine),
		cmocka_unit_test_teardown(test_json_of_two_nodes, real_machine),
		cmocka_unit_test(test_worker_stays_in_the_affinity),
		cmocka_unit_test(test_json_of_this_machine),
	};

	return cmocka_run_group_tests(tests, real_machine, NULL);
}
