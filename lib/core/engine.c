/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parent of a run: one worker after the other, each recorded at once. */
#include "engine.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Beyond the caps of its two views a worker has this long for the rest: weighing, too. */
#define GRACE_NS (UINT64_C(120) * 1000000000)

#define WAKE_NS 250000000

void pcow_totals_count(struct pcow_totals *totals, enum pcow_status status)
{
	size_t *const counts[] = {
		[PCOW_STATUS_OK] = &totals->ok,
		[PCOW_STATUS_INVALID] = &totals->invalid,
		[PCOW_STATUS_SKIP] = &totals->skipped,
		[PCOW_STATUS_ERROR] = &totals->failed,
	};

	(*counts[status])++;
	totals->done++;
}

static void draw_progress(const struct pcow_engine *engine, size_t index)
{
	const struct pcow_totals *t = &engine->totals;
	size_t measured = t->done - t->resumed;
	uint64_t spent_ns = pcow_now_ns() - engine->start_ns;
	uint64_t left_s;
	char name[160];

	if (!engine->progress)
		return;
	left_s = measured ? spent_ns / measured * (t->planned - t->done) / 1000000000 : 0;
	pcow_case_format(name, sizeof(name), &engine->plan.cases[engine->tasks[index].case_]);
	/* \033[K: to the end of the line, where a longer name stood. */
	fprintf(stderr, "\r[%zu/%zu] ", t->done, t->planned);
	if (measured)
		fprintf(stderr, "%" PRIu64 ":%02" PRIu64 " left  ", left_s / 60, left_s % 60);
	fprintf(stderr, "%.60s\033[K", name);
	fflush(stderr);
}

static void end_progress(const struct pcow_engine *engine)
{
	if (engine->progress)
		fprintf(stderr, "\r\033[K");
}

/* A line of @status goes to the file and into what is known of its case. */
static int keep_record(struct pcow_engine *engine, size_t index, int line, enum pcow_status status,
		       struct pcow_error *err)
{
	struct pcow_record record;
	int ret = pcow_output_append(&engine->output, line, err);

	if (ret)
		return ret;
	pcow_totals_count(&engine->totals, status);
	if (!engine->config.precision)
		return 0;
	ret = pcow_record_read(line, &record, err);
	if (ret)
		return ret;
	ret = pcow_tally_add(engine, engine->tasks[index].case_, &record);
	pcow_record_clear(&record);
	return ret ? pcow_error_set(err, ret, "no memory for a worker's figures") : 0;
}

/* A line for a worker that could not write its own. */
static int record_for_worker(struct pcow_engine *engine, size_t index, enum pcow_status status,
			     const char *reason, const char *remedy, struct pcow_error *err)
{
	const struct pcow_task *task = &engine->tasks[index];
	const struct pcow_case *c = &engine->plan.cases[task->case_];
	struct pcow_record record = {
		.nr_params = c->nr_params,
		.replicate = task->replicate,
		.sequence = index,
		.status = status,
		.cpu = engine->cpu,
		.clock = { .hz = engine->clock.hz,
			   .resolution_ticks = engine->clock.resolution_ticks },
	};
	struct timespec now;
	int fd = memfd_create("pincow-record", MFD_CLOEXEC);
	int ret;

	if (fd < 0)
		return pcow_error_set(err, -errno, "memfd_create: %s", strerror(errno));
	clock_gettime(CLOCK_REALTIME, &now);
	record.started_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	memcpy(record.params, c->params, sizeof(record.params));
	snprintf(record.scenario, sizeof(record.scenario), "%s", c->scenario->name);
	snprintf(record.operation, sizeof(record.operation), "%s", c->scenario->operation);
	snprintf(record.clock.source, sizeof(record.clock.source), "%s",
		 pcow_clock_name(engine->clock.source));
	snprintf(record.reason, sizeof(record.reason), "%s", reason);
	snprintf(record.remedy, sizeof(record.remedy), "%s", remedy);
	ret = pcow_record_write(fd, &record);
	if (!ret)
		ret = keep_record(engine, index, fd, status, err);
	close(fd);
	return ret;
}

void pcow_engine_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
}

/*
 * Wait for the worker's end, its deadline, or a signal to this process.
 * Returns 0 with @status, -ETIMEDOUT, or -EINTR with totals.signal set.
 */
static int await_worker(struct pcow_engine *engine, const struct pcow_spawn *spawn,
			uint64_t deadline_ns, size_t index, int *status)
{
	const struct timespec wake = { .tv_nsec = WAKE_NS };
	sigset_t set;

	pcow_engine_signals(&set);
	for (;;) {
		int sig;

		if (waitpid(spawn->pid, status, WNOHANG) == spawn->pid)
			return 0;
		if (pcow_now_ns() > deadline_ns)
			return -ETIMEDOUT;
		sig = sigtimedwait(&set, NULL, &wake);
		if (sig > 0 && sig != SIGCHLD) {
			engine->totals.signal = sig;
			return -EINTR;
		}
		if (sig < 0)
			draw_progress(engine, index);
	}
}

/* Why a worker left no record of its own. */
static void explain_death(char *reason, size_t size, int status, uint64_t oom_kills)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && pcow_oom_kills() > oom_kills)
		snprintf(reason, size, "the worker was killed by the kernel: out of memory");
	else if (WIFSIGNALED(status))
		snprintf(reason, size, "the worker was killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(reason, size, "the worker ended with exit code %d and no record",
			 WEXITSTATUS(status));
}

static int finish_worker(struct pcow_engine *engine, struct pcow_spawn *spawn, size_t index,
			 int status, uint64_t oom_kills, struct pcow_error *err)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) - PCOW_WORKER_EXIT_BASE : -1;
	char reason[256];

	/* Children that outlived the worker would disturb the next one. */
	kill(-spawn->pid, SIGKILL);
	if (code < PCOW_STATUS_OK || code > PCOW_STATUS_ERROR) {
		explain_death(reason, sizeof(reason), status, oom_kills);
		return record_for_worker(engine, index, PCOW_STATUS_ERROR, reason,
					 "run --resume tries it again", err);
	}
	return keep_record(engine, index, spawn->result, (enum pcow_status)code, err);
}

/* As many CPUs as the case has threads beside the main one, or as there are. */
static void give_cpus(const struct pcow_engine *engine, struct pcow_job *job)
{
	const struct pcow_value *threads = pcow_case_value(&job->case_, "threads");
	size_t n = (threads ? threads->number - 1 : 0) + (job->case_.scenario->load != NULL);

	job->nr_others = n < engine->nr_others ? n : engine->nr_others;
	memcpy(job->others, engine->others, job->nr_others * sizeof(job->others[0]));
}

static int run_worker(struct pcow_engine *engine, size_t index, struct pcow_error *err)
{
	const struct pcow_task *task = &engine->tasks[index];
	const struct pcow_case *c = &engine->plan.cases[task->case_];
	struct pcow_job job = {
		.case_ = *c,
		.replicate = task->replicate,
		.sequence = index,
		.cpu = engine->cpu,
		.counted = engine->config.counted,
		.parent = getpid(),
		.clock = engine->clock,
		.budget = pcow_budget_for(c->scenario, engine->config.profile),
	};
	uint64_t view_ns = job.budget.cap_ns + job.budget.untimed_cap_ns;
	uint64_t deadline_ns = pcow_now_ns() + 2 * view_ns + GRACE_NS;
	uint64_t oom_kills = pcow_oom_kills();
	struct pcow_spawn spawn;
	int status, ret;

	give_cpus(engine, &job);
	ret = pcow_spawn_start(&spawn, engine->worker, &job);
	if (ret)
		return pcow_error_set(err, ret, "a worker cannot be started: %s", strerror(-ret));
	draw_progress(engine, index);
	ret = await_worker(engine, &spawn, deadline_ns, index, &status);
	if (ret)
		pcow_spawn_kill(&spawn);
	if (ret == -ETIMEDOUT)
		ret = record_for_worker(engine, index, PCOW_STATUS_ERROR,
					"the worker did not finish in time and was ended", "", err);
	else if (!ret)
		ret = finish_worker(engine, &spawn, index, status, oom_kills, err);
	close(spawn.result);
	return ret;
}

int pcow_engine_loop(struct pcow_engine *engine, struct pcow_error *err)
{
	int ret = 0;

	engine->start_ns = pcow_now_ns();
	for (size_t i = 0; i < engine->nr_tasks && !ret; i++) {
		struct pcow_case *c = &engine->plan.cases[engine->tasks[i].case_];

		if (engine->tasks[i].done || pcow_tally_finished(engine, engine->tasks[i].case_))
			continue;
		ret = pcow_prepare(engine, c, err);
		if (ret)
			break;
		if (c->reason[0])
			ret = record_for_worker(engine, i, PCOW_STATUS_SKIP, c->reason, c->remedy,
						err);
		else
			ret = run_worker(engine, i, err);
	}
	end_progress(engine);
	return engine->totals.signal ? 0 : ret;
}
