/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guardian: a forked child that sleeps on a pipe whose other end only its
 * parent holds.  The kernel closes that end whatever kills the parent.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <pincow/cgroup.h>

#include "fixtures.h"

struct guardian {
	const struct pcow_root *root;
	pid_t pid;
};

static int compare_fd(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* A descriptor kept open here would keep the user's pipe or file open. */
static void close_other_fds(int a, int b, int c)
{
	int keep[] = { a, b, c };
	int next = STDERR_FILENO + 1;

	qsort(keep, 3, sizeof(keep[0]), compare_fd);
	for (int i = 0; i < 3; i++) {
		if (keep[i] > next)
			close_range((unsigned int)next, (unsigned int)keep[i] - 1, 0);
		if (keep[i] >= next)
			next = keep[i] + 1;
	}
	close_range((unsigned int)next, ~0U, 0);
}

static void detach(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP };
	int null;

	prctl(PR_SET_NAME, "pincow-guard");
	setsid();
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
}

/* A parent started without standard streams has its own files there. */
static int above_stdio(int fd)
{
	return fd > STDERR_FILENO ? fd : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static _Noreturn void guard(struct pcow_journal *journal, int pipe_fd, const sigset_t *mask)
{
	ssize_t count;
	char byte;

	pipe_fd = above_stdio(pipe_fd);
	journal->fd = above_stdio(journal->fd);
	journal->root.fd = above_stdio(journal->root.fd);
	detach();
	close_other_fds(pipe_fd, journal->fd, journal->root.fd);
	sigprocmask(SIG_SETMASK, mask, NULL);
	do {
		count = read(pipe_fd, &byte, 1);
	} while (count > 0 || (count < 0 && errno == EINTR));
	/* After a normal end the journal is empty and its name may be another run's. */
	if (lseek(journal->fd, 0, SEEK_END) > 0)
		pcow_journal_restore(journal, NULL, NULL);
	_exit(0);
}

static int leave(const struct pcow_cgroup_mount *mount, void *arg)
{
	const struct guardian *guardian = arg;
	char path[PATH_MAX], pid[16];

	snprintf(path, sizeof(path), "/%s/cgroup.procs", mount->point);
	snprintf(pid, sizeof(pid), "%d", guardian->pid);
	/* Where that is refused, the journal is what is left. */
	pcow_fixture_write(guardian->root, path, pid);
	return 0;
}

/*
 * Who ends a CI job or a service kills all of its cgroup at once, the guardian
 * with the run.  The topmost group of each hierarchy is nobody's to kill.
 */
static void leave_cgroups(const struct pcow_root *root, pid_t pid)
{
	struct guardian guardian = { root, pid };

	pcow_cgroup_each(root, leave, &guardian);
}

int pcow_guardian_start(struct pcow_journal *journal, pid_t *pid, int *pipe_fd)
{
	sigset_t all, mask;
	int fds[2], ret = 0;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	/* A ^C between fork() and setsid() must not take the guardian along. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &mask);
	*pid = fork();
	if (*pid == 0) {
		close(fds[1]);
		guard(journal, fds[0], &mask);
	}
	if (*pid < 0)
		ret = -errno;
	else
		leave_cgroups(&journal->root, *pid);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	close(fds[0]);
	if (ret)
		close(fds[1]);
	else
		*pipe_fd = fds[1];
	return ret;
}
