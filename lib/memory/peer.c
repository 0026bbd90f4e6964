/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forked children that wait for commands on a pipe. */
#include <pincow/bench.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A child that is still busy after so many naps is left to the guards. */
#define NAPS_MAX 1000

/* The child's calls go three deep; sanitizers multiply what a frame takes. */
#define STACK_BYTES (64 * 1024)

enum command {
	COMMAND_EXIT,
	COMMAND_ANSWER,
	COMMAND_WRITE,
};

struct order {
	enum command command;
	struct pcow_region region;
	size_t step_bytes;
};

/* What the child starts from, at the top of its stack: of the worker's memory it
 * has only what a fork takes along. */
struct start {
	int command, answer;
	pid_t worker;
};

static struct start *start_of(const struct pcow_peer *peer)
{
	return (struct start *)(peer->stack + STACK_BYTES) - 1;
}

/*
 * The child touches as little as it can: each page that it writes is a copy
 * that takes memory and time from the worker.  A sanitizer would look for its
 * stack where the worker's is.
 */
__attribute__((no_sanitize("address"))) static int obey(void *arg)
{
	const struct start *start = arg;
	struct order order;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != start->worker)
		_exit(1);
	for (;;) {
		if (read(start->command, &order, sizeof(order)) != sizeof(order))
			_exit(1);
		if (order.command == COMMAND_EXIT)
			_exit(0);
		if (order.command == COMMAND_WRITE)
			pcow_region_write_each(&order.region, order.step_bytes);
		if (write(start->answer, "", 1) != 1)
			_exit(1);
	}
}

int pcow_peer_open(struct pcow_run *run, struct pcow_peer *peer)
{
	*peer = (struct pcow_peer){ .pidfd = -1 };
	if (pipe2(peer->command, O_CLOEXEC))
		return pcow_error(run, errno, "pipe");
	if (pipe2(peer->answer, O_CLOEXEC)) {
		close(peer->command[0]);
		close(peer->command[1]);
		return pcow_error(run, errno, "pipe");
	}
	peer->open = true;
	/* Shared: clone() writes to it, which after an earlier fork would else be
	 * a COW fault of ours in what is timed. */
	peer->stack =
		mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (peer->stack == MAP_FAILED) {
		peer->stack = NULL;
		return pcow_error(run, errno, "mapping a stack");
	}
	*start_of(peer) = (struct start){ peer->command[0], peer->answer[1], getpid() };
	return 0;
}

int pcow_peer_fork(struct pcow_peer *peer)
{
	struct start *start = start_of(peer);
	pid_t pid = clone(obey, start, SIGCHLD, start);

	if (pid < 0)
		return -errno;
	peer->pid = pid;
	return 0;
}

static int died(struct pcow_run *run, struct pcow_peer *peer)
{
	bool killed;

	pcow_peer_exit(peer);
	killed = WIFSIGNALED(peer->status);
	return pcow_error(run, EPIPE, "the forked child %s %d%s%s%s",
			  killed ? "was killed by signal" : "ended with exit code",
			  killed ? WTERMSIG(peer->status) : WEXITSTATUS(peer->status),
			  killed ? " (" : "", killed ? strsignal(WTERMSIG(peer->status)) : "",
			  killed ? ")" : "");
}

/* The child's answer, or its death: its end of the pipe is ours as well, which
 * keeps the end of file from us. */
static int ask(struct pcow_run *run, struct pcow_peer *peer, const struct order *order)
{
	struct pollfd fds[] = { { .fd = peer->answer[0], .events = POLLIN }, { .events = POLLIN } };
	char done;

	if (peer->pidfd < 0)
		peer->pidfd = (int)syscall(SYS_pidfd_open, peer->pid, 0);
	if (peer->pidfd < 0)
		return pcow_error(run, errno, "pidfd_open");
	fds[1].fd = peer->pidfd;
	if (write(peer->command[1], order, sizeof(*order)) != sizeof(*order))
		return pcow_error(run, errno, "write to the forked child");
	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return pcow_error(run, errno, "poll");
	if (!(fds[0].revents & POLLIN))
		return died(run, peer);
	if (read(peer->answer[0], &done, 1) != 1)
		return pcow_error(run, EPIPE, "the forked child does not answer");
	return 0;
}

/* The state letter of /proc/PID/stat, behind the command in parentheses. */
static bool sleeps(pid_t pid)
{
	char path[32], text[128];
	char *state = NULL;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (got > 0) {
		text[got] = '\0';
		state = strrchr(text, ')');
	}
	return !state || state[1] == '\0' || state[2] == 'S';
}

int pcow_peer_wait(struct pcow_run *run, struct pcow_peer *peer)
{
	/* Not sched_yield(), which a real-time worker does not yield by. */
	const struct timespec nap = { .tv_nsec = 20000 };
	int ret = ask(run, peer, &(struct order){ .command = COMMAND_ANSWER });

	/* Its answer woke us before it was back in read(2): it would be run, on
	 * this CPU, in the midst of what is timed next. */
	for (int i = 0; i < NAPS_MAX && !ret && !sleeps(peer->pid); i++)
		nanosleep(&nap, NULL);
	return ret;
}

int pcow_peer_write(struct pcow_run *run, struct pcow_peer *peer, const struct pcow_region *region,
		    size_t step_bytes)
{
	int ret = ask(run, peer, &(struct order){ COMMAND_WRITE, *region, step_bytes });

	return ret ? ret : pcow_peer_wait(run, peer);
}

void pcow_peer_exit(struct pcow_peer *peer)
{
	static const struct order order = { .command = COMMAND_EXIT };

	if (peer->pid == 0)
		return;
	/* A child that cannot be told is not left behind. */
	if (write(peer->command[1], &order, sizeof(order)) != sizeof(order))
		kill(peer->pid, SIGKILL);
	while (waitpid(peer->pid, &peer->status, 0) < 0 && errno == EINTR)
		;
	peer->pid = 0;
	if (peer->pidfd >= 0)
		close(peer->pidfd);
	peer->pidfd = -1;
}

void pcow_peer_close(struct pcow_peer *peer)
{
	pcow_peer_exit(peer);
	if (!peer->open)
		return;
	for (int end = 0; end < 2; end++) {
		close(peer->command[end]);
		close(peer->answer[end]);
	}
	if (peer->stack)
		munmap(peer->stack, STACK_BYTES);
	peer->open = false;
}
