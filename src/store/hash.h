// Hashes: fields with values, each with a deadline of its own if it is given one.
//
// Encodings (see packed_hash.h and hash_table.h): "listpack" while it is small, "listpackex" from the first
// deadline of a field on, "hashtable" once it has grown. None is ever left for one before it. A hash in which
// no field has a deadline pays nothing for the possibility.
//
// A field whose time has come is gone for whoever looks. It is taken out some time later: by looks at the
// key, a few at a time, or by the sweep (see Database). Until then views hide it, and an editor takes it out
// before it touches it. A hash of which nothing lives is no key any more; Entry::expired says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "base/sampling.h"
#include "ds/inline_buffer.h"
#include "store/draw.h"
#include "store/element.h"
#include "store/hash_table.h"
#include "store/packed_hash.h"
#include "store/slot.h"

namespace redpoll::store {

struct HashPair {
  Element field;
  Element value;
};

// What lives of a hash at a time. Valid until the hash changes, as are the elements that it hands out.
class HashView {
 public:
  HashView(const Entry& entry, UnixMs now, const HashHint& hint = kNoHint[0])
      : table_(entry.encoding() == Encoding::object ? static_cast<const HashTable*>(&entry.object())
                                                    : nullptr),
        packed_(table_ == nullptr ? entry.packed() : std::string_view{},
                entry.variant() ? PackedFields::with_deadlines : PackedFields::pairs),
        now_(now),
        hint_(&hint) {}

  // Number of fields. O(1) while no field has a deadline; else O(log n), or O(n) for a packed hash.
  size_t size() const;
  std::optional<Element> get(std::string_view field) const;
  struct Field {
    Element value;
    std::optional<UnixMs> deadline;
  };
  // The same with the deadline, if it has one.
  std::optional<Field> find(std::string_view field) const;

  // Calls `fn(field, value)` for each field.
  template <class F>
  void each(F&& fn) const {
    if (table_ == nullptr) return packed_.each(now_, fn);
    table_->each_living(now_, [&](HashField f) { fn(Element(f.field()), Element(f.value())); });
  }
  // The same for those of one step of an iteration; returns the next cursor, 0 at the end. A packed hash is a
  // step. A field that is there from the first call to the last is visited at least once. `fn` must not
  // change the hash.
  template <class F>
  uint64_t scan(uint64_t cursor, F&& fn) const {
    if (table_ != nullptr) return table_->scan(cursor, [&](HashField field) { visit(field, fn); });
    packed_.each(now_, fn);
    return 0;
  }

  // Any field, each as likely as another. REQUIRES: size() > 0 (here and below).
  HashPair random(Rng& rng) const;
  // Calls `fn(pair)` for `count` such fields, of which the same may come again, until it returns false.
  template <class F>
  void draw(Rng& rng, uint64_t count, F&& fn) const;
  // Calls `fn(pair)` for `count` different fields, each choice as likely as another; their order is not
  // random. REQUIRES: count <= size(). O(n), and O(count) if that is much less, in a table.
  template <class F>
  void sample(Rng& rng, size_t count, F&& fn) const;

 private:
  template <class F>
  void visit(HashField field, F&& fn) const {
    if (!field.due(now_)) fn(Element(field.field()), Element(field.value()));
  }
  static HashPair pair_of(HashField field) { return {Element(field.field()), Element(field.value())}; }
  HashPair packed_pair(PackedHashView::Place at) const { return {packed_.field(at), packed_.value(at)}; }
  DrawCost cost_of_draws(uint64_t count) const;

  const HashTable* table_;  // null if packed
  PackedHashView packed_;
  UnixMs now_;
  const HashHint* hint_;
};

// The type tag for Database::find and Slot.
struct Hash {
  using View = HashView;
  static constexpr Type kType = Type::hash;
};

// Changes the hash of a slot. It may be left without fields: who removes the last one erases the key.
class HashEditor {
 public:
  // REQUIRES: slot.accepts<Hash>(). The slot outlives it.
  explicit HashEditor(Slot& slot) : slot_(slot) {}

  // REQUIRES: the slot is occupied. Valid until the next change.
  HashView view() const { return *slot_.get<Hash>(); }
  // Fields that live; 0 if there is no key.
  size_t size() const { return slot_.occupied() ? view().size() : 0; }

  // Says that so many fields will be set, as far as is known: with more than a packed hash may have it is a
  // table from the start. Creates the key.
  void expect(size_t fields);
  // Sets the value of a field; true if the field is new. Creates the key. The texts must not lie in the hash.
  bool set(std::string_view field, std::string_view value, FieldTtl ttl = FieldTtl::drop);
  // The same for all of field, value, field, value, ...; returns how many fields are new.
  template <class Texts>
  size_t set_all(const Texts& pairs);
  // False if it is not there. REQUIRES (here and below): the slot is occupied.
  bool erase(std::string_view field);
  // Sets the deadline of a field, or removes it. REQUIRES: the field lives.
  void set_deadline(std::string_view field, std::optional<UnixMs> deadline);
  // Takes out up to `limit` fields whose time has come, and tells so. Returns how many.
  size_t expire(size_t limit);

 private:
  UnixMs now() const { return slot_.database().keyspace().terms().horizon(); }
  const EncodingLimits& limits() const { return slot_.database().keyspace().encoding; }
  bool packed() const { return slot_.entry().encoding() != Encoding::object; }
  PackedFields kind() const {
    return slot_.entry().variant() ? PackedFields::with_deadlines : PackedFields::pairs;
  }
  PackedHashView packed_view() const { return {slot_.entry().packed(), kind()}; }
  const HashTable& table() const { return static_cast<const HashTable&>(slot_.entry().object()); }
  // What it does may come to nothing: see Slot::begin_edit.
  HashTable& begin_edit() { return static_cast<HashTable&>(slot_.begin_edit().object()); }
  const HashHint& hint() const { return slot_.database().element_hint(); }

  bool fits(std::string_view field, std::string_view value) const;
  template <class Texts>
  bool all_fit(const Texts& pairs) const;
  bool set_packed(std::string_view field, std::string_view value, FieldTtl ttl);
  bool erase_stored(std::string_view field);
  void drop_if_due(std::string_view field);
  void tell_expired(const std::vector<std::string>& fields);
  void make_room_for_deadlines();
  void make_table();
  void follow_deadlines();

  Slot& slot_;
};

// --- templates

template <class F>
void HashView::draw(Rng& rng, uint64_t count, F&& fn) const {
  const DrawCost cost = cost_of_draws(count);
  if (table_ == nullptr || cost == DrawCost::little) return draw_from(*this, rng, count, cost, fn);
  std::vector<HashField> living;
  living.reserve(size());
  table_->each_living(now_, [&](HashField field) { living.push_back(field); });
  while (count > 0 && fn(pair_of(living[rng.below(living.size())]))) --count;
}

template <class F>
void HashView::sample(Rng& rng, size_t count, F&& fn) const {
  const size_t live = size();
  if (table_ != nullptr && are_few(count, live)) {
    return draw_distinct(
        count, [&] { return table_->random(rng, now_); }, [&](HashField field) { fn(pair_of(field)); });
  }
  Sampler sampler(rng, live, count);
  each([&](const Element& field, const Element& value) {
    if (sampler.takes_next()) fn(HashPair{field, value});
  });
}

// Whether a new hash of these may be packed.
template <class Texts>
bool HashEditor::all_fit(const Texts& pairs) const {
  constexpr size_t kOverhead = 16;
  if (pairs.size() / 2 > limits().hash_max_listpack_entries) return false;
  size_t bytes = ds::ListpackView::kEmptyBytes;
  for (const std::string_view text : pairs) {
    if (text.size() > limits().hash_max_listpack_value) return false;
    bytes += text.size() + kOverhead;
  }
  return bytes <= ds::ListpackView::kMaxBytes;
}

template <class Texts>
size_t HashEditor::set_all(const Texts& pairs) {
  size_t added = 0;
  if (slot_.occupied() || !all_fit(pairs)) {
    expect(pairs.size() / 2);
    for (size_t i = 0; i < pairs.size(); i += 2) added += set(pairs[i], pairs[i + 1]);
    return added;
  }
  // The entry gets its size at once.
  constexpr size_t kSmall = 512;
  ds::InlineBuffer<kSmall> bytes;
  PackedHash hash(bytes, PackedFields::pairs);
  for (size_t i = 0; i < pairs.size(); i += 2) added += hash.set(pairs[i], pairs[i + 1], FieldTtl::drop);
  slot_.store(Value::packed(Hash::kType, bytes.view()));
  return added;
}

// For the expiry of entries. REQUIRES: the entry is a hash.
bool some_field_due(const Entry& entry, UnixMs now);
// Fields, those whose time has come included. O(1).
size_t field_count(const Entry& entry);

}  // namespace redpoll::store
