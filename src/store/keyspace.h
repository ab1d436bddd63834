// All numbered databases, and what they share: the terms on which keys are looked at, the seed of the hash
// function, the statistics, and the interfaces to whoever frees large values and hears of changes.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/encoding_limits.h"
#include "base/rng.h"
#include "base/units.h"
#include "store/access.h"
#include "store/change.h"
#include "store/database.h"

namespace redpoll::store {

// Frees what would hold up the event loop. The keyspace hands over ownership and never looks back.
class Reclaimer {
 public:
  virtual ~Reclaimer() = default;
  virtual void reclaim(EntryDict dict) = 0;
  virtual void reclaim(EntryPtr entry) = 0;
};

struct LookupStats {
  uint64_t hits = 0;
  uint64_t misses = 0;
  uint64_t expired = 0;
  uint64_t expired_fields = 0;
  uint64_t evicted = 0;
};

class Keyspace {
 public:
  // All chance in here comes from `seed`. `reclaimer` and `observer` may be null and must outlive the
  // keyspace otherwise.
  Keyspace(int databases, const SipKey& seed, Reclaimer* reclaimer = nullptr,
           ChangeObserver* observer = nullptr);
  Keyspace(const Keyspace&) = delete;
  Keyspace& operator=(const Keyspace&) = delete;

  int size() const { return static_cast<int>(databases_.size()); }
  // REQUIRES: 0 <= index < size().
  Database& db(int index) { return *databases_[static_cast<size_t>(index)]; }
  bool valid(int64_t index) const { return index >= 0 && index < size(); }

  // Exchanges the contents of two databases.
  void swap(int a, int b);
  // Removes everything. Returns how many keys there were.
  size_t clear(Reclaim how);

  // On what terms keys are looked at: those of the innermost AccessScope. To be changed by commands that say
  // how the ones behind them look at keys, and when the clock of a long turn is read again; the end of the
  // scope ends it.
  AccessTerms& terms() { return terms_; }
  const AccessTerms& terms() const { return terms_; }

  // Who listens to changes: a mask of Listener. REQUIRES (here and below): without an observer, nobody but
  // kAccess.
  uint8_t listeners = 0;
  void listen(Listener who, bool on) {
    listeners = static_cast<uint8_t>(on ? listeners | who : listeners & ~who);
  }
  // Exactly these of those outside the store.
  void listen_only(uint8_t outside) { listeners = static_cast<uint8_t>((listeners & kAccess) | outside); }
  // Whether anybody outside the store listens.
  bool heard() const { return (listeners & ~kAccess) != 0; }
  // Whether the observer must see entries before they change.
  bool wants_pre_images = false;
  // Whether anybody wants to know of a change, before or after.
  bool watched() const { return (listeners | uint8_t{wants_pre_images}) != 0; }

  // lazyfree-lazy-expire: large values of expired keys are freed in the background.
  bool lazy_expire = false;
  // lazyfree-lazy-eviction: so are those of evicted keys.
  bool lazy_eviction = false;
  // lazyfree-lazy-server-del: so are large values that another takes the place of.
  bool lazy_server_delete = false;
  // Small integers count as shared by all keys that hold them, for OBJECT REFCOUNT.
  bool shares_integers = true;
  EncodingLimits encoding;
  // Set by set_access.
  AccessTracker access;
  LookupStats stats;
  Rng rng;

  // How uses of keys are recorded from now on.
  void set_access(const AccessTracker& tracker) {
    access = tracker;
    listen(kAccess, tracker.policy == AccessPolicy::lrm);
  }

  const SipKey& seed() const { return seed_; }
  Reclaimer* reclaimer() const { return reclaimer_; }
  ChangeObserver* observer() const { return observer_; }

 private:
  friend class AccessScope;

  AccessTerms terms_;
  SipKey seed_;
  Reclaimer* reclaimer_;
  ChangeObserver* observer_;
  std::vector<std::unique_ptr<Database>> databases_;
};

// The terms of one execution: in force from here on, and the former ones again when it ends. They nest: what
// a command runs may look at keys on other terms.
class AccessScope {
 public:
  AccessScope(Keyspace& keyspace, const AccessTerms& terms)
      : keyspace_(keyspace), former_(std::exchange(keyspace.terms_, terms)) {}
  AccessScope(const AccessScope&) = delete;
  AccessScope& operator=(const AccessScope&) = delete;
  ~AccessScope() { keyspace_.terms_ = former_; }

 private:
  Keyspace& keyspace_;
  const AccessTerms former_;
};

}  // namespace redpoll::store
