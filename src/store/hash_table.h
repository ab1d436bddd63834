// The large encoding of a hash ("hashtable"): a table of fields, and once a field gets a deadline, an index
// of the fields with one, ordered by deadline and then by name.
//
// A field whose time has come stays until it is taken out: those who look ask `due`.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "base/siphash.h"
#include "ds/dict_iterator.h"
#include "ds/rank_tree.h"
#include "store/access.h"
#include "store/hash_field.h"
#include "store/object.h"

namespace redpoll::store {

struct HashFieldPolicy {
  using Element = HashField;
  using Key = std::string_view;
  static Key key(HashField field) { return field.field(); }
  static bool equal(HashField field, Key key) { return field.field() == key; }
  static uint64_t hash(Key key, const SipKey& seed) { return siphash13(key, seed); }
  static void destroy(HashField field) { HashField::destroy(field); }
  static void prefetch(HashField field) { field.prefetch(); }
};

struct FieldDeadlinePolicy {
  using Element = HashField;
  using Order = int64_t;
  static Order order(HashField field) { return field.deadline().v; }
  static bool before(HashField a, HashField b) {
    const int64_t x = order(a), y = order(b);
    return x != y ? x < y : a.field() < b.field();
  }
  static void prefetch(HashField field) { field.prefetch(); }
};

class HashTable final : public Object {
 public:
  explicit HashTable(const SipKey& seed) : fields_(seed), seed_(seed) {}

  // --- Object
  std::string_view encoding_name() const override { return "hashtable"; }
  Sought prefetch_bucket(std::string_view element) const override {
    const uint64_t hash = fields_.hash(element);
    fields_.prefetch_bucket(hash);
    return {hash, true};
  }
  void prefetch_element(uint64_t hash) const override { fields_.prefetch_element(hash); }
  std::unique_ptr<Object> clone() const override;
  Bytes memory_bytes(size_t samples) const override;
  size_t free_effort() const override { return fields_.size(); }
  std::optional<ds::DictStats> table_stats() const override { return fields_.stats(); }
  uint64_t relocate(uint64_t cursor, mem::Relocator& relocator) override;
  void validate() const override;

  // --- looks
  // Fields, those whose time has come included.
  size_t size() const { return fields_.size(); }
  // Fields whose time has come. O(log n).
  size_t due(UnixMs now) const;
  // Whether there are any, and whether there are no others. O(log n), O(1) without deadlines.
  bool some_due(UnixMs now) const { return has_deadlines() && deadlines_->front().due(now); }
  bool all_due(UnixMs now) const {
    return has_deadlines() && deadlines_->size() == size() && deadlines_->back().due(now);
  }
  bool has_deadlines() const { return deadlines_ != nullptr && !deadlines_->empty(); }

  // The hint is for the field (here and below).
  std::optional<HashField> find(std::string_view field, const HashHint& hint = kNoHint[0]) const {
    return fields_.find(field, hint.hash_of(field, seed_));
  }
  // Calls `fn(field)` for all fields of one step and returns the next cursor; see ds::Dict::scan.
  template <class F>
  uint64_t scan(uint64_t cursor, F&& fn) const {
    return fields_.scan(cursor, fn);
  }
  // Calls `fn(field)` for every field.
  template <class F>
  void each(F&& fn) const {
    fields_.each_while([&](HashField field) {
      fn(field);
      return true;
    });
  }
  // Calls `fn(field)` for every field whose time has not come. O(n), and O(those) where most have come and
  // this was asked lately.
  template <class F>
  void each_living(UnixMs now, F&& fn) const {
    const size_t gone = due(now);
    if (gone <= size() / 2) {
      return each([&](HashField field) {
        if (!field.due(now)) fn(field);
      });
    }
    deadlines_->each(gone, deadlines_->size() - gone, fn);
    for (const HashField field : lasting()) fn(field);
  }
  // A field whose time has not come, each as likely as another. REQUIRES: there is one. O(1) unless nearly
  // all have come; then O(log n), but O(n) for the first time after a change of fields without a deadline.
  HashField random(Rng& rng, UnixMs now) const;

  // --- changes
  // Prepares for that many fields.
  void reserve(size_t fields) { fields_.expand(fields); }
  // Sets the value of a field; true if the field is new.
  bool set(std::string_view field, std::string_view value, FieldTtl ttl, const HashHint& hint = kNoHint[0]);
  // Adds a field. REQUIRES: it is not there.
  void add(std::string_view field, std::string_view value, std::optional<UnixMs> deadline);
  // False if it is not there.
  bool erase(std::string_view field, const HashHint& hint = kNoHint[0]);
  // Sets or removes the deadline of a field. REQUIRES: it is there.
  void set_deadline(std::string_view field, std::optional<UnixMs> deadline);
  // Takes out up to `limit` fields whose time has come, the earliest first, after `fn(name)` for each.
  // Returns how many.
  template <class F>
  size_t expire(UnixMs now, size_t limit, F&& fn) {
    const size_t count = std::min(limit, due(now));
    if (count == 0) return 0;
    deadlines_->erase_ranks(0, count, [&](HashField field) {
      fn(field.field());
      fields_.detach(field.field());
      HashField::destroy(field);
    });
    return count;
  }

 private:
  using Fields = ds::Dict<HashFieldPolicy>;
  using Deadlines = ds::RankTree<FieldDeadlinePolicy>;

  void index(HashField field);
  // The fields without a deadline, which are not in the index. REQUIRES: has_deadlines().
  const std::vector<HashField>& lasting() const;
  // To be called before a field changes that may be one of them.
  void forget_lasting() {
    if (lasting_) [[unlikely]]
      lasting_.reset();
  }

  Fields fields_;
  std::unique_ptr<Deadlines> deadlines_;  // from the first deadline on
  SipKey seed_;
  // As long as it is known, for draws from a hash in which nearly all fields are due: expiry takes none of
  // these.
  mutable std::unique_ptr<std::vector<HashField>> lasting_;
};

}  // namespace redpoll::store
