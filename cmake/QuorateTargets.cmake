# SPDX-License-Identifier: GPL-3.0-or-later
# quorate_library, quorate_program, quorate_test: one call a folder, named arguments only, unknown ones are errors.

add_library(quorate_flags INTERFACE)
target_compile_features(quorate_flags INTERFACE cxx_std_20)
target_compile_options(quorate_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual
  -Werror=switch -Werror=return-type -Werror=unused-result)
target_compile_definitions(quorate_flags INTERFACE
  QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_URL_CAST_FROM_STRING QT_NO_KEYWORDS
  QT_NO_FOREACH QT_STRICT_ITERATORS QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_DISABLE_DEPRECATED_BEFORE=0x060400)
target_include_directories(quorate_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
if(QUORATE_SANITIZE)
  # A null pointer, a dead object and one of another type end the program under AddressSanitizer, too; to look for them at
  # every access takes a third of the time that compiling does.
  target_compile_options(quorate_flags INTERFACE -fsanitize=address,undefined -fno-sanitize=null,alignment,vptr
    -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(quorate_flags INTERFACE -fsanitize=address,undefined)
endif()
if(QUORATE_FUZZ)
  target_compile_options(quorate_flags INTERFACE -fsanitize=fuzzer-no-link -O1)
endif()
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)

# Eight sources at once: more gain little, and take more memory than two compilers have on a small machine. A source with
# a tr() of its own (there are a few, for the words of what is no QObject) stays alone.
function(_quorate_unite target)
  if(NOT QUORATE_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    if(source MATCHES "\\.cpp$" AND NOT IS_ABSOLUTE ${source})
      file(STRINGS ${source} own REGEX "^QString tr\\(")
      if(own)
        set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      endif()
    endif()
  endforeach()
endfunction()

# Qt's moc only where a source, or the header beside it, asks for it: otherwise each target would scan its sources and
# compile an empty file, a tenth of a build from nothing. `./dev` configures at each call, so a first Q_OBJECT is noticed.
function(_quorate_use_moc target)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    string(REGEX REPLACE "\\.cpp$" ".h" header ${source})
    foreach(file IN ITEMS ${source} ${header})
      if(file MATCHES "\\.(cpp|h)$" AND EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
        file(STRINGS ${file} asking REGEX "Q_(OBJECT|GADGET|NAMESPACE)" LIMIT_COUNT 1)
        if(asking)
          set_target_properties(${target} PROPERTIES AUTOMOC ON)
          return()
        endif()
      endif()
    endforeach()
  endforeach()
endfunction()

function(_quorate_reject_unparsed prefix)
  if(${prefix}_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "unknown arguments: ${${prefix}_UNPARSED_ARGUMENTS}")
  endif()
endfunction()

# Three precompiled headers for all of ours (a quarter of a gigabyte each with debug information, so not one a folder).
function(_quorate_add_precompiled name qt)
  set(empty ${CMAKE_BINARY_DIR}/generated/${name}.cpp)
  if(NOT EXISTS ${empty})
    file(WRITE ${empty} "// only its precompiled header counts\n")
  endif()
  add_library(${name} STATIC ${empty})
  set_target_properties(${name} PROPERTIES AUTORCC OFF)
  target_link_libraries(${name} PUBLIC quorate_flags ${qt})
  target_precompile_headers(${name} PRIVATE ${ARGN} <functional> <map> <memory> <optional> <vector>)
endfunction()
if(QUORATE_PCH)
  _quorate_add_precompiled(quorate_pch_core Qt6::Core <QtCore>)
  _quorate_add_precompiled(quorate_pch_net Qt6::Network <QtCore> <QtNetwork>)
  if(QUORATE_WIDGETS)
    _quorate_add_precompiled(quorate_pch_gui Qt6::Widgets <QtWidgets>)
  endif()
endif()
function(_quorate_precompile target links)
  if(NOT QUORATE_PCH)
    return()
  endif()
  if("Qt6::Widgets" IN_LIST links OR "${links}" MATCHES "quorate::(ui|scenes)")
    target_precompile_headers(${target} REUSE_FROM quorate_pch_gui)
  elseif("Qt6::Network" IN_LIST links OR "${links}" MATCHES "quorate::(net|service|platform)")
    target_precompile_headers(${target} REUSE_FROM quorate_pch_net)
  else()
    target_precompile_headers(${target} REUSE_FROM quorate_pch_core)
  endif()
endfunction()

# quorate_library(NAME quorum SOURCES a.cpp … LINKS quorate::domain … [PRIVATE_LINKS …] [OWN_HEADERS])  → quorate::quorum
# OWN_HEADERS: the folder precompiles headers of its own.
function(quorate_library)
  cmake_parse_arguments(PARSE_ARGV 0 arg "OWN_HEADERS" "NAME" "SOURCES;LINKS;PRIVATE_LINKS")
  _quorate_reject_unparsed(arg)
  set(target quorate_${arg_NAME})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(quorate::${arg_NAME} ALIAS ${target})
  target_link_libraries(${target} PUBLIC quorate_flags Qt6::Core ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
  _quorate_unite(${target})
  _quorate_use_moc(${target})
  if(NOT arg_OWN_HEADERS)
    _quorate_precompile(${target} "${arg_LINKS};${arg_PRIVATE_LINKS}")
  endif()
endfunction()

# quorate_program(NAME quoratectl SOURCES main.cpp … LINKS …)
function(quorate_program)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LINKS")
  _quorate_reject_unparsed(arg)
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_link_libraries(${arg_NAME} PRIVATE quorate_flags ${arg_LINKS})
  set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  _quorate_unite(${arg_NAME})
  _quorate_use_moc(${arg_NAME})
  _quorate_precompile(${arg_NAME} "${arg_LINKS}")
endfunction()

# quorate_link_first(quorate Qt6::Widgets …): these libraries, and those that all programs need, before all others.
# The dynamic loader looks through the libraries in this order, for each of some 29,000 names at the start: those that have
# most of them come first, which saves a third of its steps. SQLite is opened by Qt's driver; known beforehand, its names are
# not looked for in all others first.
function(quorate_link_first target)
  if(NOT CMAKE_SYSTEM_NAME STREQUAL Linux OR QUORATE_SANITIZE) # AddressSanitizer wants to be the first
    return()
  endif()
  find_library(QUORATE_SQLITE NAMES libsqlite3.so.0)
  find_library(QUORATE_LIBC NAMES libc.so.6)
  set(files)
  foreach(library IN LISTS ARGN ITEMS Qt6::Core)
    list(APPEND files $<TARGET_FILE:${library}>)
  endforeach()
  target_link_options(${target} PRIVATE LINKER:--push-state,--no-as-needed ${files} -lstdc++
    $<$<BOOL:${QUORATE_LIBC}>:${QUORATE_LIBC}> $<TARGET_FILE:OpenSSL::Crypto>
    $<$<BOOL:${QUORATE_SQLITE}>:${QUORATE_SQLITE}> $<TARGET_FILE:spdlog::spdlog> $<TARGET_FILE:OpenSSL::SSL>
    $<TARGET_FILE:Qt6::Network> LINKER:--pop-state)
endfunction()

# Shared by all tests: QUORATE_SOURCE_DIR and QUORATE_BINARY_DIR, and what the sanitizers may overlook in other people's
# libraries. Settings and data go below the build folder; the user's own session bus (and so keychain) is out of reach.
# AddressSanitizer keeps the last 32 MB that were freed apart (256 by default): what is used after its end is used soon after
# it, and fresh pages for all that is allocated took up to two fifths of a test's time.
set(quorate_test_environment
  "QT_QPA_PLATFORM=offscreen" "QT_ASSUME_STDERR_HAS_CONSOLE=1" "DBUS_SESSION_BUS_ADDRESS=disabled:"
  "HOME=${CMAKE_BINARY_DIR}/test-home" "XDG_CONFIG_HOME=${CMAKE_BINARY_DIR}/test-home/config"
  "XDG_DATA_HOME=${CMAKE_BINARY_DIR}/test-home/data" "XDG_CACHE_HOME=${CMAKE_BINARY_DIR}/test-home/cache"
  "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/cmake/lsan.supp:print_suppressions=0"
  "UBSAN_OPTIONS=print_stacktrace=1" "ASAN_OPTIONS=quarantine_size_mb=32")

# Where tests/lab keeps its Kubernetes, which the folders above would hide.
if(DEFINED ENV{QUORATE_LAB_CACHE})
  list(APPEND quorate_test_environment "QUORATE_LAB_CACHE=$ENV{QUORATE_LAB_CACHE}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
  list(APPEND quorate_test_environment "QUORATE_LAB_CACHE=$ENV{XDG_CACHE_HOME}/quorate-lab")
else()
  list(APPEND quorate_test_environment "QUORATE_LAB_CACHE=$ENV{HOME}/.cache/quorate-lab")
endif()

file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/test-home)

# quorate_test(NAME quorum_unit LABEL unit SOURCES … LINKS … [GUI] [DBUS] [SERIAL] [TIMEOUT seconds] [ENVIRONMENT K=V …])
# Links tests/support, which brings GoogleTest and main(): with a QCoreApplication, or with GUI a QApplication (offscreen).
# DBUS runs it in a session bus of its own (keychain tests). SHARDS n makes n tests of it, NAME_1 …, that ctest can run
# at the same time.
function(quorate_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "SERIAL;GUI;DBUS" "NAME;LABEL;TIMEOUT;SHARDS" "SOURCES;LINKS;ENVIRONMENT")
  _quorate_reject_unparsed(arg)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set(support support_core)
  if(arg_GUI)
    set(support support_gui)
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_link_libraries(${arg_NAME} PRIVATE quorate_flags ${arg_LINKS} quorate::${support})
  set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  _quorate_use_moc(${arg_NAME})
  if(QUORATE_PCH)
    target_precompile_headers(${arg_NAME} REUSE_FROM quorate_${support})
  endif()
  set(launcher)
  if(arg_DBUS)
    set(launcher dbus-run-session --)
  endif()
  set(names ${arg_NAME})
  if(arg_SHARDS)
    set(names)
    foreach(shard RANGE 1 ${arg_SHARDS})
      list(APPEND names ${arg_NAME}_${shard})
    endforeach()
  endif()
  set(shard 0)
  foreach(name IN LISTS names)
    set(part)
    if(arg_SHARDS)
      set(part "GTEST_TOTAL_SHARDS=${arg_SHARDS};GTEST_SHARD_INDEX=${shard}")
      math(EXPR shard "${shard} + 1")
    endif()
    add_test(NAME ${name} COMMAND ${launcher} $<TARGET_FILE:${arg_NAME}>)
    set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT}
      ENVIRONMENT "${quorate_test_environment};${part};${arg_ENVIRONMENT}")
    if(arg_DBUS)
      set_tests_properties(${name} PROPERTIES RESOURCE_LOCK keychain)
    endif()
    if(arg_SERIAL)
      set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE)
    endif()
  endforeach()
endfunction()
