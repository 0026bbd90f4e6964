/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * futex(2): for a shared futex the kernel must find the page behind the
 * address, by get_user_pages_fast(); a private one is keyed by address alone.
 */
#include <pincow/bench.h>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

long pcow_futex_wake_shared(uint32_t *word, int waiters)
{
	return syscall(SYS_futex, word, FUTEX_WAKE, waiters, NULL, NULL, 0);
}

long pcow_futex_wake_private(uint32_t *word, int waiters)
{
	return syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, waiters, NULL, NULL, 0);
}
