/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a scenario, a pin or a page state asks of the host, as data: `list` and
 * `doctor` print it, a case that lacks it is skipped, `run --prepare` sets what is
 * a setting.
 */
#ifndef PINCOW_NEED_H
#define PINCOW_NEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

struct pcow_root;

enum pcow_need_kind {
	PCOW_NEEDS_END, /* no need, but the end of an array of them */
	PCOW_NEED_CAPABILITY, /* PCOW_CAPABILITY(CAP_SYS_ADMIN), in the initial user namespace */
	PCOW_NEED_SYSCALL, /* PCOW_SYSCALL(io_uring_setup), not missing and not forbidden */
	PCOW_NEED_SYSCTL, /* "kernel.io_uring_disabled" lies in @least..@most; absent, it is 0 */
	PCOW_NEED_MODULE, /* "zram", loaded or built in */
	PCOW_NEED_DEVICE, /* "/dev/vfio/vfio", which this user may read and write */
	PCOW_NEED_PROGRAM, /* "/bin/true", which this user may execute */
	PCOW_NEED_CGROUP, /* v2's controller "memory", in a cgroup where this user may make others */
	PCOW_NEED_HUGETLB, /* @least bytes unused in the pool of pages of "2M" */
	PCOW_NEED_MEMLOCK, /* RLIMIT_MEMLOCK of @least bytes, or CAP_IPC_LOCK */
	PCOW_NEED_NODES, /* @least NUMA nodes with memory that this process may use */
	PCOW_NEED_CPUS, /* @least CPUs that this process may run on */
	PCOW_NEED_KINDS,
};

/**
 * struct pcow_need - one thing that is asked of the host
 * @kind:	see there, with what each asks
 * @what:	its name; NULL of memlock, nodes and CPUs
 * @least:	how much; of a capability or system call its number
 * @most:	of a sysctl
 * @times:	a parameter of the case, by whose value @least is multiplied:
 *		{ .kind = PCOW_NEED_MEMLOCK, .least = 1, .times = "size" }; NULL for a fixed
 *		number
 * @remedy:	what mends it, where the kind's own remedy does not serve; may be
 *		NULL
 */
struct pcow_need {
	enum pcow_need_kind kind;
	const char *what;
	int64_t least, most;
	const char *times;
	const char *remedy;
};

/* An array of needs, as scenarios and pinners have one. */
#define PCOW_NEEDS(...) ((const struct pcow_need[]){ __VA_ARGS__, { .kind = PCOW_NEEDS_END } })

/* The first fields of a capability (linux/capability.h). */
#define PCOW_CAPABILITY(cap) .kind = PCOW_NEED_CAPABILITY, .what = #cap, .least = (cap)

/* The first fields of a system call.  It is tried with arguments that are all -1, so
 * it must be one that refuses them: never exit or pause. */
#define PCOW_SYSCALL(name) .kind = PCOW_NEED_SYSCALL, .what = #name, .least = SYS_##name

enum pcow_met {
	PCOW_MET,
	PCOW_UNMET,
	PCOW_MET_UNKNOWN, /* a recorded host does not tell */
};

/**
 * struct pcow_lack - why a need is not met
 * @reason:	one line
 * @remedy:	a command or what else mends it
 * @path, @value: the setting that would, absolute below /proc/sys or /sys, and what to
 *		write to it; "" for none
 */
struct pcow_lack {
	char reason[256];
	char remedy[256];
	char path[128];
	char value[32];
};

/**
 * pcow_need_check() - does this host have it now?
 * @need:	the need
 * @root:	the machine, and this process in its /proc/self
 * @times:	value of the parameter @need->times; unused without one
 * @lack:	filled in unless it is met
 *
 * Return: PCOW_MET or PCOW_UNMET; PCOW_MET_UNKNOWN, with the reason, where @root is a
 * recorded machine and has no file that tells.
 */
enum pcow_met pcow_need_check(const struct pcow_need *need, const struct pcow_root *root,
			      uint64_t times, struct pcow_lack *lack);

/* "io_uring_setup(2)", "RLIMIT_MEMLOCK >= size", "CPUs >= 2" */
void pcow_need_format(char *buf, size_t size, const struct pcow_need *need);

/* Has this process the capability of that number, effective and in the initial user
 * namespace, which is the one that the kernel asks about memory and devices? */
bool pcow_capable(const struct pcow_root *root, unsigned int capability);

#endif
