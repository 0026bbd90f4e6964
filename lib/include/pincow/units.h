/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes as people write them: 64K, 16M, 1G; powers of 1024. */
#ifndef PINCOW_UNITS_H
#define PINCOW_UNITS_H

#include <stddef.h>
#include <stdint.h>

/**
 * pcow_bytes_parse() - read a size
 * @text:	digits and at most one of the suffixes K M G T, either case
 * @bytes:	result
 *
 * Return: 0, -EINVAL for what is no size, -ERANGE beyond 64 bits.
 */
int pcow_bytes_parse(const char *text, uint64_t *bytes);

/**
 * pcow_bytes_format() - write a size with the largest suffix that divides it
 * @buf:	result
 * @size:	of @buf; 24 is enough for every value
 * @bytes:	the size
 */
void pcow_bytes_format(char *buf, size_t size, uint64_t bytes);

/* Bytes as a number below 1024 of the @unit "B", "KiB" ... "TiB". */
double pcow_bytes_scale(double bytes, const char **unit);

#endif
