/* SPDX-License-Identifier: GPL-2.0-or-later */
/* References that are held, released, and lost. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#include "../worker/run.h"

#define PAGES 64

PCOW_SCENARIO(test_pins) = { .name = "test/pins" };

static struct pcow_job job = { .case_.scenario = &pcow_scenario_test_pins };
static struct pcow_run run = { .scenario = &pcow_scenario_test_pins, .job = &job };

/* A region without lib/memory, on which this room does not depend. */
static struct pcow_region map(void)
{
	struct pcow_region mem = { .bytes = PAGES * pcow_page_bytes() };

	mem.addr =
		mmap(NULL, mem.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(mem.addr, MAP_FAILED);
	memset(mem.addr, 1, mem.bytes);
	return mem;
}

static void vmsplice_holds_the_page_itself(void **state)
{
	struct pcow_vmsplice v = { .open = false };
	struct pcow_region mem = map();
	char seen;

	(void)state;
	pcow_vmsplice_close(&v);
	assert_int_equal(pcow_vmsplice_open(&run, &v, PAGES), 0);
	assert_int_equal(pcow_vmsplice_hold(&v, mem.addr, mem.bytes), mem.bytes);
	assert_int_equal(pcow_vmsplice_held(&v), mem.bytes);
	/* A reference, not a copy: what is written now is what the pipe has. */
	mem.addr[0] = 42;
	assert_int_equal(read(v.pipe[0], &seen, 1), 1);
	assert_int_equal(seen, 42);
	assert_int_equal(pcow_vmsplice_release(&v), 0);
	assert_int_equal(pcow_vmsplice_held(&v), 0);
	pcow_vmsplice_close(&v);
	munmap(mem.addr, mem.bytes);
}

static void each_page_is_told_from_the_others(void **state)
{
	struct pcow_vmsplice v = { .open = false };
	struct pcow_region mem = map();

	(void)state;
	assert_int_equal(pcow_vmsplice_open(&run, &v, PAGES), 0);
	assert_int_equal(pcow_vmsplice_hold(&v, mem.addr, mem.bytes), mem.bytes);
	assert_int_equal(pcow_vmsplice_stale_pages(&v, &mem), 0);
	/* The first page in every place. */
	for (size_t i = 0; i < PAGES; i++)
		assert_int_equal(pcow_vmsplice_hold(&v, mem.addr, pcow_page_bytes()),
				 pcow_page_bytes());
	assert_int_equal(pcow_vmsplice_stale_pages(&v, &mem), PAGES - 1);
	/* Copies of what was there before. */
	assert_int_equal(write(v.pipe[1], mem.addr, mem.bytes), mem.bytes);
	assert_int_equal(pcow_vmsplice_stale_pages(&v, &mem), PAGES);
	pcow_vmsplice_close(&v);
	munmap(mem.addr, mem.bytes);
}

static void a_pipe_has_its_limits(void **state)
{
	struct pcow_vmsplice v = { .open = false };
	struct pcow_region mem = map();

	(void)state;
	assert_int_equal(pcow_vmsplice_open(&run, &v, PAGES / 2), 0);
	assert_int_equal(pcow_vmsplice_hold(&v, mem.addr, mem.bytes), mem.bytes / 2);
	assert_int_equal(pcow_vmsplice_hold(&v, mem.addr, mem.bytes), -EAGAIN);
	pcow_vmsplice_close(&v);
	munmap(mem.addr, mem.bytes);
}

static void a_pin_is_in_sync_until_its_page_goes(void **state)
{
	struct pcow_region mem = map();
	struct pcow_uring uring;

	(void)state;
	if (pcow_uring_probe(&run) == PCOW_SKIP)
		skip();
	assert_int_equal(pcow_uring_open(&run, &uring, &mem), 0);
	assert_int_equal(pcow_uring_in_sync(&uring), -EFAULT);
	assert_int_equal(pcow_uring_register(&uring), 0);
	assert_int_equal(pcow_uring_in_sync(&uring), 1);
	assert_int_equal(pcow_uring_in_sync(&uring), 1);
	/* The process gets another page; the ring keeps the old one. */
	madvise(mem.addr + mem.bytes / 2, pcow_page_bytes(), MADV_DONTNEED);
	assert_int_equal(pcow_uring_in_sync(&uring), 0);
	assert_int_equal(pcow_uring_unregister(&uring), 0);
	assert_int_equal(pcow_uring_unregister(&uring), -ENXIO);
	pcow_uring_close(&uring);
	pcow_uring_close(&uring);
	munmap(mem.addr, mem.bytes);
}

static const char *said(const struct pcow_uring *uring)
{
	run.broken[0] = '\0';
	assert_int_equal(pcow_uring_claim_pinned(&run, uring), 0);
	return run.broken;
}

static void a_pin_that_was_not_asked_for_shows(void **state)
{
	struct pcow_region mem = map();
	struct pcow_uring uring, other;
	struct iovec twice[] = { { mem.addr, mem.bytes }, { mem.addr, mem.bytes } };
	void *iovecs;

	(void)state;
	if (pcow_uring_probe(&run) == PCOW_SKIP)
		skip();
	assert_int_equal(pcow_uring_open(&run, &uring, &mem), 0);
	assert_string_equal(said(&uring), "");
	iovecs = uring.iovecs;
	uring.iovecs = twice;
	uring.nr_iovecs = 2;
	assert_int_equal(pcow_uring_register(&uring), 0);
	uring.iovecs = iovecs;
	uring.nr_iovecs = 1;
	assert_int_equal(pcow_uring_in_sync(&uring), -EEXIST);
	if (uring.counted && pcow_page_bytes() == 4096)
		assert_string_equal(said(&uring), "524288 bytes are pinned, claimed 262144");
	assert_int_equal(pcow_uring_unregister(&uring), 0);
	assert_int_equal(pcow_uring_register(&uring), 0);
	assert_string_equal(said(&uring), "");
	assert_int_equal(pcow_uring_open(&run, &other, &mem), 0);
	assert_string_equal(said(&uring), "2 io_urings are open, claimed one");
	pcow_uring_close(&other);
	pcow_uring_close(&uring);
	munmap(mem.addr, mem.bytes);
}

static void futex_calls_wake_nobody(void **state)
{
	struct pcow_region mem = map();
	uint32_t *word = (uint32_t *)mem.addr;

	(void)state;
	assert_int_equal(pcow_futex_wake_shared(word, 1), 0);
	assert_int_equal(pcow_futex_wake_private(word, 1), 0);
	munmap(mem.addr, mem.bytes);
	/* Only the shared call looks at the page. */
	assert_int_equal(pcow_futex_wake_private(word, 1), 0);
	assert_int_equal(pcow_futex_wake_shared(word, 1), -1);
	assert_int_equal(errno, EFAULT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vmsplice_holds_the_page_itself),
		cmocka_unit_test(each_page_is_told_from_the_others),
		cmocka_unit_test(a_pipe_has_its_limits),
		cmocka_unit_test(a_pin_is_in_sync_until_its_page_goes),
		cmocka_unit_test(a_pin_that_was_not_asked_for_shows),
		cmocka_unit_test(futex_calls_wake_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
