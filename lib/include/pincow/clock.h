/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock that samples are taken with.  Timestamps are inline, because a
 * call would be a good part of what they cost.
 */
#ifndef PINCOW_CLOCK_H
#define PINCOW_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum pcow_clock_source {
	PCOW_CLOCK_MONOTONIC_RAW,
	PCOW_CLOCK_TSC, /* x86-64, invariant, agreeing with MONOTONIC_RAW */
	PCOW_CLOCK_CNTVCT, /* arm64 */
};

/**
 * struct pcow_clock - what timestamps are taken with
 * @source:		the counter
 * @hz:			ticks a second
 * @resolution_ticks:	step by which readings differ
 */
struct pcow_clock {
	enum pcow_clock_source source;
	uint64_t hz;
	uint64_t resolution_ticks;
};

/* "monotonic_raw", "tsc", "cntvct" */
const char *pcow_clock_name(enum pcow_clock_source source);

/* The inverse of pcow_clock_name(). 0 or -EINVAL. */
int pcow_clock_parse(const char *name, enum pcow_clock_source *source);

/**
 * pcow_clock_choose() - pick the finest clock that can be trusted
 * @clock:	result
 *
 * The processor's counter where it is invariant and two measurements of its
 * rate against CLOCK_MONOTONIC_RAW, 50 ms apart, agree within 0.1 %; else
 * CLOCK_MONOTONIC_RAW itself.
 */
void pcow_clock_choose(struct pcow_clock *clock);

/**
 * pcow_clock_counts_instructions() - is a nanosecond one instruction here?
 * @clock:	the clock
 *
 * True in an emulated guest whose time is derived from its instruction count:
 * loops of 2 and of 10 instructions take 2 ns and 10 ns a turn, within 2 %.
 */
bool pcow_clock_counts_instructions(const struct pcow_clock *clock);

/**
 * pcow_clock_overhead() - cost of an empty timer pair
 * @clock:	the clock
 * @ticks:	the median over 10 000 pairs
 *
 * Return: 0 or -ENOMEM.
 */
int pcow_clock_overhead(const struct pcow_clock *clock, uint64_t *ticks);

/* CLOCK_MONOTONIC_RAW in nanoseconds. */
static inline uint64_t pcow_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/*
 * Timestamp before the timed work: nothing earlier is still running when the
 * counter is read, and nothing of the work starts before it.
 */
static inline uint64_t pcow_clock_begin(const struct pcow_clock *clock)
{
#if defined(__x86_64__)
	if (clock->source == PCOW_CLOCK_TSC) {
		uint32_t lo, hi;

		__asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(lo), "=d"(hi) : : "memory");
		return (uint64_t)hi << 32 | lo;
	}
#elif defined(__aarch64__)
	if (clock->source == PCOW_CLOCK_CNTVCT) {
		uint64_t ticks;

		__asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(ticks) : : "memory");
		return ticks;
	}
#endif
	(void)clock;
	return pcow_now_ns();
}

/* Timestamp after the timed work: all of it is done, nothing later has begun. */
static inline uint64_t pcow_clock_end(const struct pcow_clock *clock)
{
#if defined(__x86_64__)
	if (clock->source == PCOW_CLOCK_TSC) {
		uint32_t lo, hi, cpu;

		__asm__ volatile("rdtscp\n\tlfence" : "=a"(lo), "=d"(hi), "=c"(cpu) : : "memory");
		return (uint64_t)hi << 32 | lo;
	}
#endif
	return pcow_clock_begin(clock);
}

#endif
