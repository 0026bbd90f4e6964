/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says of single pages: /proc/self/pagemap and /proc/kpageflags. */
#include <pincow/page.h>

#include <errno.h>
#include <unistd.h>

#include <pincow/root.h>

/* @n values of 64 bits from the @first on. */
static int read_at(int fd, uint64_t *values, size_t n, uint64_t first)
{
	size_t bytes = n * sizeof(*values);
	uint64_t offset = first * sizeof(*values);
	char *to = (char *)values;

	while (bytes) {
		ssize_t got = pread(fd, to, bytes, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -ENODATA;
		to += got;
		offset += (uint64_t)got;
		bytes -= (size_t)got;
	}
	return 0;
}

int pcow_pagemap_read(const void *addr, size_t pages, uint64_t *entries)
{
	int fd = pcow_root_open_file(&pcow_root_live, "proc/self/pagemap");
	int ret;

	if (fd < 0)
		return fd;
	ret = read_at(fd, entries, pages, (uintptr_t)addr / pcow_page_bytes());
	close(fd);
	return ret;
}

/* How many entries from the first on have frames that follow each other; 0 when
 * the first has none. */
static size_t frames_in_a_row(const uint64_t *entries, size_t n)
{
	uint64_t pfn = entries[0] & PCOW_PAGEMAP_PFN_MASK;
	size_t i = 0;

	if (!pfn)
		return 0;
	while (i < n && entries[i] & PCOW_PAGEMAP_PRESENT &&
	       (entries[i] & PCOW_PAGEMAP_PFN_MASK) == pfn + i)
		i++;
	return i;
}

int pcow_kpageflags_read(const uint64_t *entries, size_t n, uint64_t *flags)
{
	int fd = pcow_root_open_file(&pcow_root_live, "proc/kpageflags");
	size_t row;
	int ret = 0;

	if (fd < 0)
		return fd;
	for (size_t i = 0; i < n && !ret; i += row) {
		row = frames_in_a_row(entries + i, n - i);
		ret = row ? read_at(fd, flags + i, row, entries[i] & PCOW_PAGEMAP_PFN_MASK)
			  : -ENODATA;
	}
	close(fd);
	return ret;
}
