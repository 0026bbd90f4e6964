/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to lib/core: worker processes, and the file that their lines go to. */
#ifndef PINCOW_CORE_SPAWN_H
#define PINCOW_CORE_SPAWN_H

#include <pincow/core.h>

/**
 * struct pcow_spawn - a worker process seen from its parent
 * @pid:	the process, leader of its own process group
 * @result:	memfd that it writes its line to
 */
struct pcow_spawn {
	pid_t pid;
	int result;
};

/* Where pincow-worker is: relative to this program, as it was built or installed.
 * 0, or -errno with a line in @err. */
int pcow_worker_program(char *path, size_t size, struct pcow_error *err);

/* Start a worker of @program. 0 or -errno. */
int pcow_spawn_start(struct pcow_spawn *spawn, const char *program, const struct pcow_job *job);

/* End it and its children, reap it. */
void pcow_spawn_kill(struct pcow_spawn *spawn);

/**
 * struct pcow_output - the result file while a run writes it
 * @fd:		locked for this process alone
 * @path:	for messages
 */
struct pcow_output {
	int fd;
	const char *path;
};

/* Create @path, or with @resume open it and cut an unfinished last line. The
 * lock says whether another run writes it. 0 or -errno with a line in @err. */
int pcow_output_open(struct pcow_output *out, const char *path, bool resume,
		     struct pcow_error *err);

/* Append all of @from and fsync; on failure the file is as it was before. */
int pcow_output_append(struct pcow_output *out, int from, struct pcow_error *err);

void pcow_output_close(struct pcow_output *out);

#endif
