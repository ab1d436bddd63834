// Memory that is counted. zmalloc_used_memory() is what the allocator really gave, size classes included; it
// is what maxmemory limits. Global operator new and delete go through here too (new_delete.cc), so the
// standard library's memory is in the count.
//
// Counting costs one add: each thread owns a counter that only it writes, and readers sum them up. A counter
// may be negative by itself, when a thread frees what another allocated; the sum comes out right.
//
// Sizes: the functions that take the size of an existing block want the size last requested for it, or any
// other with the same good_size. That saves the allocator a lookup. Blocks of the sized and the plain
// functions are the same; those of the aligned functions are not.
//
// When memory runs out, or a size cannot be served at all, the out-of-memory handler is called; the try_
// functions return nullptr instead. All functions are thread-safe.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/units.h"

namespace redpoll::mem {

enum class Allocator : unsigned char { jemalloc, libc };

#ifdef REDPOLL_JEMALLOC
inline constexpr Allocator kAllocator = Allocator::jemalloc;
#else
inline constexpr Allocator kAllocator = Allocator::libc;
#endif
#ifdef REDPOLL_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

namespace detail {

// The default size classes of jemalloc: 8, then steps of 16 up to 128, then four to each doubling, up to
// 7 * 2^60; 0 above. https://jemalloc.net/jemalloc.3.html#size_classes
constexpr size_t jemalloc_class(size_t n) noexcept {
  if (n <= 8) return 8;
  if (n <= 128) return (n + 15) & ~size_t{15};
  if (n > size_t{7} << 60) return 0;
  const size_t step = size_t{1} << (std::bit_width(n - 1) - 3);
  return (n + step - 1) & ~(step - 1);
}

// What a chunk of the GNU C library holds: multiples of 16, less 8, from 24.
constexpr size_t libc_class(size_t n) noexcept {
  if (n > size_t{PTRDIFF_MAX} - 32) return 0;
  return n <= 24 ? 24 : ((n + 8 + 15) & ~size_t{15}) - 8;
}

}  // namespace detail

// The size of the block a request for n bytes gets; all of it may be used. Requests with equal good_size are
// interchangeable: a block got for one serves the other in place. 0 if n cannot be served. Under the
// sanitizers it is n (at least 1), so that they see every byte beyond the request.
constexpr size_t good_size(size_t n) noexcept {
  if constexpr (kSanitized) return n > size_t{PTRDIFF_MAX} ? 0 : n == 0 ? 1 : n;
  if constexpr (kAllocator == Allocator::jemalloc) return detail::jemalloc_class(n);
  return detail::libc_class(n);
}

// A block of at least n bytes, aligned for any object; n may be 0.
[[nodiscard]] void* zmalloc(size_t n);
[[nodiscard]] void* try_zmalloc(size_t n) noexcept;
// Zeroed. The product may overflow: that is an impossible size.
[[nodiscard]] void* zcalloc(size_t n);
[[nodiscard]] void* zcalloc(size_t count, size_t size);
[[nodiscard]] void* try_zcalloc(size_t count, size_t size) noexcept;
// Moves if need be; p may be nullptr. When try_zrealloc fails the old block stays.
[[nodiscard]] void* zrealloc(void* p, size_t n);
[[nodiscard]] void* zrealloc(void* p, size_t old_size, size_t n);
[[nodiscard]] void* try_zrealloc(void* p, size_t n) noexcept;

// p may be nullptr.
void zfree(void* p) noexcept;
void zfree(void* p, size_t size) noexcept;

// REQUIRES: align is a power of two. Freed by zfree_aligned with the same n and align.
[[nodiscard]] void* zmalloc_aligned(size_t n, size_t align);
[[nodiscard]] void* try_zmalloc_aligned(size_t n, size_t align) noexcept;
void zfree_aligned(void* p, size_t n, size_t align) noexcept;

// The bytes the block really has, as they were counted. REQUIRES: p is not nullptr.
[[nodiscard]] size_t zmalloc_usable_size(const void* p) noexcept;

// Sum over all threads, lock-free; exact when no other thread is allocating.
[[nodiscard]] Bytes zmalloc_used_memory() noexcept;
// Resident memory of the process as the kernel counts it; 0 if it does not tell.
[[nodiscard]] Bytes zmalloc_rss() noexcept;
// Physical memory of the machine; 0 if the system does not tell.
[[nodiscard]] Bytes zmalloc_system_memory() noexcept;

// What INFO memory tells of the allocator itself. With libc all but `allocated` are 0.
struct AllocatorStats {
  Bytes allocated = 0;  // in blocks given out, by anyone in the process
  Bytes active = 0;     // in pages that hold such blocks
  Bytes resident = 0;   // in pages the kernel backs, metadata included
  Bytes retained = 0;   // address space kept without memory behind it
  Bytes muzzy = 0;      // freed lazily: the kernel may take it back
};
[[nodiscard]] AllocatorStats zmalloc_allocator_stats() noexcept;
// Name and version, as INFO mem_allocator prints it: "jemalloc-5.3.0", "libc".
[[nodiscard]] std::string_view zmalloc_allocator_name() noexcept;
// What the allocator tells of itself, for people (MEMORY MALLOC-STATS). Empty if it tells nothing.
[[nodiscard]] std::string zmalloc_allocator_report();
// Gives unused pages back to the kernel (MEMORY PURGE). False if the allocator cannot.
bool zmalloc_purge() noexcept;

// Gives back what has been unused for long enough, in the caller's time. jemalloc spreads the pages of one
// moment over the ten seconds that follow it, but without threads of its own it only looks when something is
// allocated or freed.
void zmalloc_decay() noexcept;

// Lets the allocator give memory back from threads of its own instead of in the caller's time
// (jemalloc-bg-thread). False if it cannot. REQUIRES: after the last fork of a daemon.
bool zmalloc_background_threads(bool on) noexcept;

// --- for defragmentation (relocator.h)
// Whether the allocator tells how full its slabs are.
bool zmalloc_knows_slabs() noexcept;
// Whether the block lies in a slab that is emptier than most of its size, other than the one that new blocks
// come from: moved, it helps to give a page back. False if the allocator does not know. O(1).
bool zmalloc_in_sparse_slab(const void* p) noexcept;
// A block from the fullest slabs, and the way back to them, past what the thread keeps for itself. nullptr
// when memory has run out.
[[nodiscard]] void* try_zmalloc_densely(size_t n) noexcept;
void zfree_densely(void* p, size_t size) noexcept;

// Called with the size that could not be served. It must not return normally; the default prints and aborts.
using OomHandler = void (*)(size_t size);
// Replaces the handler and returns the previous one; nullptr stands for the default.
OomHandler set_oom_handler(OomHandler handler) noexcept;

}  // namespace redpoll::mem
