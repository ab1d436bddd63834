# Build options, and the interface target `redpoll_flags` that carries warnings, sanitizers and allocator.

set(REDPOLL_MALLOC jemalloc CACHE STRING "allocator below zmalloc: jemalloc or libc")
set(REDPOLL_SANITIZE "" CACHE STRING "empty, or what -fsanitize= takes: address,undefined or thread")
option(REDPOLL_TESTS "build the tests" ON)
set(fuzzable OFF)
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang AND REDPOLL_SANITIZE MATCHES address)
  set(fuzzable ON)
endif()
option(REDPOLL_FUZZ "instrument src/ for libFuzzer and build the targets of tests/fuzz" ${fuzzable})
if(REDPOLL_FUZZ AND NOT fuzzable)
  message(FATAL_ERROR "REDPOLL_FUZZ needs clang++ and REDPOLL_SANITIZE with address")
endif()
option(REDPOLL_UNITY "compile the sources of a layer, or of a test program, as few large ones" ON)
option(REDPOLL_BENCHMARKS "build the micro-benchmarks" OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")
# The model tests run millions of operations: without any optimisation they take minutes.
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g")
if(REDPOLL_SANITIZE)
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")  # lines are all that reports need
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# A library of ours needs no other one until a program is linked.
set(CMAKE_OPTIMIZE_DEPENDENCIES ON)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_package(fmt REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LZF REQUIRED IMPORTED_TARGET liblzf)

add_library(redpoll_flags INTERFACE)
target_compile_options(redpoll_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wno-sign-conversion -Wno-missing-field-initializers -Werror -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms of g++ 12 in `"text" + std::string` (https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105651), and in {fmt}.
  target_compile_options(redpoll_flags INTERFACE -Wno-restrict -Wno-stringop-overflow)
endif()
target_include_directories(redpoll_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
# Apart from redpoll_flags, for code that is not ours but must be instrumented as well.
add_library(redpoll_sanitizer INTERFACE)
target_link_libraries(redpoll_flags INTERFACE redpoll_sanitizer Threads::Threads)
if(CMAKE_BUILD_TYPE STREQUAL Debug)
  target_compile_definitions(redpoll_flags INTERFACE REDPOLL_DEBUG)
endif()

if(REDPOLL_SANITIZE)
  # The sanitizers bring an allocator of their own, which jemalloc would hide from them.
  set(REDPOLL_MALLOC libc)
  target_compile_options(redpoll_sanitizer INTERFACE -fsanitize=${REDPOLL_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(redpoll_sanitizer INTERFACE -fsanitize=${REDPOLL_SANITIZE})
  target_compile_definitions(redpoll_sanitizer INTERFACE REDPOLL_SANITIZED)
endif()

# Whether the server is optimised across layers when it is linked, and what its libraries' names end in then.
set(may_lto OFF)
if(CMAKE_BUILD_TYPE STREQUAL Release AND NOT REDPOLL_SANITIZE)
  include(CheckIPOSupported)
  check_ipo_supported(RESULT may_lto OUTPUT why LANGUAGES CXX)
endif()
option(REDPOLL_LTO "optimise the server across layers (Release only)" ${may_lto})
set(REDPOLL_SHIPPED)
if(REDPOLL_LTO AND may_lto)
  set(REDPOLL_SHIPPED _shipped)
endif()

# What tells libFuzzer which code an input reaches: for src/ and the targets, not for tests that no fuzzer runs.
add_library(redpoll_coverage INTERFACE)
if(REDPOLL_FUZZ)
  target_compile_options(redpoll_coverage INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(REDPOLL_MALLOC STREQUAL jemalloc)
  pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
  target_link_libraries(redpoll_flags INTERFACE PkgConfig::JEMALLOC)
  target_compile_definitions(redpoll_flags INTERFACE REDPOLL_JEMALLOC)
elseif(NOT REDPOLL_MALLOC STREQUAL libc)
  message(FATAL_ERROR "REDPOLL_MALLOC is '${REDPOLL_MALLOC}': jemalloc or libc is expected")
endif()

pkg_check_modules(SYSTEMD IMPORTED_TARGET libsystemd)
option(REDPOLL_SYSTEMD "tell systemd when the server is ready" ${SYSTEMD_FOUND})
add_library(redpoll_sd_notify INTERFACE)
if(REDPOLL_SYSTEMD)
  target_link_libraries(redpoll_sd_notify INTERFACE PkgConfig::SYSTEMD)
  target_compile_definitions(redpoll_sd_notify INTERFACE REDPOLL_SYSTEMD)
endif()

# What INFO server and --version tell of this build.
# -DREDPOLL_GIT_SHA=... tells it where there is no repository, as in a container build.
if(NOT REDPOLL_GIT_SHA)
  execute_process(COMMAND git -C ${CMAKE_SOURCE_DIR} rev-parse --short=8 HEAD
    OUTPUT_VARIABLE REDPOLL_GIT_SHA OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT REDPOLL_GIT_SHA)
  set(REDPOLL_GIT_SHA 00000000)
endif()
configure_file(${CMAKE_SOURCE_DIR}/cmake/build_info.h.in ${CMAKE_BINARY_DIR}/generated/build_info.h)
