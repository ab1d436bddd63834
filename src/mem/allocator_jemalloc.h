// The allocator below zmalloc: jemalloc. Private to zmalloc.cc; allocator_libc.h has the same functions.
//
// Debian's libjemalloc has unprefixed names, and also serves malloc() itself.
#pragma once

#include <jemalloc/jemalloc.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "mem/zmalloc.h"

namespace redpoll::mem::raw {

// What zmalloc counts for the block at p, got for n bytes.
inline size_t given(const void* /*p*/, size_t n) noexcept { return good_size(n); }
inline size_t given(const void* p) noexcept { return ::sallocx(p, 0); }

// REQUIRES for all: good_size(n) != 0. nullptr when memory has run out.
inline void* allocate(size_t n) noexcept { return ::mallocx(n + (n == 0), 0); }
inline void* allocate_zeroed(size_t n) noexcept { return ::mallocx(n + (n == 0), MALLOCX_ZERO); }
inline void* reallocate(void* p, size_t n) noexcept { return ::rallocx(p, n + (n == 0), 0); }
inline void release(void* p) noexcept { ::dallocx(p, 0); }
inline void release(void* p, size_t n) noexcept { ::sdallocx(p, n + (n == 0), 0); }

inline size_t given_aligned(const void* /*p*/, size_t n, size_t align) noexcept {
  return ::nallocx(n + (n == 0), MALLOCX_ALIGN(align));
}
inline void* allocate_aligned(size_t n, size_t align) noexcept {
  return ::mallocx(n + (n == 0), MALLOCX_ALIGN(align));
}
inline void release_aligned(void* p, size_t n, size_t align) noexcept {
  ::sdallocx(p, n + (n == 0), MALLOCX_ALIGN(align));
}

inline size_t read_statistic(const char* name) noexcept {
  size_t value = 0;
  size_t length = sizeof(value);
  return ::mallctl(name, &value, &length, nullptr, 0) == 0 ? value : 0;
}

// 4096 is MALLCTL_ARENAS_ALL.
inline AllocatorStats stats() noexcept {
  // The figures are those of the last epoch.
  uint64_t epoch = 1;
  size_t length = sizeof(epoch);
  ::mallctl("epoch", &epoch, &length, &epoch, length);
  return {
      .allocated = read_statistic("stats.allocated"),
      .active = read_statistic("stats.active"),
      .resident = read_statistic("stats.resident"),
      .retained = read_statistic("stats.retained"),
      .muzzy = read_statistic("stats.arenas.4096.pmuzzy") * read_statistic("arenas.page"),
  };
}

inline std::string report() {
  std::string text;
  ::malloc_stats_print([](void* to, const char* part) { *static_cast<std::string*>(to) += part; }, &text,
                       nullptr);
  return text;
}

inline bool purge() noexcept {
  ::mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
  return ::mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0) == 0;
}

inline void decay() noexcept { ::mallctl("arena.4096.decay", nullptr, nullptr, nullptr, 0); }

inline bool background_threads(bool on) noexcept {
  return ::mallctl("background_thread", nullptr, nullptr, &on, sizeof on) == 0;
}

inline constexpr std::string_view kName = [] {
  // Without the commit behind the number.
  constexpr std::string_view kPrefix = "jemalloc-";
  constexpr std::string_view kFull = "jemalloc-" JEMALLOC_VERSION;
  return kFull.substr(0, kFull.find('-', kPrefix.size()));
}();

}  // namespace redpoll::mem::raw
