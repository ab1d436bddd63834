// The allocator below zmalloc: that of the C library, or of a sanitizer or valgrind in its place. Private to
// zmalloc.cc; allocator_jemalloc.h has the same functions and describes them.
//
// A request for n bytes asks for good_size(n), so that the caller may use all of it whoever stands behind
// malloc().
#pragma once

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mem/zmalloc.h"

namespace redpoll::mem::raw {

inline size_t given(const void* p) noexcept { return ::malloc_usable_size(const_cast<void*>(p)); }
inline size_t given(const void* p, size_t /*n*/) noexcept { return given(p); }

inline void* allocate(size_t n) noexcept { return std::malloc(good_size(n)); }
inline void* allocate_zeroed(size_t n) noexcept { return std::calloc(1, good_size(n)); }
inline void* reallocate(void* p, size_t n) noexcept { return std::realloc(p, good_size(n)); }
inline void release(void* p) noexcept { std::free(p); }
inline void release(void* p, size_t /*n*/) noexcept { std::free(p); }

inline size_t given_aligned(const void* p, size_t /*n*/, size_t /*align*/) noexcept { return given(p); }
inline void* allocate_aligned(size_t n, size_t align) noexcept {
  void* p = nullptr;
  return ::posix_memalign(&p, std::max(align, sizeof(void*)), good_size(n)) == 0 ? p : nullptr;
}
inline void release_aligned(void* p, size_t /*n*/, size_t /*align*/) noexcept { std::free(p); }

inline AllocatorStats stats() noexcept { return {.allocated = zmalloc_used_memory()}; }

inline std::string report() { return {}; }

inline bool purge() noexcept {
  ::malloc_trim(0);
  return true;
}

// It trims by itself, as far as it can cheaply.
inline void decay() noexcept {}

inline bool knows_slabs() noexcept { return false; }
inline bool in_sparse_slab(const void* /*p*/) noexcept { return false; }
inline void* allocate_densely(size_t n) noexcept { return allocate(n); }
inline void release_densely(void* p, size_t n) noexcept { release(p, n); }

inline bool background_threads(bool on) noexcept { return !on; }

inline constexpr std::string_view kName = "libc";

}  // namespace redpoll::mem::raw
