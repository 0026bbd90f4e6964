/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Marks around what is timed, for whoever watches the worker's instructions: the
 * lab's profiler (scripts/lab/profile-plugin.c) finds them by their bytes.  Else they
 * are instructions that do nothing: x86-64 a nopl with a displacement of "PCW" and the
 * letter, arm64 a movz of 'P' and the letter to the zero register.
 */
#ifndef PINCOW_WORKER_MARK_H
#define PINCOW_WORKER_MARK_H

#define PCOW_MARK_RECORD 0x52 /* 'R': warming up is over */
#define PCOW_MARK_BEGIN	 0x42 /* 'B' */
#define PCOW_MARK_END	 0x45 /* 'E' */
#define PCOW_MARK_STOP	 0x53 /* 'S': no sample follows */

#if defined(__x86_64__)
#define PCOW_MARK(letter)                                                                          \
	__asm__ volatile(".byte 0x0f, 0x1f, 0x84, 0x00, 0x50, 0x43, 0x57, %c0"                     \
			 :                                                                         \
			 : "i"(letter)                                                             \
			 : "memory")
#elif defined(__aarch64__)
#define PCOW_MARK(letter) __asm__ volatile("movz xzr, %0" : : "i"(0x5000 | (letter)) : "memory")
#else
#define PCOW_MARK(letter) ((void)(letter))
#endif

#endif
