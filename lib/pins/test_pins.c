/* SPDX-License-Identifier: GPL-2.0-or-later */
/* References that are held, dropped, lost, and only said to be held. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/io_uring.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#include "../worker/run.h"

#define PAGES 64

PCOW_SCENARIO(test_pins) = { .name = "test/pins" };

static struct pcow_job job = { .case_.scenario = &pcow_scenario_test_pins };
static struct pcow_run run = { .scenario = &pcow_scenario_test_pins, .job = &job };

/* A pinner at work on memory of its own. */
struct fixture {
	struct pcow_region mem;
	struct pcow_pin pin;
};

/* False where this host does not let it. */
static bool open_pin(struct fixture *f, const struct pcow_pinner *pinner)
{
	size_t bytes = PAGES * pcow_page_bytes();
	int ret;

	assert_non_null(pinner);
	assert_int_equal(pcow_region_map_base(&run, &f->mem, bytes), 0);
	assert_int_equal(pcow_region_populate(&run, &f->mem), 0);
	ret = pcow_pin_open(&run, &f->pin, pinner, &f->mem);
	assert_true(ret == 0 || ret == PCOW_SKIP);
	return ret == 0;
}

static void close_pin(struct fixture *f)
{
	pcow_pin_close(&f->pin);
	pcow_pin_close(&f->pin);
	pcow_region_unmap(&f->mem);
}

/* What the pinner's proof finds broken. */
static const char *said(struct fixture *f)
{
	run.broken[0] = '\0';
	assert_int_equal(pcow_pin_prove(&run, &f->pin), 0);
	return run.broken;
}

static void take(struct fixture *f)
{
	assert_int_equal(pcow_pin_take(&f->pin), 0);
	assert_int_equal(f->pin.held, f->pin.by->lasting);
	assert_string_equal(said(f), "");
}

static void drop(struct fixture *f)
{
	assert_int_equal(pcow_pin_drop(&f->pin), 0);
	assert_false(f->pin.held);
	assert_string_equal(said(f), "");
}

static void whoever_takes_drops(const struct pcow_pinner *pinner)
{
	struct fixture f;

	if (open_pin(&f, pinner)) {
		assert_string_equal(said(&f), "");
		for (int turn = 0; turn < 2; turn++) {
			take(&f);
			drop(&f);
			drop(&f);
		}
		assert_int_equal(pcow_pin_count_stale(&f.pin), -ENOENT);
		/* Closing drops. */
		take(&f);
	}
	close_pin(&f);
}

/* Those that last: who says what is not so is found out, either way. */
static void whoever_lies_is_found_out(const struct pcow_pinner *pinner)
{
	struct fixture f;

	if (open_pin(&f, pinner)) {
		f.pin.held = true;
		assert_string_not_equal(said(&f), "");
		f.pin.held = false;
		take(&f);
		f.pin.held = false;
		assert_string_not_equal(said(&f), "");
		f.pin.held = true;
		drop(&f);
	}
	close_pin(&f);
}

/* The process gets another page; the kernel's references are to the old one. */
static void a_page_that_goes_is_stale(const struct pcow_pinner *pinner)
{
	struct fixture f;

	if (open_pin(&f, pinner)) {
		take(&f);
		assert_int_equal(pcow_pin_count_stale(&f.pin), 0);
		drop(&f);
		take(&f);
		madvise(f.mem.addr + f.mem.bytes / 2, pcow_page_bytes(), MADV_DONTNEED);
		assert_int_equal(pcow_pin_count_stale(&f.pin), 1);
		drop(&f);
	}
	close_pin(&f);
}

static void each_pinner_keeps_its_word(void **state)
{
	(void)state;
	assert_int_equal(pcow_pinner_count(), 3);
	for (size_t i = 0; i < pcow_pinner_count(); i++) {
		const struct pcow_pinner *pinner = pcow_pinner_at(i);

		assert_int_equal(pinner->unpin != NULL, pinner->lasting);
		assert_int_equal(pinner->count_stale != NULL, pinner->lasting);
		assert_int_equal(pinner->baseline != NULL, pinner->baseline_is != NULL);
		whoever_takes_drops(pinner);
		if (!pinner->lasting)
			continue;
		whoever_lies_is_found_out(pinner);
		a_page_that_goes_is_stale(pinner);
	}
}

/* ----------------------------------------------------------------- vmsplice */

/* The pinner's own begins with its pipes, of which such a region takes one. */
static int *pipe_of(const struct fixture *f)
{
	return **(int(**)[2])f->pin.own;
}

static void splice_page(const struct fixture *f, char *page)
{
	const struct iovec iov = { page, pcow_page_bytes() };

	assert_int_equal(vmsplice(pipe_of(f)[1], &iov, 1, 0), pcow_page_bytes());
}

static void vmsplice_holds_the_page_itself(void **state)
{
	struct fixture f;
	char seen;

	(void)state;
	if (!open_pin(&f, pcow_pinner_find("vmsplice")))
		skip();
	take(&f);
	/* A reference, not a copy: what is written now is what the pipe has. */
	f.mem.addr[0] = 42;
	assert_int_equal(read(pipe_of(&f)[0], &seen, 1), 1);
	assert_int_equal(seen, 42);
	assert_string_not_equal(said(&f), "");
	close_pin(&f);
}

static void each_page_is_told_from_the_others(void **state)
{
	struct fixture f;

	(void)state;
	if (!open_pin(&f, pcow_pinner_find("vmsplice")))
		skip();
	/* The first page in every place. */
	for (size_t i = 0; i < PAGES; i++)
		splice_page(&f, f.mem.addr);
	f.pin.held = true;
	assert_string_equal(said(&f), "");
	assert_int_equal(pcow_pin_count_stale(&f.pin), PAGES - 1);
	/* Copies of what was there before. */
	assert_int_equal(write(pipe_of(&f)[1], f.mem.addr, f.mem.bytes), f.mem.bytes);
	f.pin.held = true;
	assert_string_equal(said(&f), "");
	assert_int_equal(pcow_pin_count_stale(&f.pin), PAGES);
	close_pin(&f);
}

static void what_does_not_fit_is_not_held(void **state)
{
	struct fixture f;

	(void)state;
	if (!open_pin(&f, pcow_pinner_find("vmsplice")))
		skip();
	splice_page(&f, f.mem.addr);
	assert_int_equal(pcow_pin_take(&f.pin), -EAGAIN);
	assert_false(f.pin.held);
	assert_string_equal(said(&f), "");
	take(&f);
	close_pin(&f);
}

/* ----------------------------------------------------------------- io_uring */

/* The ring that this process has open. */
static int ring_fd(void)
{
	for (int fd = 0; fd < 1024; fd++) {
		char path[32], target[32] = "";

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (readlink(path, target, sizeof(target) - 1) > 0 &&
		    strcmp(target, "anon_inode:[io_uring]") == 0)
			return fd;
	}
	return -1;
}

static void register_instead(struct fixture *f, const struct iovec *iovecs, unsigned int n)
{
	assert_int_equal(
		syscall(SYS_io_uring_register, ring_fd(), IORING_REGISTER_BUFFERS, iovecs, n), 0);
	f->pin.held = true;
}

/* Newer kernels do not count what those of CAP_IPC_LOCK pin. */
static bool is_counted(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	uint64_t kib = 0;
	char line[256];

	assert_non_null(file);
	while (!kib && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmPin: %" SCNu64, &kib) != 1)
			kib = 0;
	fclose(file);
	return kib;
}

static void a_pin_that_was_not_asked_for_shows(void **state)
{
	struct fixture f, other;
	char expected[128];
	struct iovec twice[2];

	(void)state;
	if (!open_pin(&f, pcow_pinner_find("io-uring")))
		skip();
	twice[0] = twice[1] = (struct iovec){ f.mem.addr, f.mem.bytes };
	register_instead(&f, twice, 2);
	assert_string_equal(said(&f), "other buffers are registered behind those of the region");
	drop(&f);
	/* One buffer, of which the claim is but half. */
	register_instead(&f, twice, 1);
	f.mem.bytes /= 2;
	snprintf(expected, sizeof(expected), "%zu bytes are pinned, claimed %zu", 2 * f.mem.bytes,
		 f.mem.bytes);
	assert_string_equal(said(&f), is_counted() ? expected : "");
	f.mem.bytes *= 2;
	drop(&f);
	assert_int_equal(f.pin.by->unpin(&f.pin), -ENXIO);
	take(&f);
	assert_true(open_pin(&other, f.pin.by));
	assert_string_equal(said(&f), "2 io_urings are open, claimed one");
	close_pin(&other);
	close_pin(&f);
}

/* -------------------------------------------------------------------- futex */

static void only_the_shared_futex_looks_at_its_page(void **state)
{
	struct fixture f;

	(void)state;
	assert_true(open_pin(&f, pcow_pinner_find("futex")));
	assert_int_equal(f.pin.by->baseline(&f.pin), 0);
	mprotect(f.mem.addr, f.mem.bytes, PROT_NONE);
	assert_int_equal(f.pin.by->baseline(&f.pin), 0);
	assert_int_equal(pcow_pin_take(&f.pin), -EFAULT);
	close_pin(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pinner_keeps_its_word),
		cmocka_unit_test(vmsplice_holds_the_page_itself),
		cmocka_unit_test(each_page_is_told_from_the_others),
		cmocka_unit_test(what_does_not_fit_is_not_held),
		cmocka_unit_test(a_pin_that_was_not_asked_for_shows),
		cmocka_unit_test(only_the_shared_futex_looks_at_its_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
