/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forked children of a worker.
 */
#ifndef PINCOW_PEER_H
#define PINCOW_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <pincow/region.h>

/**
 * struct pcow_peer - a forked child of the worker that obeys commands
 * @pid:	0 while there is none
 * @pidfd:	of @pid once it was waited for, else -1; internal
 * @status:	wait status of the last one that was reaped
 * @command:	pipe of commands; internal
 * @answer:	pipe of answers; internal
 * @stack:	the child's; the worker's own is not forked.  Internal
 * @open:	whether the pipes and the stack are there; internal
 *
 * A peer parks in read(2) and dies with the worker.
 */
struct pcow_peer {
	pid_t pid;
	int pidfd;
	int status;
	int command[2];
	int answer[2];
	char *stack;
	bool open;
};

/* Make the pipes and the stack, so that the fork itself allocates nothing of ours. */
int pcow_peer_open(struct pcow_run *run, struct pcow_peer *peer);

/* One clone(2) as fork() does it, without the C library's handlers; returns
 * 0 in the worker, or a negative errno.  The child never returns. */
int pcow_peer_fork(struct pcow_peer *peer);

/* Wait until the peer runs and is parked.  A peer that died is an error that
 * says of what. */
int pcow_peer_wait(struct pcow_run *run, struct pcow_peer *peer);

/* Let the peer store one byte every @step_bytes of @region, and wait for it. */
int pcow_peer_write(struct pcow_run *run, struct pcow_peer *peer, const struct pcow_region *region,
		    size_t step_bytes);

/* Claim that a parked peer has next to nothing that it does not share with the worker:
 * what else it had would be unmapped with it. */
int pcow_peer_claim_bare(struct pcow_run *run, const struct pcow_peer *peer);

/* Tell the peer to exit and wait until it is reaped.  No peer: nothing. */
void pcow_peer_exit(struct pcow_peer *peer);

/* pcow_peer_exit() and let go of the rest; safe on a zeroed peer. */
void pcow_peer_close(struct pcow_peer *peer);

#endif
