/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of what headers tell of where a boot ran.
 */
#ifndef PINCOW_COMPARE_ENVIRONMENT_H
#define PINCOW_COMPARE_ENVIRONMENT_H

#include "analysis.h"

/* Groups that differ in these are compared by them. */
#define BY_HOST (PCOW_KEY_HOST | PCOW_KEY_ARCH)

/* The text of what a file does not tell, which is no difference. */
#define PCOW_NOT_KNOWN "not known"

enum pcow_fact_source {
	FROM_VERSION, /* of pincow */
	FROM_WORKERS, /* the clock that they used, and the CPU */
	FROM_HOST,
	FROM_MODEL,
	FROM_CONFIG,
};

enum pcow_fact_form {
	AS_IT_IS,
	AS_BYTES,
	AS_COUNT, /* of what the array holds */
	AS_CMDLINE, /* the boot loader's BOOT_IMAGE= is the kernel's file */
	AS_SIZE, /* of memory: kernels keep more or less of it to themselves */
	AS_PREEMPTION, /* of the version's words that one */
	AS_STATE, /* what comes before the first comma or semicolon weighs most */
};

/* What a difference is. */
enum pcow_fact_weight {
	TOLD, /* nothing: it differs from boot to boot, or is told elsewhere */
	NOTED,
	NOTED_WITHIN, /* a mixture that all groups are */
	STOPS_WITHIN, /* the comparison itself; a group of several is a mixture */
	STOPS,
};

/**
 * struct pcow_fact - one thing known of every boot
 * @title:	for people
 * @source:	of the header
 * @group:	object within @source, or NULL
 * @key:	within that; its members are a row each when @members is set
 * @members:	@title and a member's name are that row's title
 * @form:	how it is written
 * @weight:	see there
 * @keys:	groups made by one of these are compared by it
 * @stop:	with STOPS and STOPS_WITHIN
 */
struct pcow_fact {
	const char *title;
	enum pcow_fact_source source;
	const char *group, *key;
	bool members;
	enum pcow_fact_form form;
	enum pcow_fact_weight weight;
	unsigned int keys;
	enum pcow_stop stop;
};

typedef int pcow_fact_visit(const struct pcow_fact *fact, const char *title, const json_t *cells,
			    void *arg);

/* pcow_environment_each() with what is known of the row. */
int pcow_facts_each(const struct pcow_stratum *stratum, pcow_fact_visit *visit, void *arg);

#endif
