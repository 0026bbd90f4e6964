/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the independent programs share: the clock, samples, memory, a child.
 * Nothing here knows pincow, or looks at how it does the same.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The first three are warm-ups, which truth_print() leaves out. */
#define TRUTH_SAMPLES 23

/*
 * Bind to CPU 0 and take the options: --fifo (real time, children are not),
 * --pmu (count instructions, by the CPU's own counter).  Returns what follows.
 */
char **truth_start(char **argv);

/* For what a child does within the window: ordinary scheduling, and with --pmu
 * all that the CPU runs. */
void truth_with_child(void);

/* CLOCK_MONOTONIC_RAW in ns; with --pmu the instructions of this task. */
uint64_t truth_now(void);

void truth_sample(uint64_t begin, uint64_t end);

/* A line "NAME:OF MEDIAN LEAST", of samples less an empty pair, over @ops; forgets them. */
void truth_print(const char *name, const char *of, size_t ops);

/* Page faults of this process so far; and that there were so many since @before. */
long truth_faults(void);
void truth_faulted(const char *name, long before, size_t expected);

/* "4M" in bytes. */
size_t truth_bytes(const char *text);
size_t truth_pages(size_t bytes);

/* Private anonymous memory of base pages that are not there yet, whole page tables of it. */
char *truth_map(size_t bytes);
void truth_unmap(char *at, size_t bytes);

/* One store, or load, a page. */
void truth_write(char *at, size_t bytes);
void truth_read(const char *at, size_t bytes);

/*
 * clone() a child that waits in read(2) until truth_end() tells it to exit and
 * reaps it.  truth_park() returns when it waits there.
 */
pid_t truth_fork(void);
void truth_park(void);
void truth_end(pid_t child);

/* A line on stderr, and exit status 1. */
__attribute__((noreturn, format(printf, 1, 2))) void truth_die(const char *format, ...);
