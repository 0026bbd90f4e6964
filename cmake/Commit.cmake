# SPDX-License-Identifier: GPL-2.0-or-later
# Run at every build: OUTPUT gets the version with the commit that it is built
# from, which result files bear.  Without git, or outside of a clone, the version.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 "--exclude=*"
	OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(commit)
	string(PREPEND commit "+")
endif()
set(text "#define PINCOW_BUILD \"${VERSION}${commit}\"\n")
if(EXISTS ${OUTPUT})
	file(READ ${OUTPUT} old)
endif()
# What has not changed is not built again.
if(NOT text STREQUAL old)
	file(WRITE ${OUTPUT} "${text}")
endif()
