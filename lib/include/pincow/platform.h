/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine: CPUs, /proc and /sys, and what a run changes of it and puts
 * back.
 */
#ifndef PINCOW_PLATFORM_H
#define PINCOW_PLATFORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pincow/error.h>
#include <pincow/root.h>

/* --------------------------------------------------------------- available */

/**
 * pcow_available_bytes() - memory that this process can still take
 * @root:	the machine
 * @bytes:	the least of the host's MemAvailable and of what each limit of
 *		this process's memory cgroups leaves (v1 and v2, up to the top)
 * @who:	what leaves the least: "the host", "cgroup /a/b (memory.max)"
 * @size:	of @who
 *
 * Inactive page cache counts as free.  Limits that the mounts do not show, as
 * in some containers, are not seen.
 *
 * Return: 0, or -errno when the host does not tell.
 */
int pcow_available_bytes(const struct pcow_root *root, uint64_t *bytes, char *who, size_t size);

/* The same of hugetlb pages of one size, by cgroups alone: UINT64_MAX without a
 * limit.  What the pool has is another question. */
void pcow_available_hugetlb_bytes(const struct pcow_root *root, size_t folio_bytes, uint64_t *bytes,
				  char *who, size_t size);

/* ---------------------------------------------------------------- topology */

/**
 * pcow_topology_json() - CPUs, caches and NUMA nodes for the result header
 *
 * Return: a JSON object owned by the caller, or NULL.
 */
json_t *pcow_topology_json(void);

/**
 * pcow_topology_worker_cpu() - where a worker is bound
 * @cpu:	OS index; untouched on failure
 * @err:	one line on failure
 *
 * The first hardware thread of the last allowed core: away from CPU 0, which
 * takes most interrupts, and from the parent.  On hybrid parts only the fastest
 * kind of core counts of which one is allowed.
 *
 * Return: 0 or -errno.
 */
int pcow_topology_worker_cpu(int *cpu, struct pcow_error *err);

/**
 * pcow_topology_worker_cpus() - the same for several threads
 * @cpus:	where the first, the second ... are bound: a core each while there are any,
 *		then the second hardware threads
 * @n:		room in @cpus; how many there are
 * @err:	one line on failure
 *
 * Return: 0 or -errno.
 */
int pcow_topology_worker_cpus(int *cpus, size_t *n, struct pcow_error *err);

/* ---------------------------------------------------------------- hostinfo */

/**
 * pcow_hostinfo_json() - what a reader must know of the machine
 * @root:	the machine
 *
 * Keys are those of results/README.md, "host"; what cannot be read is null.
 *
 * Return: a JSON object owned by the caller, or NULL when out of memory.
 */
json_t *pcow_hostinfo_json(const struct pcow_root *root);

/* ------------------------------------------------------------------ doctor */

enum pcow_check_status {
	PCOW_CHECK_OK, /* nothing to do */
	PCOW_CHECK_WARN, /* figures get noisier, or mean something else */
	PCOW_CHECK_UNKNOWN, /* cannot be read here */
};

/* "ok", "warn", "unknown" */
const char *pcow_check_status_name(enum pcow_check_status status);

/**
 * struct pcow_check - one finding about the host
 * @check:	short name, for example "governor"
 * @status:	see there
 * @value:	what was read
 * @why:	why it matters to these measurements
 * @remedy:	the command that mends it; "" when it is fine or cannot be mended
 */
struct pcow_check {
	char check[32];
	enum pcow_check_status status;
	char value[256];
	char why[256];
	char remedy[256];
};

/* Calls @emit once a check, in a fixed order; stops at its first non-zero
 * return and hands it through. */
int pcow_doctor(const struct pcow_root *root, int (*emit)(const struct pcow_check *, void *),
		void *arg);

/* {check, status, value, why, remedy}, owned by the caller; NULL when out of memory. */
json_t *pcow_check_json(const struct pcow_check *check);

/* ---------------------------------------------------------------- fixtures */

/*
 * What a run changes of the host: settings, a swap device, a device's driver, a
 * cgroup.  Before each change its undo goes to a journal, and a guardian process
 * is there; both put the host back, the guardian when this process dies of
 * whatever signal, `pincow doctor --restore` when the guardian died too.  One
 * process at a time holds the journal.
 */
struct pcow_fixtures;

/* Where the journal is: PINCOW_JOURNAL, else /run/pincow/journal.jsonl. */
const char *pcow_fixtures_journal(void);

/**
 * pcow_fixtures_ready() - may the host be changed here?
 * @restored:	how many changes that a killed run had left were undone
 * @err:	one line on failure
 *
 * Return: 0; -ENOTSUP in a container that would take journal and guardian along;
 * -EBUSY while another run has the host changed; or -errno.
 */
int pcow_fixtures_ready(unsigned int *restored, struct pcow_error *err);

/**
 * pcow_fixtures_open() - take the journal and start the guardian
 * @fixtures:	result, closed with pcow_fixtures_close()
 * @err:	one line on failure
 *
 * The guardian is a child of this process: wait for other children by their
 * pid.  It acts at the end of file on a pipe, so a child that is forked while
 * the fixtures are open must exec, or the guardian waits for its death too.  It
 * lives outside of this process's cgroups where that is allowed, for they may be
 * killed as a whole.
 *
 * Return: 0; -EBUSY when another run holds the journal; -EUCLEAN when a dead
 * run left one behind (remedy: doctor --restore); or -errno.
 */
int pcow_fixtures_open(struct pcow_fixtures **fixtures, struct pcow_error *err);

/*
 * What fails in the middle stays as far as it came, until the fixtures are
 * closed.
 */

/**
 * pcow_fixture_setting() - record a setting's value and write another
 * @fixtures:	from pcow_fixtures_open()
 * @path:	absolute, under /proc/sys or /sys
 * @value:	text to write
 * @err:	one line on failure
 *
 * A setting that already has the value is left alone and not recorded.
 *
 * Return: 0; -ENOMEM when nr_hugepages was asked for more than there is room
 * for; or -errno.
 */
int pcow_fixture_setting(struct pcow_fixtures *fixtures, const char *path, const char *value,
			 struct pcow_error *err);

/**
 * pcow_fixture_swap() - add a zram device and swap to it first of all
 * @fixtures:	from pcow_fixtures_open()
 * @bytes:	its size, of what is swapped out; compressed it takes less memory
 * @err:	one line on failure
 *
 * Return: 0; -ENODEV without the kernel's module; or -errno.
 */
int pcow_fixture_swap(struct pcow_fixtures *fixtures, uint64_t bytes, struct pcow_error *err);

/**
 * pcow_fixture_bind() - take a PCI device from its driver and give it to another
 * @fixtures:	from pcow_fixtures_open()
 * @address:	of the device, as "0000:00:05.0"
 * @driver:	loaded already, for example "vfio-pci"
 * @err:	one line on failure
 *
 * Whoever uses the device loses it.  One that already has the driver is left
 * alone and not recorded.
 *
 * Return: 0; -ENODEV without device or driver; -EBUSY when the driver did not
 * take it; or -errno.
 */
int pcow_fixture_bind(struct pcow_fixtures *fixtures, const char *address, const char *driver,
		      struct pcow_error *err);

/* A file of a cgroup, as "memory.max", and the text that is written to it. */
struct pcow_fixture_limit {
	const char *file, *value;
};

/**
 * pcow_fixture_cgroup() - make a cgroup of version 2 with limits
 * @fixtures:	from pcow_fixtures_open()
 * @limits:	files that are written; may be NULL
 * @n:		of @limits
 * @folder:	result: its absolute path; who is to be in it writes its pid to
 *		cgroup.procs there
 * @size:	of @folder
 * @err:	one line on failure
 *
 * It lies in the own cgroup, or in the nearest above that has the limits'
 * controllers for its children.  Processes that are left in it at the end are
 * moved up.  A swap device that it is to use is added before it, or its limit
 * still holds when the device goes, and who has no room there is killed.
 *
 * Return: 0; -ENOTSUP where no such cgroup is; or -errno.
 */
int pcow_fixture_cgroup(struct pcow_fixtures *fixtures, const struct pcow_fixture_limit *limits,
			size_t n, char *folder, size_t size, struct pcow_error *err);

/* Undo everything in reverse order, end the guardian, remove the journal.  0, or
 * -errno with what could not be undone in @err. */
int pcow_fixtures_close(struct pcow_fixtures *fixtures, struct pcow_error *err);

/**
 * pcow_fixtures_restore() - undo what a dead run left changed
 * @restored:	how many changes were undone; 0 when there is no journal
 * @err:	one line on failure
 *
 * Return: 0; -EBUSY while a run is alive; or -errno.
 */
int pcow_fixtures_restore(unsigned int *restored, struct pcow_error *err);

#endif
