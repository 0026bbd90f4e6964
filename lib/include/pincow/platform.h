/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine: CPUs, /proc and /sys, settings that are changed and put
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

/* ---------------------------------------------------------------- settings */

/*
 * Host settings that a run changes.  Before the first write the old value goes
 * to a journal and a guardian process is started; both put the host back, the
 * guardian when this process dies of whatever signal, `pincow doctor
 * --restore` when the guardian died too.  One process at a time holds the
 * journal.
 */
struct pcow_settings;

/* Where the journal is: PINCOW_JOURNAL, else /run/pincow/journal.jsonl. */
const char *pcow_settings_journal(void);

/**
 * pcow_settings_ready() - may host settings be changed here?
 * @restored:	how many settings that a killed run had left changed went back
 * @err:	one line on failure
 *
 * Return: 0; -ENOTSUP in a container that would take journal and guardian along;
 * -EBUSY while another run has settings changed; or -errno.
 */
int pcow_settings_ready(unsigned int *restored, struct pcow_error *err);

/**
 * pcow_settings_open() - take the journal and start the guardian
 * @settings:	result, closed with pcow_settings_close()
 * @err:	one line on failure
 *
 * The guardian is a child of this process: wait for other children by their
 * pid.  It acts at the end of file on a pipe, so a child that is forked while
 * the settings are open must exec, or the guardian waits for its death too.  It
 * lives outside of this process's cgroups where that is allowed, for they may be
 * killed as a whole.
 *
 * Return: 0; -EBUSY when another run holds the journal; -EUCLEAN when a dead
 * run left one behind (remedy: doctor --restore); or -errno.
 */
int pcow_settings_open(struct pcow_settings **settings, struct pcow_error *err);

/**
 * pcow_settings_change() - record a setting's value and write another
 * @settings:	from pcow_settings_open()
 * @path:	absolute, under /proc/sys or /sys
 * @value:	text to write
 * @err:	one line on failure
 *
 * A setting that already has the value is left alone and not recorded.
 *
 * Return: 0; -ENOMEM when nr_hugepages was asked for more than there is room
 * for (what was given stays until the settings are closed); or -errno.
 */
int pcow_settings_change(struct pcow_settings *settings, const char *path, const char *value,
			 struct pcow_error *err);

/* Put everything back in reverse order, end the guardian, remove the journal.
 * 0, or -errno with the setting that would not go back in @err. */
int pcow_settings_close(struct pcow_settings *settings, struct pcow_error *err);

/**
 * pcow_settings_restore() - put back what a dead run left changed
 * @restored:	how many settings went back; 0 when there is no journal
 * @err:	one line on failure
 *
 * Return: 0; -EBUSY while a run is alive; or -errno.
 */
int pcow_settings_restore(unsigned int *restored, struct pcow_error *err);

#endif
