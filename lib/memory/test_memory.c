/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regions that are what they say, regions that are not, and peers. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "../worker/run.h"

#define BYTES ((size_t)8 << 20)

PCOW_SCENARIO(test_memory) = { .name = "test/memory" };

/* A case whose parameter "page" is @page. */
struct fixture {
	struct pcow_job job;
	struct pcow_run run;
};

static struct pcow_run *run_of(struct fixture *f, const char *page)
{
	*f = (struct fixture){ .job.case_.scenario = &pcow_scenario_test_memory };
	f->job.case_.nr_params = 1;
	snprintf(f->job.case_.params[0].name, PCOW_RESULT_NAME_MAX, "page");
	snprintf(f->job.case_.params[0].text, PCOW_RESULT_NAME_MAX, "%s", page);
	f->run.scenario = &pcow_scenario_test_memory;
	f->run.job = &f->job;
	return &f->run;
}

static void base_pages_are_base(void **state)
{
	struct pcow_region mem;
	struct fixture f;

	(void)state;
	assert_int_equal(pcow_region_map(run_of(&f, "base"), &mem, BYTES), 0);
	assert_int_equal(mem.map_bytes, pcow_page_bytes());
	assert_int_equal(pcow_region_populate(&f.run, &mem), 0);
	assert_int_equal(pcow_region_exclusive_pages(&f.run, &mem), BYTES / pcow_page_bytes());
	assert_int_equal(pcow_region_renew(&f.run, &mem), 0);
	assert_int_equal(pcow_region_exclusive_pages(&f.run, &mem), 0);
	pcow_region_unmap(&mem);
	pcow_region_unmap(&mem);
}

/* One page that was never touched is enough to refuse. */
static void a_hole_is_no_proof(void **state)
{
	struct pcow_region mem;
	struct fixture f;

	(void)state;
	assert_int_equal(pcow_region_map(run_of(&f, "base"), &mem, BYTES), 0);
	assert_int_equal(pcow_region_populate(&f.run, &mem), 0);
	madvise(mem.addr + 5 * pcow_page_bytes(), pcow_page_bytes(), MADV_DONTNEED);
	assert_int_equal(pcow_region_prove(&f.run, &mem), PCOW_SKIP);
	assert_non_null(strstr(f.run.record.reason, "2047 of 2048 pages"));
	assert_string_not_equal(f.run.record.remedy, "");
	pcow_region_unmap(&mem);
}

static bool host_gives(const char *page)
{
	struct pcow_page_kind kind;
	char text[256], remedy[256];

	return pcow_page_kind_parse(page, &kind) == 0 &&
	       pcow_page_kind_check(&kind, BYTES, NULL, text, remedy, sizeof(text));
}

static void a_thp_is_mapped_by_pmds(void **state)
{
	struct pcow_region mem;
	struct fixture f;

	(void)state;
	if (!host_gives("thp"))
		skip();
	assert_int_equal(pcow_region_map(run_of(&f, "thp"), &mem, BYTES), 0);
	assert_int_equal(mem.map_bytes, pcow_thp_bytes());
	assert_int_equal(mem.copy_bytes, pcow_page_bytes());
	assert_int_equal(pcow_region_populate(&f.run, &mem), 0);
	/* One PMD split: the folio is whole, but the kind is another. */
	mprotect(mem.addr, pcow_page_bytes(), PROT_READ);
	assert_int_equal(pcow_region_prove(&f.run, &mem), PCOW_SKIP);
	pcow_region_unmap(&mem);
}

/* Base pages that call themselves huge are found out. */
static void base_pages_are_no_thp(void **state)
{
	struct pcow_region mem;
	struct fixture f;

	(void)state;
	if (!host_gives("thp"))
		skip();
	assert_int_equal(pcow_region_map(run_of(&f, "thp"), &mem, BYTES), 0);
	madvise(mem.addr, mem.bytes, MADV_NOHUGEPAGE);
	assert_int_equal(pcow_region_populate(&f.run, &mem), PCOW_SKIP);
	pcow_region_write_each(&mem, pcow_page_bytes());
	assert_int_equal(pcow_region_prove(&f.run, &mem), PCOW_SKIP);
	pcow_region_unmap(&mem);
}

static void a_pte_mapped_thp_is_neither(void **state)
{
	struct pcow_region mem;
	struct fixture f;

	(void)state;
	if (!host_gives("thp-pte"))
		skip();
	assert_int_equal(pcow_region_map(run_of(&f, "thp-pte"), &mem, BYTES), 0);
	assert_int_equal(mem.map_bytes, pcow_page_bytes());
	assert_int_equal(pcow_region_populate(&f.run, &mem), 0);
	pcow_region_unmap(&mem);
}

static void sizes_that_do_not_fit_are_skips(void **state)
{
	struct pcow_region mem;
	struct fixture f;

	(void)state;
	assert_int_equal(pcow_region_map(run_of(&f, "base"), &mem, 100), PCOW_SKIP);
	pcow_region_unmap(&mem);
	assert_int_equal(pcow_region_map(run_of(&f, "hugetlb-2M"), &mem, (size_t)1 << 50),
			 PCOW_SKIP);
	assert_string_not_equal(f.run.record.remedy, "");
	pcow_region_unmap(&mem);
}

static void peers_share_write_and_exit(void **state)
{
	struct pcow_peer peer = { .pid = 0 };
	int64_t pages = (int64_t)(BYTES / pcow_page_bytes());
	struct pcow_region mem;
	struct fixture f;

	(void)state;
	assert_int_equal(pcow_region_map(run_of(&f, "base"), &mem, BYTES), 0);
	assert_int_equal(pcow_region_populate(&f.run, &mem), 0);
	pcow_peer_exit(&peer);
	assert_int_equal(pcow_peer_open(&f.run, &peer), 0);
	assert_int_equal(pcow_peer_fork(&peer), 0);
	assert_int_equal(pcow_peer_wait(&f.run, &peer), 0);
	assert_int_equal(pcow_region_exclusive_pages(&f.run, &mem), 0);
	assert_int_equal(pcow_peer_write(&f.run, &peer, &mem, 2 * pcow_page_bytes()), 0);
	assert_int_equal(pcow_region_exclusive_pages(&f.run, &mem), pages / 2);
	pcow_peer_exit(&peer);
	assert_int_equal(peer.pid, 0);
	assert_int_equal(pcow_region_exclusive_pages(&f.run, &mem), pages);
	pcow_peer_close(&peer);
	pcow_peer_close(&peer);
	pcow_region_unmap(&mem);
}

/* What a peer dies of is said at once, not after a time limit. */
static void a_peer_that_dies_is_told(void **state)
{
	struct pcow_peer peer = { .pid = 0 };
	struct pcow_region mem;
	struct fixture f;

	(void)state;
	/* Not cmocka's handler. */
	signal(SIGSEGV, SIG_DFL);
	assert_int_equal(pcow_region_map(run_of(&f, "base"), &mem, BYTES), 0);
	assert_int_equal(pcow_peer_open(&f.run, &peer), 0);
	assert_int_equal(pcow_peer_fork(&peer), 0);
	assert_int_equal(pcow_peer_wait(&f.run, &peer), 0);
	/* The child stores to what is not mapped. */
	mem.addr += mem.bytes;
	assert_int_equal(pcow_peer_write(&f.run, &peer, &mem, pcow_page_bytes()), -EPIPE);
	assert_non_null(strstr(f.run.record.reason,
			       "the forked child was killed by signal 11 (Segmentation fault)"));
	assert_int_equal(peer.pid, 0);
	pcow_peer_close(&peer);
	mem.addr -= mem.bytes;
	pcow_region_unmap(&mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base_pages_are_base),
		cmocka_unit_test(a_hole_is_no_proof),
		cmocka_unit_test(a_thp_is_mapped_by_pmds),
		cmocka_unit_test(base_pages_are_no_thp),
		cmocka_unit_test(a_pte_mapped_thp_is_neither),
		cmocka_unit_test(sizes_that_do_not_fit_are_skips),
		cmocka_unit_test(peers_share_write_and_exit),
		cmocka_unit_test(a_peer_that_dies_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
