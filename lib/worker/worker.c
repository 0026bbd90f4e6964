/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker process: one replicate of one case in a fresh address space,
 * since pins mark an mm for ever and a fork's cost is that of the whole mm.
 */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <pincow/affinity.h>

/* What is held is counted, not timed, so that a few workers tell it, and weighing
 * takes as long as the samples. */
#define WEIGHING_WORKERS 3

/*
 * The worker dies with its parent, so that nothing goes on measuring or
 * holding memory after a SIGKILL; and when memory runs out, it goes first.
 */
static int tie_to_parent(const struct pcow_job *job)
{
	int fd;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != job->parent)
		return -ESRCH;
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (write(fd, "1000", 4) < 0)
			errno = 0; /* then the kernel chooses as it would have */
		close(fd);
	}
	return 0;
}

static int bind_cpu(struct pcow_run *run)
{
	int ret = pcow_cpu_bind(run->job->cpu);

	return ret ? pcow_error(run, -ret, "binding to CPU %d", run->job->cpu) : 0;
}

/*
 * On a guest's single CPU every other task would run inside what is timed.  A
 * child whose run is part of the operation is of the same priority, or it would
 * wait for those tasks; any other is an ordinary task again.
 */
static int raise_priority(struct pcow_run *run)
{
	/* Above the lowest, which a child can then be given. */
	const struct sched_param param = { .sched_priority = 2 };
	int policy = SCHED_FIFO | (run->claim.child ? 0 : SCHED_RESET_ON_FORK);

	if (!run->job->counted)
		return 0;
	if (sched_setscheduler(0, policy, &param))
		return pcow_error(run, errno, "SCHED_FIFO, for counted instructions");
	return 0;
}

static void describe(struct pcow_run *run)
{
	const struct pcow_job *job = run->job;
	struct pcow_record *r = &run->record;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(r->scenario, sizeof(r->scenario), "%s", run->scenario->name);
	snprintf(r->operation, sizeof(r->operation), "%s", run->scenario->operation);
	if (run->scenario->scale_by)
		snprintf(r->scale_by, sizeof(r->scale_by), "%s", run->scenario->scale_by);
	memcpy(r->params, job->case_.params, sizeof(r->params));
	r->nr_params = job->case_.nr_params;
	r->replicate = job->replicate;
	r->sequence = job->sequence;
	r->cpu = job->cpu;
	r->pid = (uint64_t)getpid();
	r->started_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	snprintf(r->clock.source, sizeof(r->clock.source), "%s",
		 pcow_clock_name(job->clock.source));
	r->clock.hz = job->clock.hz;
	r->clock.resolution_ticks = job->clock.resolution_ticks;
}

/* Set-up and the three passes; teardown and the closing calibration always. */
static int measure(struct pcow_run *run)
{
	struct pcow_clock_record *clock = &run->record.clock;
	struct pcow_disturbance before, after;
	int ret = bind_cpu(run);

	if (!ret)
		ret = raise_priority(run);
	if (ret)
		return ret;
	ret = pcow_clock_overhead(&run->job->clock, &clock->overhead_start_ticks);
	if (ret)
		return pcow_error(run, -ret, "the clock's calibration");
	pcow_disturbance_read(&before, run->job->cpu);
	ret = pcow_stage_open(run);
	if (!ret)
		ret = pcow_sample_batches(run);
	if (!ret)
		ret = pcow_sample_ops(run);
	if (!ret && run->job->replicate < WEIGHING_WORKERS)
		ret = pcow_weigh(run);
	pcow_stage_close(run);
	if (pcow_clock_overhead(&run->job->clock, &clock->overhead_end_ticks) && !ret)
		ret = pcow_error(run, ENOMEM, "the clock's calibration");
	pcow_disturbance_read(&after, run->job->cpu);
	run->record.guards = pcow_disturbance_json(&before, &after);
	return ret;
}

static enum pcow_status judge(const struct pcow_record *record, int ret)
{
	const int64_t *valid = pcow_view_column(&record->batch, "valid");
	size_t kept = 0;

	if (ret == PCOW_SKIP)
		return PCOW_STATUS_SKIP;
	if (ret)
		return PCOW_STATUS_ERROR;
	for (size_t i = 0; i < record->batch.n; i++)
		kept += valid[i] != 0;
	/* Of a few that are left nobody knows what they are a sample of. */
	return kept && 2 * kept >= record->batch.n ? PCOW_STATUS_OK : PCOW_STATUS_INVALID;
}

/* The most frequent reason is the one to read first. */
static void name_breakage(struct pcow_record *record)
{
	json_int_t most = 0;
	const char *reason;
	json_t *count;

	json_object_foreach (record->broken, reason, count) {
		if (json_integer_value(count) <= most)
			continue;
		most = json_integer_value(count);
		snprintf(record->reason, sizeof(record->reason), "%s", reason);
	}
}

static void run_clear(struct pcow_run *run)
{
	for (size_t i = 0; i < run->nr_metrics; i++) {
		free(run->metrics[i].batch);
		free(run->metrics[i].op);
	}
	pcow_unforked_free(run->census.room, run->census.room_bytes);
	pcow_record_clear(&run->record);
}

static int run_job(const struct pcow_job *job, int result_fd)
{
	struct pcow_run run = {
		.scenario = job->case_.scenario,
		.job = job,
		.dice = (unsigned int)job->sequence,
	};
	size_t actor_bytes = sizeof(*run.actor) + run.scenario->state_bytes;
	uint64_t start_ns = pcow_now_ns();
	enum pcow_status status;
	int ret;

	run.claim = run.scenario->claim;
	describe(&run);
	run.actor = pcow_unforked_alloc(actor_bytes);
	if (run.actor)
		*run.actor = (struct pcow_actor){ .run = &run, .state = run.actor + 1 };
	ret = run.actor ? measure(&run) : pcow_error(&run, ENOMEM, "state");
	pcow_unforked_free(run.actor, actor_bytes);
	status = judge(&run.record, ret);
	run.record.status = status;
	run.record.elapsed_ns = pcow_now_ns() - start_ns;
	/* A single sample may have met what would be a skip at set-up. */
	if (status == PCOW_STATUS_OK)
		run.record.reason[0] = run.record.remedy[0] = '\0';
	if (status == PCOW_STATUS_INVALID)
		name_breakage(&run.record);
	ret = pcow_record_write(result_fd, &run.record);
	run_clear(&run);
	return ret ? ret : (int)status;
}

int pcow_worker_main(const char *text, int result_fd)
{
	struct pcow_job job;
	int ret = pcow_unforked_heap();

	if (!ret)
		ret = pcow_job_parse(&job, text);
	if (!ret)
		ret = tie_to_parent(&job);
	if (!ret && pcow_unforked_stack())
		ret = -ENOMEM;
	pcow_unforked_rseq();
	if (!ret)
		ret = run_job(&job, result_fd);
	if (ret < 0) {
		fprintf(stderr, "pincow: worker: %s\n", strerror(-ret));
		return EXIT_FAILURE;
	}
	return PCOW_WORKER_EXIT_BASE + ret;
}
