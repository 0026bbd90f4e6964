/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page kinds by name, and whether this host can give them. */
#include <pincow/page.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pincow/root.h>
#include <pincow/units.h>

#define THP_DIR	    "sys/kernel/mm/transparent_hugepage"
#define HUGETLB_DIR "sys/kernel/mm/hugepages"

size_t pcow_page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

size_t pcow_thp_bytes(void)
{
	uint64_t bytes;

	return pcow_root_read_u64(&pcow_root_live, THP_DIR "/hpage_pmd_size", &bytes) ? 0 : bytes;
}

/* "mthp-64K" after "mthp-": a power of two of at least two base pages. */
static int parse_folio(const char *text, struct pcow_page_kind *kind, enum pcow_page_class cls)
{
	uint64_t bytes;

	if (pcow_bytes_parse(text, &bytes) || bytes < 2 * pcow_page_bytes() || bytes & (bytes - 1))
		return -EINVAL;
	kind->cls = cls;
	kind->folio_bytes = bytes;
	return 0;
}

int pcow_page_kind_parse(const char *text, struct pcow_page_kind *kind)
{
	if (strncmp(text, "mthp-", 5) == 0)
		return parse_folio(text + 5, kind, PCOW_MTHP);
	if (strncmp(text, "hugetlb-", 8) == 0)
		return parse_folio(text + 8, kind, PCOW_HUGETLB);
	if (strcmp(text, "base") == 0) {
		kind->cls = PCOW_BASE;
		kind->folio_bytes = pcow_page_bytes();
		return 0;
	}
	if (strcmp(text, "thp") == 0)
		kind->cls = PCOW_THP;
	else if (strcmp(text, "thp-pte") == 0)
		kind->cls = PCOW_THP_PTE;
	else
		return -EINVAL;
	kind->folio_bytes = pcow_thp_bytes();
	return 0;
}

void pcow_page_kind_format(char *buf, size_t size, const struct pcow_page_kind *kind)
{
	static const char *const names[] = {
		[PCOW_BASE] = "base",  [PCOW_THP] = "thp",	    [PCOW_THP_PTE] = "thp-pte",
		[PCOW_MTHP] = "mthp-", [PCOW_HUGETLB] = "hugetlb-",
	};
	char bytes[24] = "";

	if (kind->cls == PCOW_MTHP || kind->cls == PCOW_HUGETLB)
		pcow_bytes_format(bytes, sizeof(bytes), kind->folio_bytes);
	snprintf(buf, size, "%s%s", names[kind->cls], bytes);
}

/* Sizes that a folder of /sys lists, on their way to the caller's buffer. */
struct size_list {
	enum pcow_page_class cls;
	size_t pmd_bytes;
	size_t *bytes;
	size_t n, max;
};

/* The PMD-sized folio is the kinds thp and thp-pte; sizes that only shared memory has
 * come without this switch (8K, v6.14 on). */
static bool is_mthp(const char *name, size_t bytes, size_t pmd_bytes)
{
	char path[320], choice[64];

	snprintf(path, sizeof(path), THP_DIR "/%s/enabled", name);
	return bytes < pmd_bytes &&
	       pcow_root_read_choice(&pcow_root_live, path, choice, sizeof(choice)) >= 0;
}

static int list_size(const char *name, void *arg)
{
	struct size_list *list = arg;
	size_t kib;

	if (list->n < list->max && sscanf(name, "hugepages-%zukB", &kib) == 1 &&
	    (list->cls != PCOW_MTHP || is_mthp(name, kib * 1024, list->pmd_bytes)))
		list->bytes[list->n++] = kib * 1024;
	return 0;
}

size_t pcow_page_kind_list(enum pcow_page_class cls, size_t *bytes, size_t max)
{
	struct size_list list = {
		.cls = cls, .pmd_bytes = pcow_thp_bytes(), .bytes = bytes, .max = max
	};

	pcow_root_each(&pcow_root_live, cls == PCOW_MTHP ? THP_DIR : HUGETLB_DIR, "hugepages-",
		       list_size, &list);
	return list.n;
}

/* Findings of pcow_page_kind_check(), on their way to the caller's buffers. */
struct verdict {
	struct pcow_page_demands *demands;
	char *reason, *remedy;
	size_t size;
	bool can;
};

/* A setting stands in the way; the first one is the reason that is told. */
static void wants(struct verdict *v, const char *path, const char *value, const char *reason)
{
	struct pcow_page_demands *d = v->demands;

	if (d && d->n < PCOW_PAGE_DEMANDS_MAX) {
		snprintf(d->list[d->n].path, sizeof(d->list[0].path), "/%s", path);
		snprintf(d->list[d->n].value, sizeof(d->list[0].value), "%s", value);
		d->n++;
	}
	if (!v->can)
		return;
	v->can = false;
	snprintf(v->reason, v->size, "%s", reason);
	snprintf(v->remedy, v->size, "echo %s > /%s as root, or run --prepare", value, path);
}

static void lacks(struct verdict *v, const char *reason, const char *remedy)
{
	v->can = false;
	snprintf(v->reason, v->size, "%s", reason);
	snprintf(v->remedy, v->size, "%s", remedy);
}

/*
 * What a size's own switch says, "inherit" (v6.8 on, or no such switch) being
 * what the old one says.  0, or -errno on a kernel without THP.
 */
static int folio_switch(const struct pcow_root *root, size_t folio_bytes, char *path,
			size_t path_size, char *choice, size_t choice_size)
{
	snprintf(path, path_size, THP_DIR "/hugepages-%zukB/enabled", folio_bytes / 1024);
	if (pcow_root_read_choice(root, path, choice, choice_size) >= 0 &&
	    strcmp(choice, "inherit"))
		return 0;
	snprintf(path, path_size, THP_DIR "/enabled");
	return pcow_root_read_choice(root, path, choice, choice_size) < 0 ? -ENOENT : 0;
}

static void check_thp(const struct pcow_root *root, struct verdict *v)
{
	char path[128], choice[32];

	if (folio_switch(root, pcow_thp_bytes(), path, sizeof(path), choice, sizeof(choice)))
		lacks(v, "this kernel has no transparent huge pages",
		      "a kernel with CONFIG_TRANSPARENT_HUGEPAGE");
	else if (strcmp(choice, "never") == 0)
		wants(v, path, "madvise", "PMD-sized transparent huge pages are off");
}

/* A larger size that is on would be taken instead: it must say "never" itself. */
static void check_larger(const struct pcow_root *root, struct verdict *v, size_t folio_bytes)
{
	char path[128], choice[32], reason[128], text[24];

	if (folio_switch(root, folio_bytes, path, sizeof(path), choice, sizeof(choice)) ||
	    strcmp(choice, "never") == 0)
		return;
	pcow_bytes_format(text, sizeof(text), folio_bytes);
	snprintf(reason, sizeof(reason),
		 "anonymous folios of %s are on, and the kernel takes the largest", text);
	snprintf(path, sizeof(path), THP_DIR "/hugepages-%zukB/enabled", folio_bytes / 1024);
	wants(v, path, "never", reason);
}

static void check_mthp(const struct pcow_root *root, struct verdict *v, size_t folio_bytes)
{
	size_t sizes[PCOW_PAGE_DEMANDS_MAX];
	size_t n = pcow_page_kind_list(PCOW_MTHP, sizes, PCOW_PAGE_DEMANDS_MAX);
	char path[128], choice[32];
	bool known = false;

	for (size_t i = 0; i < n; i++)
		known |= sizes[i] == folio_bytes;
	snprintf(path, sizeof(path), THP_DIR "/hugepages-%zukB/enabled", folio_bytes / 1024);
	if (!known || pcow_root_read_choice(root, path, choice, sizeof(choice)) < 0) {
		lacks(v, "this kernel has no anonymous folios of this size",
		      "a kernel from v6.8 on; its sizes are in /" THP_DIR);
		return;
	}
	/* "inherit" is not taken: the old switch is the PMD size's, which is to be off. */
	if (strcmp(choice, "always") && strcmp(choice, "madvise"))
		wants(v, path, "madvise", "anonymous folios of this size are off");
	for (size_t i = 0; i < n; i++)
		if (sizes[i] > folio_bytes)
			check_larger(root, v, sizes[i]);
	check_larger(root, v, pcow_thp_bytes());
}

static void check_hugetlb(const struct pcow_root *root, struct verdict *v, size_t folio_bytes,
			  uint64_t bytes)
{
	uint64_t need = (bytes + folio_bytes - 1) / folio_bytes;
	char path[128], value[32], reason[128];
	uint64_t total, unused, reserved;

	snprintf(path, sizeof(path), HUGETLB_DIR "/hugepages-%zukB/free_hugepages",
		 folio_bytes / 1024);
	if (pcow_root_read_u64(root, path, &unused)) {
		lacks(v, "this kernel has no hugetlb pages of this size",
		      "a size listed in /" HUGETLB_DIR);
		return;
	}
	snprintf(path, sizeof(path), HUGETLB_DIR "/hugepages-%zukB/resv_hugepages",
		 folio_bytes / 1024);
	if (pcow_root_read_u64(root, path, &reserved) == 0)
		unused -= reserved < unused ? reserved : unused;
	if (unused >= need)
		return;
	snprintf(path, sizeof(path), HUGETLB_DIR "/hugepages-%zukB/nr_hugepages",
		 folio_bytes / 1024);
	if (pcow_root_read_u64(root, path, &total))
		total = unused;
	snprintf(value, sizeof(value), "%" PRIu64, total - unused + need);
	snprintf(reason, sizeof(reason), "needs %" PRIu64 " free hugetlb pages, %" PRIu64 " are",
		 need, unused);
	wants(v, path, value, reason);
}

bool pcow_hugetlb_check(const struct pcow_root *root, size_t folio_bytes, uint64_t bytes,
			struct pcow_page_demands *demands, char *reason, char *remedy, size_t size)
{
	struct verdict v = {
		.demands = demands, .reason = reason, .remedy = remedy, .size = size, .can = true
	};

	if (demands)
		demands->n = 0;
	check_hugetlb(root, &v, folio_bytes, bytes);
	return v.can;
}

bool pcow_page_kind_check(const struct pcow_page_kind *kind, uint64_t bytes,
			  struct pcow_page_demands *demands, char *reason, char *remedy,
			  size_t size)
{
	struct verdict v = {
		.demands = demands, .reason = reason, .remedy = remedy, .size = size, .can = true
	};

	if (demands)
		demands->n = 0;
	if (kind->cls == PCOW_BASE)
		return true;
	if (kind->cls == PCOW_HUGETLB)
		check_hugetlb(&pcow_root_live, &v, kind->folio_bytes, bytes);
	else if (kind->cls == PCOW_MTHP)
		check_mthp(&pcow_root_live, &v, kind->folio_bytes);
	else
		check_thp(&pcow_root_live, &v);
	return v.can;
}
