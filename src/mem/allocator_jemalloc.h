// The allocator below zmalloc: jemalloc. Private to zmalloc.cc; allocator_libc.h has the same functions.
//
// Debian's libjemalloc has unprefixed names, and also serves malloc() itself.
#pragma once

#include <jemalloc/jemalloc.h>

#include <cstddef>
#include <cstdint>
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

// The answer of experimental.utilization.query (jemalloc 5.2 and later); of a block without a slab, or with
// another jemalloc, blocks_of_kind is 0.
struct SlabUse {
  void* current_slab = nullptr;  // that blocks of this size come from
  size_t free_here = 0;
  size_t blocks_here = 0;
  size_t slab_bytes = 0;
  size_t free_of_kind = 0;  // in all slabs of the size
  size_t blocks_of_kind = 0;
};

inline SlabUse slab_use(const void* p) noexcept {
  struct Name {
    size_t words[3];
    size_t count = 3;
    bool known = ::mallctlnametomib("experimental.utilization.query", words, &count) == 0;
  };
  static const Name name{};
  SlabUse use;
  size_t length = sizeof use;
  if (!name.known || ::mallctlbymib(name.words, name.count, &use, &length, &p, sizeof p) != 0) return {};
  return use;
}

inline bool knows_slabs() noexcept {
  void* const probe = ::mallocx(64, 0);
  if (probe == nullptr) return false;
  const bool known = slab_use(probe).blocks_of_kind > 0;
  ::sdallocx(probe, 64, 0);
  return known;
}

inline bool in_sparse_slab(const void* p) noexcept {
  const SlabUse use = slab_use(p);
  if (use.free_here == 0 || use.blocks_of_kind == 0) return false;
  const auto from = reinterpret_cast<uintptr_t>(use.current_slab), at = reinterpret_cast<uintptr_t>(p);
  if (at >= from && at < from + use.slab_bytes) return false;
  // Somewhat above the average too: or those near it would stay as they are for ever.
  const size_t used_here = use.blocks_here - use.free_here;
  const size_t used_of_kind = use.blocks_of_kind - use.free_of_kind;
  return used_here * use.blocks_of_kind <= (used_of_kind + used_of_kind / 8) * use.blocks_here;
}

inline void* allocate_densely(size_t n) noexcept { return ::mallocx(n + (n == 0), MALLOCX_TCACHE_NONE); }
inline void release_densely(void* p, size_t n) noexcept { ::sdallocx(p, n + (n == 0), MALLOCX_TCACHE_NONE); }

inline constexpr std::string_view kName = [] {
  // Without the commit behind the number.
  constexpr std::string_view kPrefix = "jemalloc-";
  constexpr std::string_view kFull = "jemalloc-" JEMALLOC_VERSION;
  return kFull.substr(0, kFull.find('-', kPrefix.size()));
}();

}  // namespace redpoll::mem::raw
