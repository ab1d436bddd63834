// Sets: members that are distinct, in no order.
//
// A set of integers only is an intset, up to set-max-intset-entries of them. Another one is a listpack, up to
// set-max-listpack-entries members of at most set-max-listpack-value bytes. Beyond it is a SetTable, and
// never goes back. The rules of conversion are those of Redis 7.2.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "base/sampling.h"
#include "ds/intset.h"
#include "ds/listpack.h"
#include "store/draw.h"
#include "store/element.h"
#include "store/set_table.h"
#include "store/slot.h"

namespace redpoll::store {

enum class SetEncoding : uint8_t { intset, listpack, table };

// A look at a set. Valid until the set or its database changes. A listpack is searched from end to end; in an
// intset a search takes O(log n), in a table O(1).
class SetView {
 public:
  explicit SetView(const Entry& entry, const HashHint& hint = kNoHint[0])
      : encoding_(entry.encoding() == Encoding::object ? SetEncoding::table
                  : entry.variant()                    ? SetEncoding::intset
                                                       : SetEncoding::listpack),
        hint_(&hint) {
    if (encoding_ == SetEncoding::table) {
      table_ = static_cast<const SetTable*>(&entry.object());
    } else {
      packed_ = entry.packed();
    }
  }

  SetEncoding encoding() const { return encoding_; }
  size_t size() const;
  bool contains(const Element& member) const;

  // Calls `fn(Element)` for all members, until it returns false. It must not change the set (here and below).
  template <class F>
  void each_while(F&& fn) const;
  template <class F>
  void each(F&& fn) const {
    each_while([&](const Element& member) {
      fn(member);
      return true;
    });
  }
  // Calls `fn(Element)` for the members of one step of an iteration and returns the next cursor, 0 at the
  // end; all at once if they are packed. A member that is there from the first call to the last is visited at
  // least once.
  template <class F>
  uint64_t scan(uint64_t cursor, F&& fn) const {
    if (table_ != nullptr) return table_->scan(cursor, fn);
    each(fn);
    return 0;
  }

  // Any member, each as likely as another. REQUIRES: size() > 0 (here and below).
  Element random(Rng& rng) const;
  // Calls `fn(Element)` for `count` such members, of which the same may come again, until it returns false.
  template <class F>
  void draw(Rng& rng, uint64_t count, F&& fn) const;
  // Calls `fn(Element)` for `count` different members, each choice as likely as another; their order is not
  // random. REQUIRES: count <= size(). O(n), and O(count) if that is much less, in a table.
  template <class F>
  void sample(Rng& rng, size_t count, F&& fn) const;

  // Whether both look at the same set.
  friend bool operator==(const SetView& a, const SetView& b) {
    return a.packed_.data() == b.packed_.data() && a.table_ == b.table_;
  }

 private:
  friend class SetWriter;
  SetView(SetEncoding encoding, std::string_view packed, const SetTable* table)
      : encoding_(encoding), packed_(packed), table_(table) {}

  SetEncoding encoding_;
  std::string_view packed_;
  const SetTable* table_ = nullptr;
  const HashHint* hint_ = kNoHint;
};

// Changes a set, wherever it lies, and its encoding along with it.
class SetWriter {
 public:
  SetWriter(const SetWriter&) = delete;
  SetWriter& operator=(const SetWriter&) = delete;

  size_t size() const { return encoding_ ? view().size() : 0; }
  // REQUIRES: size() > 0. Valid until the next change.
  SetView view() const {
    return {*encoding_, packed_ == nullptr ? std::string_view{} : packed_->view(), table_};
  }

  // About so many members are going to be added: what could not hold as many becomes a table at once, which
  // saves the conversion later.
  void expect(size_t count);
  // False, and nothing done, if it is there. The member's bytes do not lie in this set (here and below).
  bool add(const Element& member);
  // False if it is not there. An empty set stays behind when the last one goes.
  bool remove(const Element& member);
  // Calls `fn(Element)` for a random member and removes it. REQUIRES: size() > 0.
  template <class F>
  void pop(Rng& rng, F&& fn);
  // The same for `count` members. REQUIRES: count <= size().
  template <class F>
  void pop(Rng& rng, size_t count, F&& fn);

 protected:
  // Nothing is there yet. All three outlive this; the hint is for a member.
  SetWriter(const EncodingLimits& limits, const SipKey& seed, const HashHint& hint = kNoHint[0])
      : limits_(limits), seed_(seed), hint_(hint) {}
  ~SetWriter() = default;

  // Puts a set in the place of what is there (packed: a copy of it), and returns where it lies now.
  virtual ds::PackedBuffer& put_packed(SetEncoding encoding, std::string_view bytes) = 0;
  virtual const SetTable& put_table(std::unique_ptr<SetTable> table) = 0;
  // The table, for a change that may come to nothing; REQUIRES: it is one. And that it, or any other, came to
  // something.
  virtual SetTable& begin_edit() = 0;
  virtual void note_change() = 0;

  void become(SetEncoding encoding, std::string_view bytes);
  void become_table(size_t expected);
  // Says where the set lies.
  void lies_in(SetEncoding encoding, ds::PackedBuffer& bytes) {
    encoding_ = encoding, packed_ = &bytes, table_ = nullptr;
  }
  void lies_in(const SetTable& table) { encoding_ = SetEncoding::table, packed_ = nullptr, table_ = &table; }
  size_t max_intset() const;

 private:
  void create(const Element& first);
  bool add_stored(const Element& member);
  bool remove_stored(const Element& member);
  bool add_to_intset(const Element& member);
  bool add_to_listpack(const Element& member);
  bool intset_fits_listpack() const;
  bool fits_listpack(const Element& member) const;
  template <class Packed, class Keep, class F>
  void pop_packed(Rng& rng, size_t count, Keep&& keep, F&& fn);

  const EncodingLimits& limits_;
  const SipKey& seed_;
  const HashHint& hint_;
  std::optional<SetEncoding> encoding_;
  ds::PackedBuffer* packed_ = nullptr;
  const SetTable* table_ = nullptr;
  size_t expected_ = 1;  // members, until there is a set
};

// Changes a set through its slot. The slot must accept<Set>() and outlive it. An empty slot gets its key with
// the first member. When the last member has gone the key is still there, for the caller to erase: see
// cmd::erase_if_empty.
class SetEditor final : public SetWriter {
 public:
  explicit SetEditor(Slot& slot);

 private:
  ds::PackedBuffer& put_packed(SetEncoding encoding, std::string_view bytes) override;
  const SetTable& put_table(std::unique_ptr<SetTable> table) override;
  SetTable& begin_edit() override { return static_cast<SetTable&>(slot_.begin_edit().object()); }
  void note_change() override { slot_.note_change(); }
  void put(Value&& value);

  Slot& slot_;
  std::optional<PackedValue> bytes_;
};

// A set that belongs to no key yet: for commands that store their result.
class SetBuilder final : public SetWriter {
 public:
  // An empty set; `begin_as` is packed.
  SetBuilder(const Keyspace& keyspace, SetEncoding begin_as);

  // Makes it an intset, if its members and their number allow that.
  void compact();
  // The set, to be stored once; a packed one is copied from here then. REQUIRES: size() > 0.
  Value value();

 private:
  ds::PackedBuffer& put_packed(SetEncoding encoding, std::string_view bytes) override;
  const SetTable& put_table(std::unique_ptr<SetTable> table) override;
  SetTable& begin_edit() override { return *table_; }
  void note_change() override {}

  ds::HeapBuffer bytes_;
  std::unique_ptr<SetTable> table_;
};

// The type tag for Database::find and Slot.
struct Set {
  using View = SetView;
  static constexpr Type kType = Type::set;
};

// --- templates

template <class F>
void SetView::each_while(F&& fn) const {
  switch (encoding_) {
    case SetEncoding::intset: {
      const ds::IntsetView set(packed_);
      for (size_t i = 0; i < set.size(); ++i) {
        if (!fn(Element(set.at(i)))) return;
      }
      return;
    }
    case SetEncoding::listpack: {
      const ds::ListpackView list(packed_);
      for (auto at = list.first(); at != list.kNone; at = list.next(at)) {
        if (!fn(list.get(at))) return;
      }
      return;
    }
    case SetEncoding::table: return table_->each_while(fn);
  }
}

template <class F>
void SetView::draw(Rng& rng, uint64_t count, F&& fn) const {
  draw_from(*this, rng, count, encoding_ == SetEncoding::listpack ? DrawCost::a_walk : DrawCost::little, fn);
}

template <class F>
void SetView::sample(Rng& rng, size_t count, F&& fn) const {
  if (table_ != nullptr && are_few(count, size())) {
    return draw_distinct(
        count, [&] { return table_->random(rng); }, [&](SetMember member) { fn(member.element()); });
  }
  Sampler sampler(rng, size(), count);
  each_while([&](const Element& member) {
    if (sampler.done()) return false;
    if (sampler.takes_next()) fn(member);
    return true;
  });
}

template <class F>
void SetWriter::pop(Rng& rng, F&& fn) {
  note_change();
  switch (*encoding_) {
    case SetEncoding::intset: {
      ds::Intset set(*packed_);
      const size_t position = rng.below(set.size());
      fn(Element(set.at(position)));
      return set.remove_at(position);
    }
    case SetEncoding::listpack: {
      ds::Listpack list(*packed_);
      const auto at = list.index(static_cast<int64_t>(rng.below(list.size())));
      fn(list.get(at));
      list.erase(at);
      return;
    }
    case SetEncoding::table: {
      const SetMember member = table_->random(rng);
      fn(member.element());
      return begin_edit().remove(member);
    }
  }
}

template <class F>
void SetWriter::pop(Rng& rng, size_t count, F&& fn) {
  if (encoding_ == SetEncoding::table || count == 1) {
    for (; count > 0; --count) pop(rng, fn);
  } else if (encoding_ == SetEncoding::intset) {
    pop_packed<ds::Intset>(
        rng, count, [](ds::Intset& rest, const Element& member) { rest.add(member.integer()); }, fn);
  } else {
    pop_packed<ds::Listpack>(
        rng, count, [](ds::Listpack& rest, const Element& member) { rest.append(member); }, fn);
  }
}

// Each removal would move what is behind it: so what stays is written anew.
template <class Packed, class Keep, class F>
void SetWriter::pop_packed(Rng& rng, size_t count, Keep&& keep, F&& fn) {
  ds::HeapBuffer bytes;
  Packed rest(bytes);
  Sampler sampler(rng, size(), count);
  view().each([&](const Element& member) {
    if (sampler.takes_next()) {
      fn(member);
    } else {
      keep(rest, member);
    }
  });
  note_change();
  become(*encoding_, bytes.view());
}

}  // namespace redpoll::store
