/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page kinds by name, and whether this host can give them. */
#include <pincow/page.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pincow/platform.h>
#include <pincow/units.h>

#define THP_DIR	    "sys/kernel/mm/transparent_hugepage"
#define HUGETLB_DIR "sys/kernel/mm/hugepages"

size_t pcow_page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

size_t pcow_thp_bytes(void)
{
	struct pcow_root root;
	uint64_t bytes = 0;

	if (pcow_root_open(&root, "/", NULL))
		return 0;
	if (pcow_root_read_u64(&root, THP_DIR "/hpage_pmd_size", &bytes))
		bytes = 0;
	pcow_root_close(&root);
	return bytes;
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

static int compare_size(const void *a, const void *b)
{
	size_t x = *(const size_t *)a;
	size_t y = *(const size_t *)b;

	return (x > y) - (x < y);
}

size_t pcow_page_kind_list(enum pcow_page_class cls, size_t *bytes, size_t max)
{
	DIR *dir = opendir(cls == PCOW_MTHP ? "/" THP_DIR : "/" HUGETLB_DIR);
	size_t thp_bytes = pcow_thp_bytes();
	struct dirent *entry;
	size_t n = 0;
	size_t kib;

	if (!dir)
		return 0;
	while (n < max && (entry = readdir(dir))) {
		if (sscanf(entry->d_name, "hugepages-%zukB", &kib) != 1)
			continue;
		/* The PMD-sized folio is the kinds thp and thp-pte. */
		if (cls == PCOW_MTHP && kib * 1024 >= thp_bytes)
			continue;
		bytes[n++] = kib * 1024;
	}
	closedir(dir);
	qsort(bytes, n, sizeof(*bytes), compare_size);
	return n;
}

/* One finding of pcow_page_kind_check(), on its way to the caller's buffers. */
struct verdict {
	struct pcow_page_demand *demand;
	char *reason, *remedy;
	size_t size;
};

static bool wants(const struct verdict *v, const char *path, const char *value, const char *reason)
{
	if (v->demand) {
		snprintf(v->demand->path, sizeof(v->demand->path), "/%s", path);
		snprintf(v->demand->value, sizeof(v->demand->value), "%s", value);
	}
	snprintf(v->reason, v->size, "%s", reason);
	snprintf(v->remedy, v->size, "echo %s > /%s as root, or run --prepare", value, path);
	return false;
}

static bool lacks(const struct verdict *v, const char *reason, const char *remedy)
{
	snprintf(v->reason, v->size, "%s", reason);
	snprintf(v->remedy, v->size, "%s", remedy);
	return false;
}

static bool check_thp(const struct pcow_root *root, const struct verdict *v)
{
	char choice[32];

	if (pcow_root_read_choice(root, THP_DIR "/enabled", choice, sizeof(choice)) < 0)
		return lacks(v, "this kernel has no transparent huge pages",
			     "a kernel with CONFIG_TRANSPARENT_HUGEPAGE");
	if (strcmp(choice, "never") == 0)
		return wants(v, THP_DIR "/enabled", "madvise", "transparent huge pages are off");
	return true;
}

/* The PMD size has its own mTHP switch since v6.8; "inherit" follows the old one. */
static bool check_pmd(const struct pcow_root *root, const struct verdict *v)
{
	char path[128], choice[32];

	snprintf(path, sizeof(path), THP_DIR "/hugepages-%zukB/enabled", pcow_thp_bytes() / 1024);
	if (pcow_root_read_choice(root, path, choice, sizeof(choice)) < 0 ||
	    strcmp(choice, "inherit") == 0)
		return check_thp(root, v);
	if (strcmp(choice, "never") == 0)
		return wants(v, path, "inherit", "PMD-sized transparent huge pages are off");
	return true;
}

static bool check_mthp(const struct pcow_root *root, const struct verdict *v, size_t folio_bytes)
{
	char path[128], choice[32];

	snprintf(path, sizeof(path), THP_DIR "/hugepages-%zukB/enabled", folio_bytes / 1024);
	if (pcow_root_read_choice(root, path, choice, sizeof(choice)) < 0)
		return lacks(v, "this kernel has no anonymous folios of this size",
			     "a kernel from v6.8 on; its sizes are in /" THP_DIR);
	if (strcmp(choice, "inherit") == 0)
		return check_thp(root, v);
	if (strcmp(choice, "never") == 0)
		return wants(v, path, "madvise", "anonymous folios of this size are off");
	return true;
}

static bool check_hugetlb(const struct pcow_root *root, const struct verdict *v, size_t folio_bytes,
			  uint64_t bytes)
{
	uint64_t need = (bytes + folio_bytes - 1) / folio_bytes;
	char path[128], value[32], reason[128];
	uint64_t total, unused, reserved;

	snprintf(path, sizeof(path), HUGETLB_DIR "/hugepages-%zukB/free_hugepages",
		 folio_bytes / 1024);
	if (pcow_root_read_u64(root, path, &unused))
		return lacks(v, "this kernel has no hugetlb pages of this size",
			     "a size listed in /" HUGETLB_DIR);
	snprintf(path, sizeof(path), HUGETLB_DIR "/hugepages-%zukB/resv_hugepages",
		 folio_bytes / 1024);
	if (pcow_root_read_u64(root, path, &reserved) == 0)
		unused -= reserved < unused ? reserved : unused;
	if (unused >= need)
		return true;
	snprintf(path, sizeof(path), HUGETLB_DIR "/hugepages-%zukB/nr_hugepages",
		 folio_bytes / 1024);
	if (pcow_root_read_u64(root, path, &total))
		total = unused;
	snprintf(value, sizeof(value), "%" PRIu64, total - unused + need);
	snprintf(reason, sizeof(reason), "needs %" PRIu64 " free hugetlb pages, %" PRIu64 " are",
		 need, unused);
	return wants(v, path, value, reason);
}

bool pcow_page_kind_check(const struct pcow_page_kind *kind, uint64_t bytes,
			  struct pcow_page_demand *demand, char *reason, char *remedy, size_t size)
{
	struct verdict v = { .demand = demand, .reason = reason, .remedy = remedy, .size = size };
	struct pcow_root root;
	bool can = true;

	if (demand)
		*demand = (struct pcow_page_demand){ .path = "" };
	if (kind->cls == PCOW_BASE)
		return true;
	if (pcow_root_open(&root, "/", NULL))
		return lacks(&v, "/sys cannot be read", "mount sysfs on /sys");
	if (kind->cls == PCOW_HUGETLB)
		can = check_hugetlb(&root, &v, kind->folio_bytes, bytes);
	else if (kind->cls == PCOW_MTHP)
		can = check_mthp(&root, &v, kind->folio_bytes);
	else
		can = check_pmd(&root, &v);
	pcow_root_close(&root);
	return can;
}
