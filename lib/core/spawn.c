/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting and ending worker processes. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int pcow_worker_program(char *path, size_t size, struct pcow_error *err)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n < 0)
		return pcow_error_set(err, -errno, "/proc/self/exe: %s", strerror(errno));
	exe[n] = '\0';
	snprintf(path, size, "%s/" PINCOW_WORKER, dirname(exe));
	if (access(path, X_OK))
		return pcow_error_set(err, -errno, "%s: %s: install pincow again", path,
				      strerror(errno));
	return 0;
}

/*
 * In a process group of its own, so that ^C reaches the parent alone, which
 * then ends the worker together with the children it forked.
 */
static int spawn_process(pid_t *pid, const char *program, char *job, int result)
{
	char fd_text[16];
	char *argv[] = { (char *)program, job, fd_text, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	int ret;

	snprintf(fd_text, sizeof(fd_text), "%d", PCOW_WORKER_RESULT_FD);
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, result, PCOW_WORKER_RESULT_FD);
	ret = posix_spawn(pid, program, &actions, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return -ret;
}

int pcow_spawn_start(struct pcow_spawn *spawn, const char *program, const struct pcow_job *job)
{
	char *text = pcow_job_format(job);
	int ret;

	if (!text)
		return -ENOMEM;
	spawn->result = memfd_create("pincow-result", MFD_CLOEXEC);
	ret = spawn->result < 0 ? -errno : spawn_process(&spawn->pid, program, text, spawn->result);
	if (ret && spawn->result >= 0)
		close(spawn->result);
	free(text);
	return ret;
}

void pcow_spawn_kill(struct pcow_spawn *spawn)
{
	kill(-spawn->pid, SIGKILL);
	while (waitpid(spawn->pid, NULL, 0) < 0 && errno == EINTR)
		;
}
