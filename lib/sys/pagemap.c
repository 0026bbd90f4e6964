/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says of single pages: /proc/self/pagemap and /proc/kpageflags. */
#include <pincow/page.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Entries read at once when pages are looked at with gaps: 32 KiB. */
#define CHUNK_ENTRIES 4096

static int read_at(int fd, void *buf, size_t bytes, uint64_t offset)
{
	char *to = buf;

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

static int read_stepped(int fd, uint64_t first, size_t pages, size_t step, uint64_t *entries)
{
	uint64_t chunk[CHUNK_ENTRIES];
	size_t span = (pages - 1) * step + 1;
	size_t out = 0;

	for (size_t done = 0; done < span; done += CHUNK_ENTRIES) {
		size_t part = span - done < CHUNK_ENTRIES ? span - done : CHUNK_ENTRIES;
		int ret = read_at(fd, chunk, part * sizeof(chunk[0]),
				  (first + done) * sizeof(chunk[0]));

		if (ret)
			return ret;
		for (; out < pages && out * step < done + part; out++)
			entries[out] = chunk[out * step - done];
	}
	return 0;
}

int pcow_pagemap_read(const void *addr, size_t pages, size_t step_pages, uint64_t *entries)
{
	uint64_t first = (uintptr_t)addr / pcow_page_bytes();
	int fd, ret;

	if (pages == 0)
		return 0;
	fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (step_pages == 1)
		ret = read_at(fd, entries, pages * sizeof(*entries), first * sizeof(*entries));
	else if (step_pages >= CHUNK_ENTRIES)
		for (size_t i = ret = 0; i < pages && !ret; i++)
			ret = read_at(fd, &entries[i], sizeof(*entries),
				      (first + i * step_pages) * sizeof(*entries));
	else
		ret = read_stepped(fd, first, pages, step_pages, entries);
	close(fd);
	return ret;
}

int pcow_kpageflags_read(const uint64_t *entries, size_t n, uint64_t *flags)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < n && !ret; i++) {
		uint64_t pfn = entries[i] & PCOW_PAGEMAP_PFN_MASK;

		if (!(entries[i] & PCOW_PAGEMAP_PRESENT) || !pfn)
			ret = -ENODATA;
		else
			ret = read_at(fd, &flags[i], sizeof(*flags), pfn * sizeof(*flags));
	}
	close(fd);
	return ret;
}
