/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A probe in a child of its own: it pins its mm, may be killed for what it asks
 * of the kernel, and must neither disturb the next probe nor this process.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pincow/worker.h>

/* Where a page was faulted and which batch held it could decide one turn. */
#define TURNS 3

struct call {
	probe_fn *probe;
	struct pcow_feature *feature;
};

/* LRU batches are a CPU's own: a probe that moved would drain another's. */
static int stay_on_this_cpu(struct pcow_run *run)
{
	cpu_set_t set;
	int cpu = sched_getcpu();

	if (cpu < 0)
		return pcow_error(run, errno, "sched_getcpu");
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return pcow_error(run, errno, "binding to CPU %d", cpu);
	return 0;
}

static int call_probe(struct pcow_run *run, void *arg)
{
	struct call *call = arg;
	int ret = stay_on_this_cpu(run);

	return ret ? ret : call->probe(run, call->feature);
}

static void be_child(probe_fn *probe, pid_t parent, int answer) __attribute__((noreturn));

static void be_child(probe_fn *probe, pid_t parent, int answer)
{
	struct pcow_feature found = { .seen = PCOW_UNSEEN };
	struct call call = { .probe = probe, .feature = &found };
	char reason[sizeof(found.reason)], remedy[sizeof(found.reason)];

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);
	if (pcow_run_apart(call_probe, &call, reason, remedy, sizeof(reason))) {
		found = (struct pcow_feature){ .seen = PCOW_UNSEEN };
		snprintf(found.reason, sizeof(found.reason), "%.*s%s%.*s", 300, reason,
			 *remedy ? "; remedy: " : "", 200, remedy);
	}
	/* Below PIPE_BUF, so it goes out whole. */
	_exit(write(answer, &found, sizeof(found)) != sizeof(found));
}

/* Wait for the answer, the child's end or the time limit. */
static void collect(pid_t pid, int answer, int timeout_ms, struct pcow_feature *feature)
{
	struct pollfd poll_fd = { .fd = answer, .events = POLLIN };
	struct pcow_feature found;
	int status = 0;
	bool hangs;
	ssize_t got;
	int ready;

	do {
		ready = poll(&poll_fd, 1, timeout_ms);
	} while (ready < 0 && errno == EINTR);
	hangs = ready == 0;
	if (hangs)
		kill(pid, SIGKILL);
	got = hangs ? 0 : read(answer, &found, sizeof(found));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (hangs)
		snprintf(feature->reason, sizeof(feature->reason),
			 "the probe did not end within %d ms and was killed", timeout_ms);
	else if (WIFSIGNALED(status))
		snprintf(feature->reason, sizeof(feature->reason), "the probe died by signal %d",
			 WTERMSIG(status));
	else if (got != sizeof(found))
		snprintf(feature->reason, sizeof(feature->reason),
			 "the probe ended with code %d and without an answer", WEXITSTATUS(status));
	else
		*feature = found;
}

void pcow_probe_turn(probe_fn *probe, int timeout_ms, struct pcow_feature *feature)
{
	pid_t parent = getpid();
	int answer[2];
	pid_t pid;

	*feature = (struct pcow_feature){ .seen = PCOW_UNSEEN };
	if (pipe2(answer, O_CLOEXEC)) {
		snprintf(feature->reason, sizeof(feature->reason), "pipe: %s", strerror(errno));
		return;
	}
	pid = fork();
	if (pid == 0)
		be_child(probe, parent, answer[1]);
	/* Ours would keep the end of file from us when the child dies. */
	close(answer[1]);
	if (pid < 0)
		snprintf(feature->reason, sizeof(feature->reason), "fork: %s", strerror(errno));
	else
		collect(pid, answer[0], timeout_ms, feature);
	close(answer[0]);
}

static const char *text_of(const struct pcow_feature *feature)
{
	return feature->seen == PCOW_UNSEEN ? feature->reason : feature->evidence;
}

void pcow_probe_repeat(probe_fn *probe, int timeout_ms, struct pcow_feature *feature)
{
	struct pcow_feature first, next;

	pcow_probe_turn(probe, timeout_ms, &first);
	*feature = first;
	for (int turn = 1; turn < TURNS && first.seen != PCOW_UNSEEN; turn++) {
		pcow_probe_turn(probe, timeout_ms, &next);
		if (next.seen == first.seen)
			continue;
		*feature = (struct pcow_feature){ .seen = PCOW_UNSEEN };
		snprintf(feature->reason, sizeof(feature->reason),
			 "turns disagree: once %.*s, then %.*s", 220, text_of(&first), 220,
			 text_of(&next));
		return;
	}
}
