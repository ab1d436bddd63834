#include "mem/zmalloc.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/assert.h"
#ifdef REDPOLL_JEMALLOC
#include "mem/allocator_jemalloc.h"

// Read by jemalloc when it starts; the environment variable MALLOC_CONF goes over it. Full nodes of lists are
// blocks of 8 KiB. By default each is a slab by itself, for which jemalloc keeps 128 bytes; four to a slab
// share them. Larger slabs for small blocks cost more than they save: pages that become free no longer fit.
const char* malloc_conf = "slab_sizes:8192-8192:8";
#else
#include "mem/allocator_libc.h"
#endif

namespace redpoll::mem {

// Defined beside the global operators: naming it here makes the linker take them from the archive.
extern const bool kOperatorsReplaced;

namespace {

[[gnu::used]] const bool* const kTakeOperators = &kOperatorsReplaced;

// Counters lie in a fixed array. A thread takes one at its first allocation and gives it back when it ends,
// balance and all; the next owner goes on from there. So nothing is ever added up under a lock. The first
// counter is shared by whoever has none of his own: threads beyond the array, and destructors that run after
// a thread has given its counter back.

struct alignas(64) Counter {
  std::atomic<int64_t> bytes{0};
  std::atomic<bool> taken{false};
};

constinit std::array<Counter, 64> g_counters{};
constinit std::atomic<size_t> g_counters_seen{1};
constinit thread_local Counter* t_counter = nullptr;
constinit thread_local bool t_uses_shared = false;

struct ReturnsCounter {
  ~ReturnsCounter() {
    t_uses_shared = true;
    if (Counter* const counter = std::exchange(t_counter, nullptr)) {
      counter->taken.store(false, std::memory_order_release);
    }
  }
};

void take_counter() noexcept {
  static thread_local ReturnsCounter at_thread_exit;
  static_cast<void>(at_thread_exit);
  for (size_t i = 1; i < g_counters.size(); ++i) {
    if (g_counters[i].taken.exchange(true, std::memory_order_acquire)) continue;
    t_counter = &g_counters[i];
    size_t seen = g_counters_seen.load();
    while (seen < i + 1 && !g_counters_seen.compare_exchange_weak(seen, i + 1)) {}
    return;
  }
  t_uses_shared = true;
}

[[gnu::cold, gnu::noinline]] void count_without_counter(int64_t delta) noexcept {
  if (!t_uses_shared) take_counter();
  Counter& counter = t_counter != nullptr ? *t_counter : g_counters[0];
  counter.bytes.fetch_add(delta, std::memory_order_relaxed);
}

inline void count(int64_t delta) noexcept {
  Counter* const counter = t_counter;
  if (counter == nullptr) [[unlikely]]
    return count_without_counter(delta);
  // Only this thread writes it, so a plain addition cannot lose anything.
  counter->bytes.store(counter->bytes.load(std::memory_order_relaxed) + delta, std::memory_order_relaxed);
}

inline void* counted(void* p, size_t n) noexcept {
  if (p != nullptr) [[likely]]
    count(static_cast<int64_t>(raw::given(p, n)));
  return p;
}

std::atomic<OomHandler> g_oom_handler{nullptr};

[[noreturn, gnu::cold, gnu::noinline]] void out_of_memory(size_t n) {
  if (const OomHandler handler = g_oom_handler.load()) handler(n);
  CHECK(false, "Out Of Memory allocating {} bytes!", n);
  __builtin_unreachable();
}

inline void* or_out_of_memory(void* p, size_t n) {
  if (p == nullptr) [[unlikely]]
    out_of_memory(n);
  return p;
}

inline bool possible(size_t n) noexcept { return good_size(n) != 0; }

// `old_given` is what was counted for the block at p.
void* resize(void* p, size_t old_given, size_t n) noexcept {
  if (!possible(n)) return nullptr;
  void* const moved = raw::reallocate(p, n);
  if (moved == nullptr) return nullptr;
  count(static_cast<int64_t>(raw::given(moved, n)) - static_cast<int64_t>(old_given));
  return moved;
}

}  // namespace

OomHandler set_oom_handler(OomHandler handler) noexcept { return g_oom_handler.exchange(handler); }

void* try_zmalloc(size_t n) noexcept { return possible(n) ? counted(raw::allocate(n), n) : nullptr; }

void* zmalloc(size_t n) { return or_out_of_memory(try_zmalloc(n), n); }

void* try_zcalloc(size_t count, size_t size) noexcept {
  size_t n = 0;
  if (__builtin_mul_overflow(count, size, &n) || !possible(n)) return nullptr;
  return counted(raw::allocate_zeroed(n), n);
}

void* zcalloc(size_t count, size_t size) {
  size_t n = 0;
  if (__builtin_mul_overflow(count, size, &n)) n = SIZE_MAX;
  return or_out_of_memory(try_zcalloc(count, size), n);
}

void* zcalloc(size_t n) { return zcalloc(1, n); }

void* try_zrealloc(void* p, size_t n) noexcept {
  return p == nullptr ? try_zmalloc(n) : resize(p, raw::given(p), n);
}

void* zrealloc(void* p, size_t n) { return or_out_of_memory(try_zrealloc(p, n), n); }

void* zrealloc(void* p, size_t old_size, size_t n) {
  if (p == nullptr) return zmalloc(n);
  if (good_size(old_size) == good_size(n)) return p;
  return or_out_of_memory(resize(p, raw::given(p, old_size), n), n);
}

void zfree(void* p) noexcept {
  if (p == nullptr) return;
  count(-static_cast<int64_t>(raw::given(p)));
  raw::release(p);
}

void zfree(void* p, size_t size) noexcept {
  if (p == nullptr) return;
  count(-static_cast<int64_t>(raw::given(p, size)));
  raw::release(p, size);
}

void* try_zmalloc_aligned(size_t n, size_t align) noexcept {
  if (!possible(n)) return nullptr;
  void* const p = raw::allocate_aligned(n, align);
  if (p != nullptr) count(static_cast<int64_t>(raw::given_aligned(p, n, align)));
  return p;
}

void* zmalloc_aligned(size_t n, size_t align) { return or_out_of_memory(try_zmalloc_aligned(n, align), n); }

void zfree_aligned(void* p, size_t n, size_t align) noexcept {
  if (p == nullptr) return;
  count(-static_cast<int64_t>(raw::given_aligned(p, n, align)));
  raw::release_aligned(p, n, align);
}

size_t zmalloc_usable_size(const void* p) noexcept { return raw::given(p); }

Bytes zmalloc_used_memory() noexcept {
  int64_t sum = 0;
  const size_t seen = g_counters_seen.load(std::memory_order_acquire);
  for (size_t i = 0; i < seen; ++i) sum += g_counters[i].bytes.load(std::memory_order_relaxed);
  // Below zero only while another thread's allocation is not yet visible but our release of it is.
  return sum > 0 ? static_cast<Bytes>(sum) : 0;
}

Bytes zmalloc_rss() noexcept {
  const int fd = SYS(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  if (fd == -1) return 0;
  char text[128];
  const ssize_t length = SYS(::read(fd, text, sizeof(text)));
  ::close(fd);
  if (length <= 0) return 0;
  // "size resident shared ...", in pages.
  const char* const end = text + length;
  const void* const space = std::memchr(text, ' ', static_cast<size_t>(length));
  if (space == nullptr) return 0;
  Bytes pages = 0;
  std::from_chars(static_cast<const char*>(space) + 1, end, pages);
  return pages * static_cast<Bytes>(::sysconf(_SC_PAGESIZE));
}

Bytes zmalloc_system_memory() noexcept {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  return pages < 0 || page < 0 ? 0 : static_cast<Bytes>(pages) * static_cast<Bytes>(page);
}

AllocatorStats zmalloc_allocator_stats() noexcept { return raw::stats(); }
std::string_view zmalloc_allocator_name() noexcept { return raw::kName; }
std::string zmalloc_allocator_report() { return raw::report(); }

bool zmalloc_knows_slabs() noexcept { return raw::knows_slabs(); }

bool zmalloc_in_sparse_slab(const void* p) noexcept { return raw::in_sparse_slab(p); }

void* try_zmalloc_densely(size_t n) noexcept {
  return possible(n) ? counted(raw::allocate_densely(n), n) : nullptr;
}

void zfree_densely(void* p, size_t size) noexcept {
  count(-static_cast<int64_t>(raw::given(p, size)));
  raw::release_densely(p, size);
}

bool zmalloc_purge() noexcept { return raw::purge(); }

void zmalloc_decay() noexcept { raw::decay(); }

bool zmalloc_background_threads(bool on) noexcept { return raw::background_threads(on); }

}  // namespace redpoll::mem
