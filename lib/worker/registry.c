/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scenarios, states and pinners that are linked in, found by the bounds of their
 * sections.
 */
#include <pincow/worker.h>

#include <stdlib.h>
#include <string.h>

/* Each member begins with its name. */
struct named {
	const char *name;
};

/**
 * struct section - members of one kind
 * @start, @stop: the section; in link order, which means nothing to a reader
 * @sorted:	by name, once it was asked for
 */
struct section {
	const struct named *const *start, *const *stop;
	const struct named **sorted;
};

static size_t count(const struct section *s)
{
	return (size_t)(s->stop - s->start);
}

static int compare_name(const void *a, const void *b)
{
	const struct named *const *x = a;
	const struct named *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static const void *at(struct section *s, size_t index)
{
	size_t n = count(s);

	if (!s->sorted && n) {
		s->sorted = malloc(n * sizeof(*s->sorted));
		if (!s->sorted)
			abort();
		memcpy(s->sorted, s->start, n * sizeof(*s->sorted));
		qsort(s->sorted, n, sizeof(*s->sorted), compare_name);
	}
	return index < n ? s->sorted[index] : NULL;
}

static const void *find(struct section *s, const char *name)
{
	for (size_t i = 0; i < count(s); i++)
		if (strcmp(((const struct named *)at(s, i))->name, name) == 0)
			return at(s, i);
	return NULL;
}

/* The bounds are made by the linker for a section whose name is a C identifier; there are
 * none where nobody is in it. */
#define REGISTRY(kind)                                                                             \
	extern const struct named *const __start_pcow_##kind##s[] __attribute__((weak));           \
	extern const struct named *const __stop_pcow_##kind##s[] __attribute__((weak));            \
	static struct section kind##s = { __start_pcow_##kind##s, __stop_pcow_##kind##s, NULL };   \
                                                                                                   \
	size_t pcow_##kind##_count(void)                                                           \
	{                                                                                          \
		return count(&kind##s);                                                            \
	}                                                                                          \
                                                                                                   \
	const struct pcow_##kind *pcow_##kind##_at(size_t index)                                   \
	{                                                                                          \
		return at(&kind##s, index);                                                        \
	}                                                                                          \
                                                                                                   \
	const struct pcow_##kind *pcow_##kind##_find(const char *name)                             \
	{                                                                                          \
		return find(&kind##s, name);                                                       \
	}

REGISTRY(scenario)
REGISTRY(state)
REGISTRY(pinner)
