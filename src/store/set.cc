#include "store/set.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "ds/inline_buffer.h"

namespace redpoll::store {

using ds::HeapBuffer;
using ds::Intset;
using ds::IntsetView;
using ds::Listpack;
using ds::ListpackView;
using ds::PackedBuffer;

// --- reading

size_t SetView::size() const {
  switch (encoding_) {
    case SetEncoding::intset: return IntsetView(packed_).size();
    case SetEncoding::listpack: return ListpackView(packed_).size();
    case SetEncoding::table: break;
  }
  return table_->size();
}

bool SetView::contains(const Element& member) const {
  switch (encoding_) {
    case SetEncoding::intset: {
      const auto number = member.as_integer();
      return number && IntsetView(packed_).contains(*number);
    }
    case SetEncoding::listpack: {
      const ListpackView list(packed_);
      return list.find(list.first(), member) != list.kNone;
    }
    case SetEncoding::table: break;
  }
  return table_->contains(member, *hint_);
}

Element SetView::random(Rng& rng) const {
  switch (encoding_) {
    case SetEncoding::intset: {
      const IntsetView set(packed_);
      return Element(set.at(rng.below(set.size())));
    }
    case SetEncoding::listpack: {
      const ListpackView list(packed_);
      return list.get(list.index(static_cast<int64_t>(rng.below(list.size()))));
    }
    case SetEncoding::table: break;
  }
  return table_->random(rng).element();
}

// --- writing

size_t SetWriter::max_intset() const {
  return std::min(limits_.set_max_intset_entries, IntsetView::kMaxSize - 1);
}

void SetWriter::become(SetEncoding encoding, std::string_view bytes) {
  lies_in(encoding, put_packed(encoding, bytes));
}

// Moves all members to a table that has room for about so many.
void SetWriter::become_table(size_t expected) {
  auto table = std::make_unique<SetTable>(seed_);
  table->expect(expected);
  if (encoding_) view().each([&](const Element& member) { table->add(member); });
  lies_in(put_table(std::move(table)));
}

void SetWriter::expect(size_t count) {
  if (!encoding_) {
    expected_ = count;
  } else if ((encoding_ == SetEncoding::listpack && count > limits_.set_max_listpack_entries) ||
             (encoding_ == SetEncoding::intset && count > limits_.set_max_intset_entries)) {
    become_table(std::max(count, size()));
  }
}

bool SetWriter::fits_listpack(const Element& member) const {
  return member.size() <= limits_.set_max_listpack_value;
}

// Makes a set of one member.
void SetWriter::create(const Element& first) {
  constexpr size_t kUsual = 128;
  ds::InlineBuffer<kUsual> bytes;
  if (const auto number = first.as_integer(); number && expected_ <= limits_.set_max_intset_entries) {
    Intset(bytes).add(*number);
    return become(SetEncoding::intset, bytes.view());
  }
  if (expected_ <= limits_.set_max_listpack_entries && fits_listpack(first)) {
    Listpack(bytes).append(first);
    return become(SetEncoding::listpack, bytes.view());
  }
  become_table(expected_);
  begin_edit().add(first);
}

bool SetWriter::add(const Element& member) {
  const bool added = add_stored(member);
  if (added) note_change();
  return added;
}

bool SetWriter::add_stored(const Element& member) {
  if (encoding_ == SetEncoding::table) return begin_edit().add(member, hint_);
  if (encoding_ == SetEncoding::intset) return add_to_intset(member);
  if (encoding_ == SetEncoding::listpack) return add_to_listpack(member);
  create(member);
  return true;
}

// Whether all numbers may stand in a listpack, and one member more.
bool SetWriter::intset_fits_listpack() const {
  const IntsetView set(packed_->view());
  constexpr size_t kMost = ListpackView::kMaxBytes / 16;  // whatever the limits say
  if (set.size() >= std::min(limits_.set_max_listpack_entries, kMost)) return false;
  return set.empty() || (fits_listpack(Element(set.at(0))) && fits_listpack(Element(set.at(set.size() - 1))));
}

bool SetWriter::add_to_intset(const Element& member) {
  Intset set(*packed_);
  if (const auto number = member.as_integer()) {
    if (!set.add(*number)) return false;
    if (set.size() > max_intset()) become_table(set.size());
    return true;
  }
  if (!intset_fits_listpack() || !fits_listpack(member)) {
    become_table(set.size() + 1);
    return begin_edit().add(member);
  }
  HeapBuffer bytes;
  Listpack list(bytes);
  for (size_t i = 0; i < set.size(); ++i) list.append(set.at(i));
  list.append(member);
  become(SetEncoding::listpack, bytes.view());
  return true;
}

bool SetWriter::add_to_listpack(const Element& member) {
  Listpack list(*packed_);
  if (list.find(list.first(), member) != list.kNone) return false;
  const size_t count = list.size();
  if (count >= limits_.set_max_listpack_entries || !fits_listpack(member) ||
      !list.has_room_for(member.size())) {
    become_table(count + 1);
    return begin_edit().add(member);
  }
  list.append(member);
  return true;
}

bool SetWriter::remove(const Element& member) {
  const bool removed = encoding_ && remove_stored(member);
  if (removed) note_change();
  return removed;
}

bool SetWriter::remove_stored(const Element& member) {
  switch (*encoding_) {
    case SetEncoding::intset: {
      const auto number = member.as_integer();
      return number && Intset(*packed_).remove(*number);
    }
    case SetEncoding::listpack: {
      Listpack list(*packed_);
      const auto at = list.find(list.first(), member);
      if (at == list.kNone) return false;
      list.erase(at);
      return true;
    }
    case SetEncoding::table: break;
  }
  return begin_edit().remove(member, hint_);
}

// --- in a slot

SetEditor::SetEditor(Slot& slot)
    : SetWriter(slot.database().keyspace().encoding, slot.database().keyspace().seed(),
                slot.database().element_hint()),
      slot_(slot) {
  if (!slot.occupied()) return;
  const Entry& entry = slot.entry();
  if (entry.encoding() == Encoding::object) {
    lies_in(static_cast<const SetTable&>(entry.object()));
  } else {
    lies_in(entry.variant() ? SetEncoding::intset : SetEncoding::listpack, bytes_.emplace(slot));
  }
}

// The first value is a change. A later one stands for what is there already; what else it holds is noted
// apart.
void SetEditor::put(Value&& value) {
  slot_.occupied() ? slot_.reencode(std::move(value)) : slot_.store(std::move(value));
}

PackedBuffer& SetEditor::put_packed(SetEncoding encoding, std::string_view bytes) {
  put(Value::packed(Set::kType, bytes, encoding == SetEncoding::intset));
  return bytes_.emplace(slot_);
}

const SetTable& SetEditor::put_table(std::unique_ptr<SetTable> table) {
  const SetTable& stored = *table;
  bytes_.reset();
  put(Value::collection(Set::kType, std::move(table)));
  return stored;
}

// --- on its own

SetBuilder::SetBuilder(const Keyspace& keyspace, SetEncoding begin_as)
    : SetWriter(keyspace.encoding, keyspace.seed()) {
  DCHECK(begin_as != SetEncoding::table);
  HeapBuffer empty;
  if (begin_as == SetEncoding::intset) {
    Intset{empty};
  } else {
    Listpack{empty};
  }
  become(begin_as, empty.view());
}

PackedBuffer& SetBuilder::put_packed(SetEncoding, std::string_view bytes) {
  bytes_ = HeapBuffer(bytes);
  table_.reset();
  return bytes_;
}

const SetTable& SetBuilder::put_table(std::unique_ptr<SetTable> table) {
  table_ = std::move(table);
  return *table_;
}

void SetBuilder::compact() {
  if (view().encoding() == SetEncoding::intset || size() > max_intset()) return;
  bool integers = true;
  view().each_while([&](const Element& member) { return integers = member.as_integer().has_value(); });
  if (!integers) return;
  HeapBuffer bytes;
  Intset set(bytes);
  view().each([&](const Element& member) { set.add(*member.as_integer()); });
  become(SetEncoding::intset, bytes.view());
}

Value SetBuilder::value() {
  const SetEncoding encoding = view().encoding();
  if (encoding == SetEncoding::table) return Value::collection(Set::kType, std::move(table_));
  return Value::packed(Set::kType, bytes_.view(), encoding == SetEncoding::intset);
}

}  // namespace redpoll::store
