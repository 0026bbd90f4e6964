/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole workers of scenarios that tell the truth, and of scenarios that lie: a
 * claim is worth something only when breaking it is seen.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "run.h"

#define PAGES 64

/* Memory of PAGES base pages, which each sample writes to. */
#define TOUCHING                                                                                   \
	.operation = "page", .samples = 5, .unit = PCOW_UNIT_PAGE, .measure = pcow_actor_write_units

PCOW_SCENARIO(true_faults) = {
	.name = "true/faults",
	.states = PCOW_STATES("untouched"),
	.claim = { .faults_per_op = 1, .after = PCOW_PAGES_WRITABLE, .outcome = PCOW_OUTCOME_ANY },
	TOUCHING,
};

/* Claims a fault a page, but the pages are there. */
PCOW_SCENARIO(lie_faults) = {
	.name = "lie/faults",
	.states = PCOW_STATES("written"),
	.claim = { .faults_per_op = 1 },
	TOUCHING,
};

/* Claims copies, but writes to pages that nobody shares. */
PCOW_SCENARIO(lie_copied) = {
	.name = "lie/copied",
	.states = PCOW_STATES("written"),
	.claim = { .faults_per_op = 0, .outcome = PCOW_OUTCOME_COPIED },
	TOUCHING,
};

/* Claims reuse, but every page is another one after the sample. */
PCOW_SCENARIO(lie_reused) = {
	.name = "lie/reused",
	.states = PCOW_STATES("untouched"),
	.claim = { .faults_per_op = 1, .outcome = PCOW_OUTCOME_REUSED },
	TOUCHING,
};

/* Claims what the pages are not after the sample. */
PCOW_SCENARIO(lie_shared) = {
	.name = "lie/shared",
	.states = PCOW_STATES("written"),
	.claim = { .faults_per_op = 0, .after = PCOW_PAGES_SHARED },
	TOUCHING,
};

static int leave(struct pcow_actor *actor)
{
	(void)actor;
	return 0;
}

/* A state that leaves the pages as they were, and says that they are others. */
#define LYING_STATE(ident, what)                                                                   \
	PCOW_STATE(lie_##ident) = { .name = "lie-" #ident, .proof = what, .bring = leave };        \
	PCOW_SCENARIO(lie_##ident) = {                                                             \
		.name = "lie/" #ident,                                                             \
		.states = PCOW_STATES("written", "lie-" #ident),                                   \
		.claim = { .faults_per_op = 0 },                                                   \
		TOUCHING,                                                                          \
	}

LYING_STATE(absent, PCOW_PAGES_ABSENT);
LYING_STATE(zero, PCOW_PAGES_ZERO);
LYING_STATE(protected, PCOW_PAGES_PROTECTED);

/* One page of 64 is not what its state makes it. */
static int forget_one(struct pcow_actor *actor)
{
	return madvise(actor->mem.addr + 7 * actor->unit_bytes, actor->unit_bytes, MADV_DONTNEED);
}

PCOW_SCENARIO(lie_one) = {
	.name = "lie/one",
	.states = PCOW_STATES("written"),
	.arm = forget_one,
	.claim = { .faults_per_op = PCOW_FAULTS_ANY },
	TOUCHING,
};

static int break_every_other(struct pcow_actor *actor)
{
	unsigned int *sample = actor->state;
	bool odd = ++*sample % 2;

	pcow_metric(actor->run, "stale", !odd);
	if (odd) {
		pcow_broken(actor->run, "an odd sample");
		pcow_broken(actor->run, "a second reason");
	}
	return 0;
}

static uint64_t one(struct pcow_actor *actor)
{
	(void)actor;
	return 1;
}

PCOW_SCENARIO(half_broken) = {
	.name = "half/broken",
	.operation = "op",
	.samples = 6,
	.state_bytes = sizeof(unsigned int),
	.claim = { .verify = break_every_other },
	.measure = one,
};

static int refuse(struct pcow_actor *actor)
{
	return pcow_skip(actor->run, "buy one", "no device %d", 7);
}

PCOW_SCENARIO(skip_device) = {
	.name = "skip/device",
	.operation = "op",
	.samples = 5,
	.setup = refuse,
	.measure = one,
};

static uint64_t fault_badly(struct pcow_actor *actor)
{
	(void)actor;
	errno = EFAULT;
	return 0;
}

PCOW_SCENARIO(error_measure) = {
	.name = "error/measure",
	.operation = "op",
	.samples = 5,
	.measure = fault_badly,
};

static uint64_t slow(struct pcow_actor *actor)
{
	(void)actor;
	usleep(30000);
	return 1;
}

PCOW_SCENARIO(error_state) = {
	.name = "error/state",
	.states = PCOW_STATES("written", "nonsense"),
	TOUCHING,
};

PCOW_SCENARIO(slow_sleep) = {
	.name = "slow/sleep",
	.operation = "op",
	.samples = 100,
	.claim = { .may_wait = true },
	.measure = slow,
};

/* Its time is nobody's. */
PCOW_SCENARIO(lie_busy) = {
	.name = "lie/busy",
	.operation = "op",
	.samples = 5,
	.measure = slow,
};

/* Another thread, which sleeps until it is told to end. */
struct threaded {
	pthread_t thread;
	int wake[2];
};

static void *wait_for_the_end(void *arg)
{
	char byte;

	return read(*(int *)arg, &byte, 1) < 0 ? arg : NULL;
}

static int start_thread(struct pcow_actor *actor)
{
	struct threaded *t = actor->state;

	if (pipe(t->wake) || pthread_create(&t->thread, NULL, wait_for_the_end, &t->wake[0]))
		return pcow_error(actor->run, EAGAIN, "a thread");
	return 0;
}

static void end_thread(struct pcow_actor *actor)
{
	struct threaded *t = actor->state;

	close(t->wake[1]);
	pthread_join(t->thread, NULL);
	close(t->wake[0]);
}

PCOW_SCENARIO(lie_thread) = {
	.name = "lie/thread",
	.operation = "op",
	.samples = 5,
	.state_bytes = sizeof(struct threaded),
	.setup = start_thread,
	.measure = one,
	.teardown = end_thread,
};

/* ---------------------------------------------------------- states and pinners */

static uint64_t none(struct pcow_actor *actor)
{
	return actor->mem.bytes / actor->unit_bytes;
}

/* In whichever state, which the case names: measure() leaves it alone. */
PCOW_SCENARIO(true_state) = {
	.name = "true/state",
	.operation = "page",
	.samples = 3,
	.unit = PCOW_UNIT_PAGE,
	.states = PCOW_STATES("written", "state="),
	.claim = { .faults_per_op = 0 },
	.measure = none,
};

/* Every other page is the child's alone now, the rest is shared. */
static int share_and_copy_half(struct pcow_actor *actor)
{
	int ret = pcow_actor_share(actor);

	return ret ? ret
		   : pcow_peer_write(actor->run, &actor->child, &actor->mem,
				     2 * actor->mem.copy_bytes);
}

PCOW_STATE(test_half) = {
	.name = "test-half",
	.proof = { .yes = PCOW_PRESENT, .is = "present" },
	.bring = share_and_copy_half,
};

PCOW_SCENARIO(true_half) = {
	.name = "true/half",
	.operation = "page",
	.samples = 3,
	.unit = PCOW_UNIT_COPY,
	.states = PCOW_STATES("written", "test-half", "drained"),
	/* A sanitizer's shadow memory is forked, and takes faults of its own. */
	.claim = { .faults_per_op = PCOW_FAULTS_ANY,
		   .after = PCOW_PAGES_WRITABLE,
		   .outcome = PCOW_OUTCOME_ANY },
	.measure = pcow_actor_write_units,
	.measure_op = pcow_actor_write_unit,
};

/* Holds nothing, and counts on its run's behalf. */
static int held_now, taken, dropped;

static int take(struct pcow_pin *pin)
{
	(void)pin;
	held_now++;
	taken++;
	return 0;
}

static int drop(struct pcow_pin *pin)
{
	(void)pin;
	held_now--;
	dropped++;
	return 0;
}

static int prove(struct pcow_run *run, struct pcow_pin *pin)
{
	if (pin->held != (held_now == 1))
		pcow_broken(run, "held %d times", held_now);
	return 0;
}

static int64_t count_stale(struct pcow_pin *pin)
{
	(void)pin;
	return 3;
}

PCOW_PINNER(test_pinner) = {
	.name = "test",
	.lasting = true,
	.pin = take,
	.unpin = drop,
	.prove = prove,
	.count_stale = count_stale,
};

/* Tells of itself whether it is held; claims a fault a page and reuse, though there are
 * no faults. */
static int look_at_hold(struct pcow_actor *actor)
{
	pcow_metric(actor->run, "held", (uint64_t)held_now);
	return 0;
}

PCOW_SCENARIO(held_lie) = {
	.name = "held/lie",
	.states = PCOW_STATES("written", "held=", "state="),
	.claim = { .faults_per_op = 1,
		   .after = PCOW_PAGES_WRITABLE,
		   .outcome = PCOW_OUTCOME_REUSED,
		   .verify = look_at_hold },
	TOUCHING,
};

/* ------------------------------------------------------------- what is weighed */

#define SAMPLES 5

/* What is measured holds memory; another is measured than was sampled, or keeps some. */
struct weighed {
	struct pcow_region kept;
	unsigned int calls, kept_pieces;
};

static int map_kept(struct pcow_actor *actor)
{
	struct weighed *w = actor->state;

	return pcow_region_map_base(actor->run, &w->kept, actor->mem.bytes);
}

static void unmap_kept(struct pcow_actor *actor)
{
	pcow_region_unmap(&((struct weighed *)actor->state)->kept);
}

/* The samples and the warm-up are over. */
static bool is_weighing(struct pcow_actor *actor)
{
	return ++((struct weighed *)actor->state)->calls > 1 + SAMPLES;
}

static uint64_t hold_half(struct pcow_actor *actor)
{
	struct pcow_region half = actor->mem;

	if (is_weighing(actor))
		half.bytes /= 2;
	return pcow_region_write_each(&half, actor->unit_bytes);
}

/* Besides, the first three times, something that stays. */
static uint64_t hold_and_keep(struct pcow_actor *actor)
{
	struct weighed *w = actor->state;
	struct pcow_region piece = w->kept;

	piece.bytes /= 4;
	piece.addr += w->kept_pieces * piece.bytes;
	if (is_weighing(actor) && w->kept_pieces < 3) {
		w->kept_pieces++;
		pcow_region_write_each(&piece, actor->unit_bytes);
	}
	return pcow_actor_write_units(actor);
}

#define WEIGHED(ident, measure_)                                                                   \
	PCOW_SCENARIO(weigh_##ident) = {                                                           \
		.name = "weigh/" #ident,                                                           \
		.operation = "page",                                                               \
		.samples = SAMPLES,                                                                \
		.state_bytes = sizeof(struct weighed),                                             \
		.states = PCOW_STATES("untouched"),                                                \
		.unit = PCOW_UNIT_PAGE,                                                            \
		.claim = { .faults_per_op = 1, .after = PCOW_PAGES_SOLE },                         \
		.setup = map_kept,                                                                 \
		.measure = (measure_),                                                             \
		.weigh = true,                                                                     \
		.teardown = unmap_kept,                                                            \
	}

WEIGHED(all, pcow_actor_write_units);
WEIGHED(half, hold_half);
WEIGHED(keep, hold_and_keep);

/* -------------------------------------------------------- as in counted guests */

/* A child says by its exit code what it is scheduled as.  Not fork(): the stack of a
 * worker is not there in its child. */
static int look_at_priorities(struct pcow_actor *actor)
{
	struct pcow_run *run = actor->run;
	int status = 0;
	pid_t child = vfork();

	if (!child)
		_exit(sched_getscheduler(0));
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return pcow_error(run, errno, "vfork");
	pcow_metric(run, "own", (uint64_t)sched_getscheduler(0) & ~(uint64_t)SCHED_RESET_ON_FORK);
	pcow_metric(run, "childs", (uint64_t)WEXITSTATUS(status));
	return 0;
}

static pid_t no_child(const struct pcow_actor *actor)
{
	(void)actor;
	return 0;
}

PCOW_SCENARIO(priority_alone) = {
	.name = "priority/alone",
	.operation = "op",
	.samples = 5,
	.claim = { .verify = look_at_priorities },
	.measure = one,
};

PCOW_SCENARIO(priority_child) = {
	.name = "priority/child",
	.operation = "op",
	.samples = 5,
	.claim = { .verify = look_at_priorities, .child = no_child },
	.measure = one,
};

/* -------------------------------------------------------------------- threads */

static _Atomic unsigned int at_it, most_at_it;

/* Long enough that threads which begin together are at it together. */
static uint64_t write_slowly(struct pcow_actor *actor)
{
	unsigned int now = atomic_fetch_add(&at_it, 1) + 1;
	unsigned int most = atomic_load(&most_at_it);

	while (now > most && !atomic_compare_exchange_weak(&most_at_it, &most, now))
		;
	for (int i = 0; i < 2000; i++)
		pcow_actor_write_units(actor);
	atomic_fetch_sub(&at_it, 1);
	return actor->mem.bytes / actor->unit_bytes;
}

static int write_once(struct pcow_actor *actor)
{
	pcow_actor_write_unit(actor, 0);
	return 0;
}

static int never(struct pcow_actor *actor)
{
	const struct timespec pause = { .tv_nsec = 100000000 };

	(void)actor;
	nanosleep(&pause, NULL);
	return 0;
}

#define THREADED(faults)                                                                           \
	.operation = "page", .samples = 3, .unit = PCOW_UNIT_PAGE,                                 \
	.states = PCOW_STATES("written"), .measure = write_slowly,                                 \
	.claim = { .faults_per_op = (faults), .after = PCOW_PAGES_WRITABLE }

PCOW_SCENARIO(true_threads) = { .name = "true/threads", THREADED(0) };

PCOW_SCENARIO(lie_threads) = { .name = "lie/threads", THREADED(1) };

PCOW_SCENARIO(true_load) = { .name = "true/load", .load = write_once, THREADED(0) };

/* Nothing of the load is done while the others measure. */
PCOW_SCENARIO(lie_load) = { .name = "lie/load", .load = never, THREADED(0) };

/* Words that the next cases have as parameters besides, until one has no name; and a
 * second CPU for their threads, -1 for none. */
static struct pcow_value words[3];
static int second_cpu = -1;

static void add_params(struct pcow_case *case_)
{
	case_->params[case_->nr_params++] =
		(struct pcow_value){ .name = "pages", .is_number = true, .number = PAGES };
	for (size_t i = 0; *words[i].name; i++)
		case_->params[case_->nr_params++] = words[i];
}

/* Run a worker of @name and read its line back. */
static void run_once(const char *name, struct pcow_record *worker)
{
	struct pcow_job job = { .cpu = sched_getcpu(), .parent = getppid(), .sequence = 3 };
	struct pcow_header header = { .schema = PCOW_RESULT_SCHEMA,
				      .version = "0",
				      .clock_domain = "wall" };
	int fd = memfd_create("test", 0);
	struct pcow_error err = { "" };
	struct pcow_reader *reader;
	char path[32];
	char *text;
	int code;

	job.counted = strncmp(name, "priority/", strlen("priority/")) == 0;
	job.case_.scenario = pcow_scenario_find(name);
	add_params(&job.case_);
	if (second_cpu >= 0)
		job.others[job.nr_others++] = second_cpu;
	job.budget = (struct pcow_budget){ job.case_.scenario->samples, 1, 3 * PAGES, 200000000,
					   UINT64_MAX / 2 };
	pcow_clock_choose(&job.clock);
	header.config = json_object();
	header.host = json_object();
	assert_int_equal(pcow_header_write(fd, &header), 0);
	pcow_header_clear(&header);
	text = pcow_job_format(&job);
	code = pcow_worker_main(text, fd);
	free(text);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	assert_int_equal(pcow_reader_open(&reader, path, &header, &err), 0);
	assert_int_equal(pcow_reader_next(reader, worker, &err), 1);
	assert_int_equal(code, PCOW_WORKER_EXIT_BASE + (int)worker->status);
	pcow_reader_close(reader);
	pcow_header_clear(&header);
	close(fd);
}

/* Other tests run beside this one, and samples as short as these do not bear it. */
static void run_worker(const char *name, struct pcow_record *worker)
{
	for (int tries = 0; tries < 50; tries++) {
		run_once(name, worker);
		if (!json_object_get(worker->broken, "others ran for more than 2 % of the time") ||
		    !strcmp(name, "lie/busy"))
			return;
		pcow_record_clear(worker);
	}
	fail_msg("%s: others always run", name);
}

static int64_t total(const struct pcow_record *worker, const char *column)
{
	const int64_t *values = pcow_view_column(&worker->batch, column);
	int64_t sum = 0;

	assert_non_null(values);
	for (size_t i = 0; i < worker->batch.n; i++)
		sum += values[i];
	return sum;
}

static void truth_is_valid(void **state)
{
	struct pcow_record w;

	(void)state;
	run_worker("true/faults", &w);
	assert_int_equal(w.status, PCOW_STATUS_OK);
	assert_int_equal(w.batch.n, 5);
	assert_int_equal(total(&w, "valid"), 5);
	assert_int_equal(total(&w, "ops"), 5 * PAGES);
	assert_int_equal(total(&w, "faults"), 5 * PAGES);
	assert_int_equal(total(&w, "copied"), 5 * PAGES);
	assert_int_equal(w.sequence, 3);
	assert_int_equal(w.pid, getpid());
	assert_string_equal(w.reason, "");
	pcow_record_clear(&w);
}

/* Windows lie one after the other, within the worker's life. */
static void windows_are_told_by_time(void **state)
{
	uint64_t last_ns = pcow_now_ns();
	struct pcow_record w;

	(void)state;
	run_worker("true/faults", &w);
	for (size_t i = 0; i < w.batch.n; i++) {
		uint64_t begin_ns = (uint64_t)pcow_view_column(&w.batch, "begin_ns")[i];
		uint64_t ticks = (uint64_t)pcow_view_column(&w.batch, "ticks")[i];

		assert_true(begin_ns > last_ns);
		last_ns = begin_ns + ticks * 1000000000u / w.clock.hz;
	}
	assert_true(last_ns < pcow_now_ns());
	pcow_record_clear(&w);
}

static void a_lie_is_invalid(void **state)
{
	static const struct {
		const char *name, *says;
	} lies[] = {
		{ "lie/faults", "0 faults in 64 operations, claimed 1 each" },
		{ "lie/copied", "0 of 64 pages copied, claimed all" },
		{ "lie/reused", "64 of 64 pages copied, claimed none" },
		{ "lie/absent", "64 of 64 pages are not absent" },
		{ "lie/zero", "64 of 64 pages are not the zero page" },
		{ "lie/shared", "64 of 64 pages are not shared" },
		{ "lie/protected", "64 of 64 pages could be written without a fault" },
		{ "lie/one", "1 of 64 pages are not mapped once" },
		{ "lie/thread", "1 other threads live in the process" },
		{ "lie/busy", "others ran for more than 2 % of the time" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct pcow_record w;
		json_int_t all = 0;
		json_t *times;
		const char *why;

		run_worker(lies[i].name, &w);
		assert_int_equal(w.status, PCOW_STATUS_INVALID);
		assert_int_equal(total(&w, "valid"), 0);
		/* On a busy host a sample may be found wrong by something else first. */
		json_object_foreach (w.broken, why, times)
			all += json_integer_value(times);
		assert_int_equal(all, 5);
		assert_true(json_integer_value(json_object_get(w.broken, lies[i].says)) >= 3);
		assert_string_equal(w.reason, lies[i].says);
		pcow_record_clear(&w);
	}
}

static void broken_samples_are_kept_and_marked(void **state)
{
	struct pcow_record w;

	(void)state;
	run_worker("half/broken", &w);
	assert_int_equal(w.status, PCOW_STATUS_OK);
	assert_int_equal(w.batch.n, 6);
	assert_int_equal(total(&w, "valid"), 3);
	assert_int_equal(total(&w, "stale"), 3);
	assert_int_equal(json_integer_value(json_object_get(w.broken, "an odd sample")), 3);
	assert_int_equal(json_object_size(w.broken), 1);
	pcow_record_clear(&w);
}

static void a_skip_says_why(void **state)
{
	struct pcow_record w;

	(void)state;
	run_worker("skip/device", &w);
	assert_int_equal(w.status, PCOW_STATUS_SKIP);
	assert_string_equal(w.reason, "no device 7");
	assert_string_equal(w.remedy, "buy one");
	assert_int_equal(w.batch.n, 0);
	pcow_record_clear(&w);
}

static void a_failure_is_an_error(void **state)
{
	struct pcow_record w;

	(void)state;
	run_worker("error/measure", &w);
	assert_int_equal(w.status, PCOW_STATUS_ERROR);
	assert_non_null(strstr(w.reason, "the measured call failed: Bad address"));
	pcow_record_clear(&w);
	run_worker("error/state", &w);
	assert_int_equal(w.status, PCOW_STATUS_ERROR);
	assert_string_equal(w.reason, "state 'nonsense' of error/state: Invalid argument");
	pcow_record_clear(&w);
	words[0] = (struct pcow_value){ .name = "pinner", .text = "nobody" };
	run_worker("true/faults", &w);
	words[0].name[0] = '\0';
	assert_int_equal(w.status, PCOW_STATUS_ERROR);
	assert_string_equal(w.reason, "pinner 'nobody' of true/faults: Invalid argument");
	pcow_record_clear(&w);
}

static void the_cap_truncates(void **state)
{
	struct pcow_record w;

	(void)state;
	run_worker("slow/sleep", &w);
	assert_int_equal(w.status, PCOW_STATUS_OK);
	assert_true(w.truncated);
	assert_in_range(w.batch.n, 1, 99);
	pcow_record_clear(&w);
}

/* Each state is what it says: before the first sample, and again after each. */
static void every_state_is_brought_about_again(void **state)
{
	struct pcow_record w;

	(void)state;
	assert_true(pcow_state_count() > 7);
	for (size_t i = 0; i < pcow_state_count(); i++) {
		const char *name = pcow_state_at(i)->name;

		if (strncmp(name, "lie-", strlen("lie-")) == 0)
			continue;
		words[0] = (struct pcow_value){ .name = "state" };
		snprintf(words[0].text, sizeof(words[0].text), "%s", name);
		run_worker("true/state", &w);
		if (total(&w, "valid") != 3)
			fail_msg("%s: %s", name, w.reason);
		pcow_record_clear(&w);
	}
	words[0].name[0] = '\0';
}

/* One by one, in the order of the operations. */
static void outcomes_of_operations_are_kept(void **state)
{
	const int64_t *copied;
	struct pcow_record w;

	(void)state;
	run_worker("true/half", &w);
	assert_int_equal(w.status, PCOW_STATUS_OK);
	assert_string_equal(w.op_refused, "");
	assert_int_equal(w.op.n, 3 * PAGES);
	assert_non_null(pcow_view_column(&w.op, "ticks"));
	copied = pcow_view_column(&w.op, "copied");
	assert_non_null(copied);
	for (size_t i = 0; i < w.op.n; i++)
		assert_int_equal(copied[i], i % 2);
	assert_int_equal(total(&w, "copied"), 3 * PAGES / 2);
	pcow_record_clear(&w);
}

/* Where references are held, faults and outcome are the kernel's own; else they are claimed. */
static void a_hold_relaxes_the_claim(void **state)
{
	struct pcow_record w;

	(void)state;
	words[0] = (struct pcow_value){ .name = "a", .text = "b" };
	words[1] = (struct pcow_value){ .name = "state", .text = "drained" };
	run_worker("held/lie", &w);
	assert_int_equal(w.status, PCOW_STATUS_INVALID);
	assert_string_equal(w.reason, "0 faults in 64 operations, claimed 1 each");
	assert_int_equal(taken, 0);
	pcow_record_clear(&w);

	words[0] = (struct pcow_value){ .name = "held", .text = "test" };
	run_worker("held/lie", &w);
	assert_int_equal(w.status, PCOW_STATUS_OK);
	assert_int_equal(total(&w, "valid"), 5);
	assert_int_equal(total(&w, "copied"), 0);
	/* Taken once a sample and warm-up, dropped before the next and at the end. */
	assert_int_equal(total(&w, "held"), 5);
	assert_int_equal(total(&w, "stale"), 5 * 3);
	assert_true(taken >= 6);
	assert_int_equal(dropped, taken);
	pcow_record_clear(&w);
	words[0].name[0] = '\0';
}

static const struct pcow_weight *weight(const struct pcow_record *worker, const char *name)
{
	for (size_t i = 0; i < worker->nr_memory; i++)
		if (strcmp(worker->memory[i].name, name) == 0)
			return &worker->memory[i];
	fail_msg("%s was not weighed", name);
	return NULL;
}

/* A sanitizer takes memory of its own for what it watches, meanwhile. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SANITIZED 0
#endif

static void what_is_held_is_weighed(void **state)
{
	/* What the first hold keeps is in no reading; two more are passed over. */
	static const char *const names[] = { "weigh/all", "weigh/keep" };
	const struct pcow_weight *anon;
	struct pcow_record w;

	(void)state;
	if (SANITIZED)
		skip();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		run_worker(names[i], &w);
		assert_int_equal(w.status, PCOW_STATUS_OK);
		anon = weight(&w, "anon_bytes");
		assert_true(anon->closed);
		assert_int_equal(anon->value, PAGES * pcow_page_bytes());
		pcow_record_clear(&w);
	}
}

static void what_breaks_its_claim_has_no_weight(void **state)
{
	struct pcow_record w;

	(void)state;
	run_worker("weigh/half", &w);
	assert_int_equal(w.status, PCOW_STATUS_OK);
	assert_true(w.nr_memory > 0);
	for (size_t i = 0; i < w.nr_memory; i++)
		assert_false(w.memory[i].closed);
	pcow_record_clear(&w);
}

/* A child whose run is timed has the worker's priority in a counted guest; no other has. */
static void children_have_the_priority_of_their_part(void **state)
{
	const struct sched_param lowest = { .sched_priority = 1 }, none = { .sched_priority = 0 };
	struct pcow_record w;

	(void)state;
	if (sched_setscheduler(0, SCHED_FIFO, &lowest))
		skip();
	sched_setscheduler(0, SCHED_OTHER, &none);
	run_worker("priority/alone", &w);
	sched_setscheduler(0, SCHED_OTHER, &none);
	assert_int_equal(w.status, PCOW_STATUS_OK);
	assert_int_equal(total(&w, "own"), 5 * SCHED_FIFO);
	assert_int_equal(total(&w, "childs"), 5 * SCHED_OTHER);
	pcow_record_clear(&w);
	run_worker("priority/child", &w);
	sched_setscheduler(0, SCHED_OTHER, &none);
	assert_int_equal(w.status, PCOW_STATUS_OK);
	assert_int_equal(total(&w, "childs"), 5 * SCHED_FIFO);
	pcow_record_clear(&w);
}

/* Another CPU than this thread's, which earlier workers have bound; -1 when there is none. */
static int find_second_cpu(void)
{
	cpu_set_t allowed;

	sched_getaffinity(getppid(), sizeof(allowed), &allowed);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed) && cpu != sched_getcpu())
			return cpu;
	return -1;
}

static void threads_measure_at_once(void **state)
{
	const int64_t *thread, *cpu, *ops;
	struct pcow_record w;

	(void)state;
	second_cpu = find_second_cpu();
	if (second_cpu < 0)
		skip();
	words[0] = (struct pcow_value){ .name = "threads", .is_number = true, .number = 2 };
	run_worker("true/threads", &w);
	assert_int_equal(w.status, PCOW_STATUS_OK);
	/* A row for each thread and sample, on a CPU of its own. */
	assert_int_equal(w.batch.n, 2 * 3);
	thread = pcow_view_column(&w.batch, "thread");
	cpu = pcow_view_column(&w.batch, "cpu_begin");
	ops = pcow_view_column(&w.batch, "ops");
	for (size_t i = 0; i < w.batch.n; i++) {
		assert_int_equal(thread[i], i % 2);
		assert_int_equal(cpu[i] == second_cpu, i % 2);
		/* Each has as many pages as the case asks for. */
		assert_int_equal(ops[i], PAGES);
	}
	assert_int_equal(atomic_load(&most_at_it), 2);
	pcow_record_clear(&w);

	/* The same pages, those of one. */
	words[1] = (struct pcow_value){ .name = "memory", .text = "shared" };
	run_worker("true/threads", &w);
	assert_int_equal(w.status, PCOW_STATUS_OK);
	assert_int_equal(total(&w, "ops"), 2 * 3 * PAGES);
	pcow_record_clear(&w);
	words[1].name[0] = '\0';

	/* Invalid for all of them, and each row has a reason. */
	run_worker("lie/threads", &w);
	assert_int_equal(w.status, PCOW_STATUS_INVALID);
	assert_int_equal(total(&w, "valid"), 0);
	assert_int_equal(json_integer_value(json_object_get(
				 w.broken, "0 faults in 64 operations, claimed 1 each")),
			 2 * 3);
	pcow_record_clear(&w);
	words[0].name[0] = '\0';
}

static void a_load_runs_meanwhile(void **state)
{
	struct pcow_record w;

	(void)state;
	second_cpu = find_second_cpu();
	if (second_cpu < 0)
		skip();
	run_worker("true/load", &w);
	assert_int_equal(w.status, PCOW_STATUS_OK);
	assert_int_equal(w.batch.n, 3);
	assert_null(pcow_view_column(&w.batch, "thread"));
	assert_true(total(&w, "loads") >= 3);
	pcow_record_clear(&w);
	run_worker("lie/load", &w);
	assert_int_equal(w.status, PCOW_STATUS_INVALID);
	assert_string_equal(w.reason, "the load was not done once meanwhile");
	pcow_record_clear(&w);
}

static void threads_without_cpus_are_skipped(void **state)
{
	struct pcow_record w;

	(void)state;
	second_cpu = -1;
	run_worker("true/load", &w);
	assert_int_equal(w.status, PCOW_STATUS_SKIP);
	assert_string_equal(w.reason, "2 threads need a CPU each, there are 1");
	pcow_record_clear(&w);
}

static void an_orphan_does_not_measure(void **state)
{
	struct pcow_job job = { .case_.scenario = pcow_scenario_find("true/faults"),
				.parent = getpid(),
				.budget = { .samples = 1 },
				.clock = { .hz = 1 } };
	char *text = pcow_job_format(&job);
	int fd = memfd_create("test", 0);

	(void)state;
	assert_int_equal(pcow_worker_main(text, fd), EXIT_FAILURE);
	assert_int_equal(lseek(fd, 0, SEEK_END), 0);
	free(text);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(truth_is_valid),
		cmocka_unit_test(windows_are_told_by_time),
		cmocka_unit_test(a_lie_is_invalid),
		cmocka_unit_test(broken_samples_are_kept_and_marked),
		cmocka_unit_test(a_skip_says_why),
		cmocka_unit_test(a_failure_is_an_error),
		cmocka_unit_test(the_cap_truncates),
		cmocka_unit_test(every_state_is_brought_about_again),
		cmocka_unit_test(outcomes_of_operations_are_kept),
		cmocka_unit_test(a_hold_relaxes_the_claim),
		cmocka_unit_test(what_is_held_is_weighed),
		cmocka_unit_test(what_breaks_its_claim_has_no_weight),
		cmocka_unit_test(children_have_the_priority_of_their_part),
		cmocka_unit_test(threads_measure_at_once),
		cmocka_unit_test(a_load_runs_meanwhile),
		cmocka_unit_test(threads_without_cpus_are_skipped),
		cmocka_unit_test(an_orphan_does_not_measure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
