#include "mem/zmalloc.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "base/rng.h"

#ifdef REDPOLL_JEMALLOC
#include <jemalloc/jemalloc.h>
#endif

namespace redpoll::mem {
namespace {

// How far the count has moved since the object was made.
class Balance {
 public:
  [[nodiscard]] int64_t now() const { return static_cast<int64_t>(zmalloc_used_memory() - start_); }

 private:
  size_t start_ = zmalloc_used_memory();
};

// Kept from the optimizer, which may leave out allocations and refuses impossible sizes.
size_t opaque(size_t n) {
  volatile size_t v = n;
  return v;
}

struct OutOfMemory {
  size_t size;
};

struct ThrowingHandler {
  ThrowingHandler() : previous(set_oom_handler([](size_t n) { throw OutOfMemory{n}; })) {}
  ~ThrowingHandler() { set_oom_handler(previous); }
  OomHandler previous;
};

}  // namespace

#ifdef REDPOLL_JEMALLOC
TEST_CASE("good_size is what jemalloc gives") {
  for (size_t n = 1; n <= 70000; ++n) {
    if (good_size(n) != nallocx(n, 0)) FAIL("size " << n);
  }
  Rng rng(1);
  for (int i = 0; i < 200000; ++i) {
    const size_t n = (rng.next() >> rng.below(63)) | 1;
    if (good_size(n) != nallocx(n, 0)) FAIL("size " << n);
  }
  for (int shift = 4; shift < 63; ++shift) {
    for (size_t n = (size_t{1} << shift) - 2; n <= (size_t{1} << shift) + 2; ++n) {
      if (good_size(n) != nallocx(n, 0)) FAIL("size " << n);
    }
  }
  REQUIRE(good_size(0) == 8);
  REQUIRE(good_size(SIZE_MAX) == 0);
  REQUIRE(good_size((size_t{7} << 60) + 1) == 0);
  REQUIRE(good_size(size_t{7} << 60) == size_t{7} << 60);
  static_assert(good_size(17) == 32 && good_size(129) == 160);
}

TEST_CASE("four blocks of 8 KiB share a slab of jemalloc") {
  const auto read = [](const std::string& name, auto value) {
    size_t length = sizeof value;
    REQUIRE(mallctl(name.c_str(), &value, &length, nullptr, 0) == 0);
    return value;
  };
  const unsigned bins = read("arenas.nbins", 0u);
  bool found = false;
  for (unsigned i = 0; i < bins; ++i) {
    const std::string bin = "arenas.bin." + std::to_string(i);
    if (read(bin + ".size", size_t{0}) != 8192) continue;
    found = true;
    REQUIRE(read(bin + ".slab_size", size_t{0}) == 4 * 8192);
  }
  REQUIRE(found);
}
#endif

TEST_CASE("good_size covers the request, is its own good_size, and grows with the request") {
  size_t last = 0;
  for (size_t n = 0; n < 5000; ++n) {
    const size_t good = good_size(n);
    REQUIRE(good >= n);
    REQUIRE(good >= last);
    REQUIRE(good_size(good) == good);
    last = good;
  }
  REQUIRE(good_size(SIZE_MAX) == 0);
  REQUIRE(good_size(size_t{PTRDIFF_MAX} + 1) == 0);
}

TEST_CASE("all of good_size may be used, and serves any request with the same one") {
  for (size_t n = 0; n < 600; ++n) {
    void* const p = zmalloc(n);
    REQUIRE(zmalloc_usable_size(p) >= good_size(n));
    std::memset(p, 0xab, good_size(n));
    zfree(p, good_size(n));
  }
}

TEST_CASE("used memory counts what the allocator gave, and comes back to the start") {
  for (const size_t size : {0u, 1u, 8u, 9u, 100u, 129u, 5000u, 100000u, 5000000u}) {
    CAPTURE(size);
    const Balance balance;
    void* const p = zmalloc(size);
    const int64_t given = balance.now();
    REQUIRE(given == static_cast<int64_t>(zmalloc_usable_size(p)));
    zfree(p);
    REQUIRE(balance.now() == 0);
    void* const q = zmalloc(size);
    zfree(q, size);
    REQUIRE(balance.now() == 0);
  }
  zfree(nullptr);
  zfree(nullptr, 10);
}

TEST_CASE("random work keeps the count equal to the sum of the blocks") {
  struct Block {
    void* p;
    size_t size;
    char fill;
  };
  std::vector<Block> blocks;
  blocks.reserve(1000);
  Rng rng(2);
  const Balance balance;
  const auto check_and_fill = [](Block& b, size_t kept, char fill) {
    bool intact = true;
    for (size_t i = 0; i < std::min(kept, b.size); ++i) intact &= static_cast<char*>(b.p)[i] == b.fill;
    std::memset(b.p, fill, b.size);
    b.fill = fill;
    return intact;
  };
  for (int i = 0; i < 20000; ++i) {
    const size_t size = rng.below(size_t{1} << rng.below(15));
    const auto fill = static_cast<char>(i);
    if (blocks.size() < 500 && rng.below(2) == 0) {
      blocks.push_back({zmalloc(size), size, fill});
      std::memset(blocks.back().p, fill, size);
    } else if (!blocks.empty()) {
      Block& b = blocks[rng.below(blocks.size())];
      const size_t old_size = b.size;
      switch (rng.below(4)) {
        case 0:
          b.p = zrealloc(b.p, size);
          b.size = size;
          REQUIRE(check_and_fill(b, old_size, fill));
          break;
        case 1:
          b.p = zrealloc(b.p, old_size, size);
          b.size = size;
          REQUIRE(check_and_fill(b, old_size, fill));
          break;
        case 2:
          zfree(b.p);
          b = blocks.back();
          blocks.pop_back();
          break;
        default:
          zfree(b.p, b.size);
          b = blocks.back();
          blocks.pop_back();
      }
    }
    if (i % 100 == 0) {
      int64_t sum = 0;
      for (const Block& b : blocks) sum += static_cast<int64_t>(zmalloc_usable_size(b.p));
      REQUIRE(balance.now() == sum);
    }
  }
  for (const Block& b : blocks) zfree(b.p, b.size);
  REQUIRE(balance.now() == 0);
}

TEST_CASE("zcalloc gives zeros") {
  for (const size_t n : {0u, 1u, 100u, 10000u, 3000000u}) {
    auto* const dirty = static_cast<char*>(zmalloc(n));
    std::memset(dirty, 1, n);
    zfree(dirty);
    auto* const p = static_cast<char*>(zcalloc(n));
    REQUIRE(std::count(p, p + n, '\0') == static_cast<int64_t>(n));
    zfree(p);
  }
  auto* const p = static_cast<char*>(zcalloc(3, 7));
  REQUIRE(std::count(p, p + 21, '\0') == 21);
  zfree(p, 21);
}

TEST_CASE("aligned blocks are aligned and counted") {
  for (const size_t align : {1u, 8u, 16u, 64u, 4096u, 65536u}) {
    for (const size_t n : {0u, 1u, 64u, 100u, 5000u}) {
      const Balance balance;
      void* const p = zmalloc_aligned(n, align);
      REQUIRE(reinterpret_cast<uintptr_t>(p) % align == 0);
      std::memset(p, 1, n);
      REQUIRE(balance.now() == static_cast<int64_t>(zmalloc_usable_size(p)));
      zfree_aligned(p, n, align);
      REQUIRE(balance.now() == 0);
      zfree(zmalloc_aligned(n, align));
      REQUIRE(balance.now() == 0);
    }
  }
}

TEST_CASE("impossible sizes give nullptr or reach the handler, and count nothing") {
  const size_t huge = opaque(SIZE_MAX);
  const size_t half = opaque(size_t{1} << 32);
  void* const block = zmalloc(10);
  const Balance balance;
  REQUIRE(try_zmalloc(huge) == nullptr);
  REQUIRE(try_zmalloc(opaque(size_t{PTRDIFF_MAX} + 1)) == nullptr);
  REQUIRE(try_zcalloc(half, half) == nullptr);
  REQUIRE(try_zcalloc(half, half + 1) == nullptr);
  REQUIRE(try_zrealloc(block, huge) == nullptr);
  REQUIRE(try_zmalloc_aligned(huge, 64) == nullptr);
  REQUIRE(::operator new(huge, std::nothrow) == nullptr);
  {
    const ThrowingHandler handler;
    REQUIRE_THROWS_AS(zmalloc(huge), OutOfMemory);
    REQUIRE_THROWS_AS(zcalloc(half, half), OutOfMemory);
    REQUIRE_THROWS_AS(zrealloc(block, huge), OutOfMemory);
    REQUIRE_THROWS_AS(zrealloc(block, 10, huge), OutOfMemory);
    REQUIRE_THROWS_AS(zmalloc_aligned(huge, 64), OutOfMemory);
    REQUIRE_THROWS_AS(::operator new(huge), OutOfMemory);
  }
  REQUIRE(balance.now() == 0);
  zfree(block, 10);
}

TEST_CASE("without a handler an impossible request ends the process") {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    close(STDERR_FILENO);
    zfree(zmalloc(opaque(SIZE_MAX)));
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGABRT);
}

TEST_CASE("every form of new and delete is counted") {
  struct alignas(128) Wide {
    char bytes[200];
  };
  const Balance balance;
  {
    const auto one = std::make_unique<std::string>(opaque(5000), 'x');
    const auto many = std::make_unique<std::string[]>(opaque(10));
    const auto wide = std::make_unique<Wide>();
    const auto wides = std::make_unique<Wide[]>(opaque(3));
    const std::unique_ptr<int> quiet(new (std::nothrow) int(1));
    const std::unique_ptr<Wide> quiet_wide(new (std::nothrow) Wide);
    const std::vector<int> numbers(opaque(1000));
    // A compiler may leave out an allocation whose address nobody sees.
    for (const void* seen : {static_cast<const void*>(wide.get()), static_cast<const void*>(quiet.get()),
                             static_cast<const void*>(quiet_wide.get())}) {
      asm volatile("" : : "g"(seen) : "memory");
    }
    REQUIRE(reinterpret_cast<uintptr_t>(wides.get()) % alignof(Wide) == 0);
    REQUIRE(balance.now() >= 5000 + 4 * 10 + 5 * 200 + 4000);
  }
  REQUIRE(balance.now() == 0);
}

TEST_CASE("memory freed on another thread comes out right") {
  const Balance balance;
  std::vector<void*> blocks;
  for (int i = 0; i < 1000; ++i) blocks.push_back(zmalloc(100));
  std::thread([taken = std::move(blocks)] {
    for (void* const p : taken) zfree(p, 100);
  }).join();
  REQUIRE(balance.now() == 0);
}

TEST_CASE("what a thread leaves behind stays in the count after its end") {
  const Balance balance;
  void* p = nullptr;
  std::thread([&p] { p = zmalloc(opaque(100000)); }).join();
  REQUIRE(balance.now() == static_cast<int64_t>(zmalloc_usable_size(p)));
  zfree(p);
  REQUIRE(balance.now() == 0);
}

TEST_CASE("destructors of thread-local objects may free after the counter was given back") {
  const Balance balance;
  std::thread([] {
    // Made before the first counted allocation of the thread could register anything of its own.
    struct Late {
      ~Late() { zfree(p); }
      void* p = nullptr;
    };
    static thread_local Late late;
    late.p = nullptr;
    late.p = zmalloc(777);
  }).join();
  REQUIRE(balance.now() == 0);
}

TEST_CASE("more threads than counters, handing blocks around, lose nothing") {
  const Balance balance;
  {
    constexpr size_t kThreads = 100;
    std::vector<std::atomic<void*>> slots(32);
    std::atomic<size_t> arrived{0};
    std::vector<std::thread> threads;
    for (size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&slots, &arrived, t] {
        Rng rng(t);
        // All are alive at once, so that the counters do not suffice.
        zfree(zmalloc(1));
        ++arrived;
        while (arrived < kThreads) std::this_thread::yield();
        for (int i = 0; i < 500; ++i) {
          zfree(slots[rng.below(slots.size())].exchange(zmalloc(1 + rng.below(300))));
          if (i % 100 == 0) static_cast<void>(zmalloc_used_memory());
        }
      });
    }
    for (auto& t : threads) t.join();
    for (auto& slot : slots) zfree(slot.load());
  }
  REQUIRE(balance.now() == 0);
}

TEST_CASE("the counters of ended threads are used again") {
  const Balance balance;
  for (int i = 0; i < 300; ++i) {
    std::thread([] { zfree(zmalloc(50)); }).join();
  }
  REQUIRE(balance.now() == 0);
}

TEST_CASE("System memory is known, and no less than what is resident") {
  REQUIRE(zmalloc_system_memory() >= zmalloc_rss());
}

TEST_CASE("resident memory follows what is touched") {
  const Bytes before = zmalloc_rss();
  REQUIRE(before > 1 << 20);
  REQUIRE(before % 4096 == 0);
  constexpr size_t kSize = 64 << 20;
  void* const p = zmalloc(kSize);
  std::memset(p, 1, kSize);
  REQUIRE(zmalloc_rss() >= before + kSize / 2);
  zfree(p, kSize);
}

TEST_CASE("the allocator tells about itself") {
  const AllocatorStats stats = zmalloc_allocator_stats();
  REQUIRE(stats.allocated > 0);
  if (kAllocator == Allocator::jemalloc) {
    REQUIRE(stats.active >= stats.allocated);
    REQUIRE(stats.resident >= stats.active);
    REQUIRE(zmalloc_allocator_name().substr(0, 11) == "jemalloc-5.");
    REQUIRE(zmalloc_allocator_name().find('-', 9) == std::string_view::npos);
  } else {
    REQUIRE(zmalloc_allocator_name() == "libc");
  }
}

TEST_CASE("purging gives memory back to the kernel") {
  constexpr size_t kBlock = 4000, kCount = 16384;
  std::vector<void*> blocks;
  for (size_t i = 0; i < kCount; ++i) {
    blocks.push_back(zmalloc(kBlock));
    std::memset(blocks.back(), 1, kBlock);
  }
  const Bytes full = zmalloc_rss();
  for (void* const p : blocks) zfree(p, kBlock);
  REQUIRE(zmalloc_purge());
  // The sanitizers keep freed memory for a while.
  if (!kSanitized) REQUIRE(zmalloc_rss() < full - kCount * kBlock / 2);
}

TEST_CASE("a block knows whether its slab is emptier than most, and another comes from a fuller one") {
  constexpr size_t kBlock = 200, kCount = 100'000;
  std::vector<void*> blocks;
  for (size_t i = 0; i < kCount; ++i) blocks.push_back(zmalloc(kBlock));
  REQUIRE_FALSE(zmalloc_in_sparse_slab(blocks[kCount / 2]));
  // Of the first half every other one goes, of the second half all but one in fifty.
  const auto goes = [](size_t i) { return i < kCount / 2 ? i % 2 == 0 : i % 50 != 0; };
  for (size_t i = 0; i < kCount; ++i) {
    if (goes(i)) zfree_densely(blocks[i], kBlock);
  }
  size_t sparse_in_first = 0, sparse_in_second = 0;
  for (size_t i = 0; i < kCount; ++i) {
    if (!goes(i)) (i < kCount / 2 ? sparse_in_first : sparse_in_second) += zmalloc_in_sparse_slab(blocks[i]);
  }
  if (zmalloc_knows_slabs()) {
    REQUIRE(sparse_in_first < kCount / 100);
    REQUIRE(sparse_in_second > kCount / 2 / 50 * 9 / 10);
    void* const fresh = try_zmalloc_densely(kBlock);
    REQUIRE_FALSE(zmalloc_in_sparse_slab(fresh));
    zfree_densely(fresh, kBlock);
  } else {
    REQUIRE(sparse_in_first + sparse_in_second == 0);
  }
  for (size_t i = 0; i < kCount; ++i) {
    if (!goes(i)) zfree(blocks[i], kBlock);
  }
}

}  // namespace redpoll::mem
