# SPDX-License-Identifier: GPL-2.0-or-later

# One room of the house: every .c of this folder but test_*.c makes the static
# library pincow_NAME; each test_*.c makes a cmocka test of it.  REGISTERED: nothing
# refers to its members by name, and from an archive the linker would take none of
# them: it is an object library, to be linked by programs themselves, and by the tests
# of rooms that name it behind TESTS.
function(pincow_library name)
	cmake_parse_arguments(ARG "REGISTERED" "" "PUBLIC;PRIVATE;TESTS" ${ARGN})
	file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.c)
	file(GLOB_RECURSE tests CONFIGURE_DEPENDS test_*.c)
	if(tests)
		list(REMOVE_ITEM sources ${tests})
	endif()
	set(target pincow_${name})
	set(kind STATIC)
	if(ARG_REGISTERED)
		set(kind OBJECT)
		if(PINCOW_OUTSIDE_DIR)
			file(GLOB outside CONFIGURE_DEPENDS ${PINCOW_OUTSIDE_DIR}/${name}/*.c)
		endif()
	endif()
	add_library(${target} ${kind} ${sources} ${outside})
	target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/lib/include)
	# A room's own headers hide none of the system's.
	target_compile_options(${target} PRIVATE -iquote${CMAKE_CURRENT_SOURCE_DIR})
	target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
	target_link_libraries(${target} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
	if(BUILD_TESTING)
		foreach(source IN LISTS tests)
			pincow_unit_test(${name} ${source} ${target} ${ARG_TESTS})
		endforeach()
	endif()
endfunction()

function(pincow_unit_test room source)
	cmake_path(GET source STEM stem)
	string(REGEX REPLACE "^test_" "" stem ${stem})
	set(test unit_${room}_${stem})
	add_executable(${test} ${source})
	target_compile_options(${test} PRIVATE -iquote${CMAKE_CURRENT_SOURCE_DIR})
	target_compile_definitions(${test} PRIVATE _GNU_SOURCE
		PINCOW_FIXTURES="${PROJECT_SOURCE_DIR}/tests/fixtures")
	target_link_libraries(${test} PRIVATE ${ARGN} PkgConfig::CMOCKA)
	add_test(NAME unit/${room}/${stem} COMMAND ${test})
	set_tests_properties(unit/${room}/${stem} PROPERTIES LABELS unit TIMEOUT 60)
endfunction()
