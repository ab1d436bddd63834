// Frees large values on a thread of its own, so that unmapping a gigabyte does not stop the event loop, and
// gives the memory of what was large back to the system.
//
// The thread takes over what it is given and never touches the keyspace. Giving is O(1) and never waits. The
// thread is started by the first gift: system calls cost less in a process with a single thread. If it cannot
// be started, the gift is freed there and then.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <variant>

#include "store/keyspace.h"

namespace redpoll::server {

class ReclaimWorker final : public store::Reclaimer {
 public:
  ReclaimWorker() = default;
  // Finishes what was given.
  ~ReclaimWorker() override;

  void reclaim(store::EntryDict dict) override { give(std::move(dict)); }
  void reclaim(store::EntryPtr entry) override { give(std::move(entry)); }

  // bio-cpulist: where the thread runs. REQUIRES: nothing was given yet.
  std::string cpus;

  // About how many bytes wait to be freed. Any thread.
  Bytes pending_bytes() const { return pending_bytes_.load(std::memory_order_relaxed); }
  // Values that wait or are being freed, and those freed so far. Any thread.
  size_t pending() const { return pending_.load(std::memory_order_relaxed); }
  uint64_t freed() const { return freed_.load(std::memory_order_relaxed); }
  void reset_freed() { freed_.store(0, std::memory_order_relaxed); }

 private:
  using Contents = std::variant<store::EntryPtr, store::EntryDict>;
  struct Garbage {
    Contents contents;
    Bytes bytes;
  };

  static size_t objects(const Contents& contents);
  static Bytes estimate(const Contents& contents);
  void give(Contents contents);
  bool started();
  void work();
  void free(Garbage& garbage);

  std::mutex mutex_;
  std::condition_variable given_;
  std::deque<Garbage> queue_;
  bool stop_ = false;
  std::atomic<size_t> pending_{0};
  std::atomic<Bytes> pending_bytes_{0};
  std::atomic<uint64_t> freed_{0};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace redpoll::server
