# SPDX-License-Identifier: GPL-2.0-or-later
# Cross-building for arm64 on Debian: gcc-aarch64-linux-gnu, and a sysroot with
# the libraries, which PINCOW_SYSROOT names (the environment's, or -D).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)

# Kept in the cache: a later cmake may be without the variable, and each try
# of the compiler is a project of its own.
set(PINCOW_SYSROOT "$ENV{PINCOW_SYSROOT}" CACHE PATH "the arm64 libraries")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PINCOW_SYSROOT)
if(NOT IS_DIRECTORY "${PINCOW_SYSROOT}")
	message(FATAL_ERROR "no arm64 sysroot at '${PINCOW_SYSROOT}': "
		"set PINCOW_SYSROOT to what `scripts/lab/lab sysroot arm64` prints")
endif()
set(CMAKE_SYSROOT "${PINCOW_SYSROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

set(ENV{PKG_CONFIG_SYSROOT_DIR} "${PINCOW_SYSROOT}")
# r-mathlib's file lies in the folder of no architecture.
string(JOIN ":" pkg_config_path
	"${PINCOW_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig"
	"${PINCOW_SYSROOT}/usr/lib/pkgconfig"
	"${PINCOW_SYSROOT}/usr/share/pkgconfig")
set(ENV{PKG_CONFIG_LIBDIR} "${pkg_config_path}")
