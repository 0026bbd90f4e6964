/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing and calibrating the clock. */
#include <pincow/clock.h>

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#define NS_PER_S	 UINT64_C(1000000000)
#define RATE_WINDOW_NS	 UINT64_C(25000000)
#define RATE_TOLERANCE	 1000 /* 1/1000: far above what a good counter shows */
#define OVERHEAD_PAIRS	 10000
#define RESOLUTION_READS 1000
#define LOOP_TURNS	 10000
#define LOOP_TRIES	 20

static const char *const clock_names[] = {
	[PCOW_CLOCK_MONOTONIC_RAW] = "monotonic_raw",
	[PCOW_CLOCK_TSC] = "tsc",
	[PCOW_CLOCK_CNTVCT] = "cntvct",
};

const char *pcow_clock_name(enum pcow_clock_source source)
{
	return clock_names[source];
}

int pcow_clock_parse(const char *name, enum pcow_clock_source *source)
{
	for (size_t i = 0; i < sizeof(clock_names) / sizeof(clock_names[0]); i++) {
		if (strcmp(name, clock_names[i]) == 0) {
			*source = (enum pcow_clock_source)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Does the processor promise a counter of constant rate that never stops? */
static bool counter_is_invariant(enum pcow_clock_source *source)
{
#if defined(__x86_64__)
	unsigned int eax, ebx, ecx, edx;

	*source = PCOW_CLOCK_TSC;
	/* RDTSCP is Fn8000_0001 EDX[27], TscInvariant is Fn8000_0007 EDX[8]. */
	if (!__get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx) || !(edx & 1u << 27))
		return false;
	return __get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx) && (edx & 1u << 8);
#elif defined(__aarch64__)
	/* The architecture promises it of the generic timer. */
	*source = PCOW_CLOCK_CNTVCT;
	return true;
#else
	(void)source;
	return false;
#endif
}

/* Ticks a second over one window. */
static uint64_t rate_hz(const struct pcow_clock *clock)
{
	uint64_t start_ns = pcow_now_ns();
	uint64_t start_ticks = pcow_clock_begin(clock);
	uint64_t now_ns;

	do {
		now_ns = pcow_now_ns();
	} while (now_ns - start_ns < RATE_WINDOW_NS);
	return (uint64_t)((double)(pcow_clock_end(clock) - start_ticks) * (double)NS_PER_S /
			  (double)(now_ns - start_ns));
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/*
 * Where two readings can be equal, the least difference is the counter's step.
 * Where none are, a reading takes longer than a step, and what all differences
 * are multiples of tells.
 */
static uint64_t resolution_ticks(const struct pcow_clock *clock)
{
	uint64_t least = UINT64_MAX, common = 0;
	uint64_t last = pcow_clock_begin(clock);
	bool equal = false;

	for (int i = 0; i < RESOLUTION_READS; i++) {
		uint64_t now = pcow_clock_begin(clock);

		equal |= now == last;
		if (now > last && now - last < least)
			least = now - last;
		common = gcd(common, now - last);
		last = now;
	}
	if (!common)
		return 1;
	return equal ? least : common;
}

void pcow_clock_choose(struct pcow_clock *clock)
{
	if (counter_is_invariant(&clock->source)) {
		uint64_t first = rate_hz(clock);
		uint64_t second = rate_hz(clock);
		uint64_t apart = first > second ? first - second : second - first;

		clock->hz = second;
		if (second && apart <= second / RATE_TOLERANCE)
			goto out;
	}
	clock->source = PCOW_CLOCK_MONOTONIC_RAW;
	clock->hz = NS_PER_S;
out:
	clock->resolution_ticks = resolution_ticks(clock);
}

#if defined(__x86_64__)
#define LOOP(body) __asm__ volatile("1:\n\t" body "dec %0\n\tjnz 1b" : "+r"(turns) : : "cc")
#elif defined(__aarch64__)
#define LOOP(body)                                                                                 \
	__asm__ volatile("1:\n\t" body "subs %0, %0, #1\n\tb.ne 1b" : "+r"(turns) : : "cc")
#endif

/* Nanoseconds a turn of a loop of 2 instructions, or with eight more in it. */
static double loop_ns(const struct pcow_clock *clock, bool longer)
{
	uint64_t turns = LOOP_TURNS;
	uint64_t start = pcow_clock_begin(clock);
	uint64_t ticks;

	if (longer)
		LOOP("nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\t");
	else
		LOOP("");
	ticks = pcow_clock_end(clock) - start;
	return (double)ticks * (double)NS_PER_S / (double)clock->hz / LOOP_TURNS;
}

bool pcow_clock_counts_instructions(const struct pcow_clock *clock)
{
	double two = INFINITY, ten = INFINITY;

	/* The least of several: an interrupt is instructions too. */
	for (int i = 0; i < LOOP_TRIES; i++) {
		two = fmin(two, loop_ns(clock, false));
		ten = fmin(ten, loop_ns(clock, true));
	}
	return two > 1.96 && two < 2.04 && ten > 9.8 && ten < 10.2;
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int pcow_clock_overhead(const struct pcow_clock *clock, uint64_t *ticks)
{
	size_t bytes = OVERHEAD_PAIRS * sizeof(uint64_t);
	/* Not static: it would be part of each fork that is timed. */
	uint64_t *pair_ticks = malloc(bytes);

	if (!pair_ticks)
		return -ENOMEM;
	/* Written first, so that no page fault is timed. */
	memset(pair_ticks, 0xff, bytes);
	for (size_t i = 0; i < OVERHEAD_PAIRS; i++) {
		uint64_t start = pcow_clock_begin(clock);

		pair_ticks[i] = pcow_clock_end(clock) - start;
	}
	qsort(pair_ticks, OVERHEAD_PAIRS, sizeof(*pair_ticks), compare_u64);
	*ticks = pair_ticks[OVERHEAD_PAIRS / 2];
	free(pair_ticks);
	return 0;
}
