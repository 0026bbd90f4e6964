/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header's "host" object of recorded machines and of this one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmocka.h>

#include "host.h"

static json_t *host_of(const char *path)
{
	struct pcow_error err = { "" };
	struct pcow_root root;
	json_t *host;

	if (pcow_root_open(&root, path, &err))
		fail_msg("%s", err.text);
	host = pcow_hostinfo_json(&root);
	pcow_root_close(&root);
	assert_non_null(host);
	return host;
}

/* "cpu.model" and so on; every key has to be there, if only as null. */
static const json_t *at(const json_t *host, const char *keys)
{
	char copy[96], *rest = copy;

	snprintf(copy, sizeof(copy), "%s", keys);
	for (char *key; (key = strsep(&rest, "."));) {
		host = json_object_get(host, key);
		if (!host)
			fail_msg("no %s in %s", key, keys);
	}
	return host;
}

static void assert_text(const json_t *host, const char *keys, const char *text)
{
	const json_t *value = at(host, keys);

	assert_true(json_is_string(value));
	assert_string_equal(json_string_value(value), text);
}

static void assert_number(const json_t *host, const char *keys, json_int_t number)
{
	const json_t *value = at(host, keys);

	assert_true(json_is_integer(value));
	assert_true(json_integer_value(value) == number);
}

static void test_guest(void **state)
{
	json_t *host = host_of(PINCOW_FIXTURES "/hosts/vm-2cpu");

	(void)state;
	assert_text(host, "hostname", "vm");
	assert_text(host, "machine", "x86_64");
	assert_text(host, "kernel.release", "6.18.44");
	assert_text(host, "kernel.compiler", "gcc (GCC) 15.3.0");
	assert_text(host, "kernel.build_id", "101112131415161718191a1b1c1d1e1f20212223");
	assert_text(host, "kernel.config_source", "/boot/config-6.18.44");
	/* By sha256sum of coreutils. */
	assert_text(host, "kernel.config_sha256",
		    "4ac6699323ca37a0d6e375d5c56e7d4cb0c470f325c73c5c7faa0652d8057297");
	assert_text(host, "cpu.model", "AMD EPYC");
	assert_text(host, "cpu.microcode", "0x1000065");
	assert_true(json_is_null(at(host, "cpu.governor")));
	assert_true(json_is_null(at(host, "cpu.boost")));
	assert_true(json_is_null(at(host, "topology")));
	assert_number(host, "memory.total_bytes", INT64_C(24684092) * 1024);
	assert_text(host, "memory.thp_enabled", "madvise");
	assert_text(host, "memory.thp_defrag", "madvise");
	assert_text(host, "memory.damon", "kdamond 0: pageout");
	assert_true(json_is_true(at(host, "memory.free_page_reporting")));
	assert_text(host, "memory.mthp.64kB", "never");
	assert_text(host, "memory.mthp.2048kB", "inherit");
	/* 8 kB is a size of shmem only. */
	assert_null(json_object_get(at(host, "memory.mthp"), "8kB"));
	assert_number(host, "memory.hugepages.2048kB.total", 0);
	assert_text(host, "mitigations.meltdown", "Not affected");
	/* The CPU flag is set and no firmware table names it. */
	assert_text(host, "hypervisor", "unnamed");
	assert_true(json_is_null(at(host, "limits.memlock_bytes")));
	json_decref(host);
}

static void test_bare_metal(void **state)
{
	json_t *host = host_of(PINCOW_FIXTURES "/hosts/intel-numa");

	(void)state;
	assert_text(host, "kernel.compiler", "gcc-12 (Debian 12.2.0-14) 12.2.0");
	assert_text(host, "cpu.vendor", "GenuineIntel");
	assert_text(host, "cpu.online", "0-111");
	assert_text(host, "cpu.smt", "on");
	assert_text(host, "cpu.governor", "powersave");
	assert_text(host, "cpu.driver", "intel_pstate");
	assert_true(json_is_true(at(host, "cpu.boost")));
	/* Its build-id note is not the first one. */
	assert_text(host, "kernel.build_id", "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3");
	assert_true(json_is_null(at(host, "kernel.config_sha256")));
	assert_true(json_is_null(at(host, "kernel.config_source")));
	assert_number(host, "memory.ksm_run", 1);
	assert_number(host, "memory.numa_balancing", 1);
	assert_number(host, "memory.swap_total_bytes", INT64_C(8388604) * 1024);
	assert_text(host, "memory.damon", "damon_reclaim");
	assert_true(json_is_null(at(host, "memory.free_page_reporting")));
	assert_number(host, "memory.hugepages.2048kB.total", 512);
	assert_number(host, "memory.hugepages.2048kB.free", 128);
	assert_text(host, "clocksource", "hpet");
	assert_text(host, "hypervisor", "none");
	assert_number(host, "steal_ticks", 0);
	assert_true(json_real_value(json_array_get(at(host, "loadavg"), 0)) == 3.12);
	json_decref(host);
}

static void test_arm64(void **state)
{
	json_t *host = host_of(PINCOW_FIXTURES "/hosts/arm64");

	(void)state;
	/* /proc/sys/kernel/arch came with v6.1. */
	assert_true(json_is_null(at(host, "kernel.compiler")));
	assert_true(json_is_null(at(host, "machine")));
	assert_text(host, "cpu.vendor", "0x41");
	assert_text(host, "cpu.model", "0xd0c");
	assert_true(json_is_null(at(host, "cpu.microcode")));
	assert_text(host, "memory.damon", "off");
	assert_true(json_is_false(at(host, "memory.free_page_reporting")));
	assert_number(host, "memory.ksm_run", 2);
	assert_number(host, "memory.hugepages.64kB.free", 16);
	assert_int_equal(json_object_size(at(host, "memory.mthp")), 0);
	/* arm64 has no flag for a guest, so silence is no proof of bare metal. */
	assert_true(json_is_null(at(host, "hypervisor")));
	json_decref(host);
}

static void test_this_machine(void **state)
{
	json_t *host = host_of("/");
	struct utsname uts;

	(void)state;
	assert_int_equal(uname(&uts), 0);
	assert_text(host, "machine", uts.machine);
	assert_text(host, "kernel.release", uts.release);
	assert_number(host, "memory.page_bytes", sysconf(_SC_PAGESIZE));
	assert_true(json_is_object(at(host, "topology")));
	assert_true(json_is_integer(at(host, "limits.memlock_bytes")));
	json_decref(host);
}

/* Notes that lie about their lengths end in null, not in a read past the end. */
static void test_hostile_notes(void **state)
{
	static const struct {
		uint32_t words[6];
		size_t size;
	} notes[] = {
		{ { 4, 20, 3, 0x00554e47 }, 16 }, /* descriptor cut off */
		{ { 4, 0xffffffff, 3, 0x00554e47 }, 24 }, /* length wraps when padded */
		{ { 0xfffffffd, 4, 3, 0x00554e47, 1 }, 20 }, /* the name's, too */
		{ { 4, 20, 3 }, 12 }, /* name cut off */
		{ { 4, 0, 3, 0x00554e47 }, 16 }, /* no build-id in it */
		{ { 0 }, 11 }, /* half a header */
	};
	char root[] = "/tmp/pincow-notes-XXXXXX", path[96];
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/sys", root);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/sys/kernel", root);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/sys/kernel/notes", root);
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		json_t *host;

		file = fopen(path, "w");
		assert_non_null(file);
		assert_int_equal(fwrite(notes[i].words, 1, notes[i].size, file), notes[i].size);
		assert_int_equal(fclose(file), 0);
		host = host_of(root);
		assert_true(json_is_null(at(host, "kernel.build_id")));
		/* Nothing else is in that root: all of it is null, nothing a made-up zero. */
		assert_true(json_is_null(at(host, "memory.ksm_run")));
		assert_true(json_is_null(at(host, "mitigations")));
		assert_true(json_is_null(at(host, "loadavg")));
		json_decref(host);
	}
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/sys/kernel", root);
	assert_int_equal(rmdir(path), 0);
	snprintf(path, sizeof(path), "%s/sys", root);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(root), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guest),	      cmocka_unit_test(test_bare_metal),
		cmocka_unit_test(test_arm64),	      cmocka_unit_test(test_this_machine),
		cmocka_unit_test(test_hostile_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
