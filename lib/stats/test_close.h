/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmocka's assert_float_equal() rounds both sides to a float's seven digits.
 */
#ifndef PINCOW_STATS_TEST_CLOSE_H
#define PINCOW_STATS_TEST_CLOSE_H

#include <math.h>

#define assert_close(value, wanted, tolerance) assert_true(fabs((value) - (wanted)) <= (tolerance))

#endif
