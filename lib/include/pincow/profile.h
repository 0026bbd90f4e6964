/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Profiles by kernel function, as `lab profile` writes them: where the
 * instructions of an operation go.  The reader trusts nothing.
 */
#ifndef PINCOW_PROFILE_H
#define PINCOW_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pincow/error.h>
#include <pincow/result.h>

/* The version read; a greater one is refused. */
#define PCOW_PROFILE_SCHEMA 1

/* Limits on what is read.  The kernel's own symbols are shorter than 512 bytes, and
 * behind a module's stands its name. */
#define PCOW_PROFILE_CASES_MAX	   4096
#define PCOW_PROFILE_FUNCTIONS_MAX 65536
#define PCOW_PROFILE_FUNCTION_SIZE 640

/**
 * struct pcow_profiled_function - one function of the kernel
 * @name:	its symbol; behind a module's "[MODULE]"
 * @others:	executed by another task than the one that was timed
 * @instructions: its own, without what it calls
 * @calls:	how often it was entered
 *
 * Numbers are of all windows.
 */
struct pcow_profiled_function {
	char *name;
	bool others;
	uint64_t instructions, calls;
};

/**
 * struct pcow_profiled_case - what was counted within the windows of one case
 * @scenario, @params, @nr_params, @operation, @op_bytes: as in struct pcow_record
 * @operations:	in all windows; not 0
 * @waited:	the task gave its CPU away within a window, so the clock counted idle time
 * @kernel, @user: instructions of the task that was timed
 * @others_kernel, @others_user: of all other tasks
 * @functions, @nr_functions: of the kernel
 */
struct pcow_profiled_case {
	char scenario[PCOW_RESULT_NAME_MAX];
	struct pcow_value params[PCOW_RESULT_PARAMS_MAX];
	size_t nr_params;
	char operation[PCOW_RESULT_NAME_MAX];
	uint64_t op_bytes;
	uint64_t operations;
	bool waited;
	uint64_t kernel, user, others_kernel, others_user;
	struct pcow_profiled_function *functions;
	size_t nr_functions;
};

/**
 * struct pcow_function_profile - a profile file
 * @path:	of the file
 * @kernel:	what the lab calls the kernel
 * @release, @build_id: the kernel's own; @build_id is "" when unknown
 * @machine:	"x86_64", "aarch64"
 * @page_bytes:	base page; not 0
 * @cases, @nr_cases: in the order of the file
 */
struct pcow_function_profile {
	char *path;
	char kernel[PCOW_RESULT_NAME_MAX];
	char release[PCOW_RESULT_NAME_MAX * 2];
	char build_id[PCOW_RESULT_NAME_MAX * 2];
	char machine[PCOW_RESULT_NAME_MAX];
	uint64_t page_bytes;
	struct pcow_profiled_case *cases;
	size_t nr_cases;
};

/* Is that a file which begins as a profile does?  Not with what cannot be read twice. */
bool pcow_function_profile_is(const char *path);

/**
 * pcow_function_profile_read() - read a profile file
 * @profile:	result, freed with pcow_function_profile_clear() also on failure
 * @path:	the file
 * @err:	one line on failure, with the path
 *
 * Return: 0; -EPROTO for a newer schema; -EBADMSG for what is no profile; -ENOMEM; -errno.
 */
int pcow_function_profile_read(struct pcow_function_profile *profile, const char *path,
			       struct pcow_error *err);

/* The same from memory; @name stands in errors and is the profile's path. */
int pcow_function_profile_parse(struct pcow_function_profile *profile, const char *text,
				size_t size, const char *name, struct pcow_error *err);
void pcow_function_profile_clear(struct pcow_function_profile *profile);

/* The case of that scenario with these parameters, which are sorted by name; or NULL. */
const struct pcow_profiled_case *
pcow_function_profile_case(const struct pcow_function_profile *profile, const char *scenario,
			   const struct pcow_value *params, size_t nr_params);

#endif
