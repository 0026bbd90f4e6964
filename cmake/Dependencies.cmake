# SPDX-License-Identifier: GPL-2.0-or-later
# Libraries, each with the Debian package that scripts/packages.txt names.
find_package(PkgConfig REQUIRED)

function(pincow_require target module package)
	pkg_check_modules(${target} IMPORTED_TARGET ${module})
	if(NOT ${target}_FOUND)
		message(FATAL_ERROR
			"${module} not found: install Debian's ${package}, or run scripts/setup")
	endif()
endfunction()

# What a static worker links has to be archives; pkg-config names no kind.
set(shared_suffixes ${CMAKE_FIND_LIBRARY_SUFFIXES})
if(PINCOW_STATIC_WORKER)
	set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
endif()
pincow_require(JANSSON "jansson>=2.13" libjansson-dev)
pincow_require(LIBURING "liburing>=2.3" liburing-dev)
set(CMAKE_FIND_LIBRARY_SUFFIXES ${shared_suffixes})
pincow_require(HWLOC "hwloc>=2.4" libhwloc-dev)
pincow_require(INIH "inih" libinih-dev)
pincow_require(LIBMD "libmd" libmd-dev)
pincow_require(RMATH "libRmath" r-mathlib)
# Debian's libRmath.pc names the headers of R itself, which need not be there;
# the library's own lies where the compiler looks anyway.
set_target_properties(PkgConfig::RMATH PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "")
if(BUILD_TESTING)
	pincow_require(CMOCKA "cmocka>=1.1.5" libcmocka-dev)
endif()
