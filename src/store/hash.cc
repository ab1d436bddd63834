#include "store/hash.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace redpoll::store {

// --- HashView

size_t HashView::size() const {
  return table_ != nullptr ? table_->size() - table_->due(now_) : packed_.size() - packed_.front(now_).due;
}

std::optional<Element> HashView::get(std::string_view field) const {
  const auto found = find(field);
  return found ? std::optional(found->value) : std::nullopt;
}

std::optional<HashView::Field> HashView::find(std::string_view field) const {
  if (table_ != nullptr) {
    const auto found = table_->find(field, *hint_);
    if (!found || found->due(now_)) return std::nullopt;
    return Field{Element(found->value()), found->maybe_deadline()};
  }
  const auto at = packed_.find(field);
  if (at == PackedHashView::kNone || packed_.due(at, now_)) return std::nullopt;
  const UnixMs deadline = packed_.deadline(at);
  return Field{packed_.value(at), deadline.v != 0 ? std::optional(deadline) : std::nullopt};
}

HashPair HashView::random(Rng& rng) const {
  if (table_ != nullptr) return pair_of(table_->random(rng, now_));
  const size_t due = packed_.front(now_).due;
  return packed_pair(packed_.index(due + rng.below(packed_.size() - due)));
}

// A few draws from a table take less time than a walk, however many of its fields are due; many draws do
// unless most fields that are drawn are.
DrawCost HashView::cost_of_draws(uint64_t count) const {
  if (table_ == nullptr) return DrawCost::a_walk;
  const bool most_live = table_->due(now_) <= table_->size() / 2;
  return most_live || are_few(count, size()) ? DrawCost::little : DrawCost::a_walk;
}

// --- HashEditor

void HashEditor::expect(size_t fields) {
  if (!slot_.occupied()) slot_.store(Value::packed(Hash::kType, ds::ListpackView::kEmpty));
  if (packed() && fields > limits().hash_max_listpack_entries) make_table();
}

// Whether a packed hash may take up the two.
bool HashEditor::fits(std::string_view field, std::string_view value) const {
  const size_t longest = limits().hash_max_listpack_value;
  constexpr size_t kOverhead = 64;
  return field.size() <= longest && value.size() <= longest &&
         slot_.entry().packed().size() + field.size() + value.size() + kOverhead <=
             ds::ListpackView::kMaxBytes;
}

bool HashEditor::set(std::string_view field, std::string_view value, FieldTtl ttl) {
  if (!slot_.occupied()) return set_all(std::array{field, value}) > 0;
  drop_if_due(field);
  if (packed() && !fits(field, value)) make_table();
  if (packed()) return set_packed(field, value, ttl);
  slot_.note_change();
  const bool added = begin_edit().set(field, value, ttl, hint());
  follow_deadlines();
  return added;
}

bool HashEditor::set_packed(std::string_view field, std::string_view value, FieldTtl ttl) {
  bool added;
  slot_.note_change();
  {
    PackedValue bytes(slot_);
    added = PackedHash(bytes, kind()).set(field, value, ttl);
  }
  follow_deadlines();
  if (added && packed_view().size() > limits().hash_max_listpack_entries) make_table();
  return added;
}

bool HashEditor::erase_stored(std::string_view field) {
  if (!packed()) return begin_edit().erase(field, hint());
  PackedValue bytes(slot_);
  PackedHash hash(bytes, kind());
  const auto at = hash.view().find(field);
  if (at == PackedHashView::kNone) return false;
  hash.erase(at);
  return true;
}

bool HashEditor::erase(std::string_view field) {
  drop_if_due(field);
  const bool erased = erase_stored(field);
  if (erased) slot_.note_change();
  follow_deadlines();
  return erased;
}

void HashEditor::set_deadline(std::string_view field, std::optional<UnixMs> deadline) {
  if (packed()) {
    if (kind() == PackedFields::pairs) {
      if (!deadline) return;
      make_room_for_deadlines();
    }
    PackedValue bytes(slot_);
    PackedHash hash(bytes, kind());
    hash.set_deadline(hash.view().find(field), deadline.value_or(UnixMs{0}));
  } else {
    begin_edit().set_deadline(field, deadline);
  }
  slot_.note_change();
  follow_deadlines();
}

// A field whose time has come is gone: whoever names it finds none.
void HashEditor::drop_if_due(std::string_view field) {
  if (!slot_.entry().has_field_deadlines()) return;
  if (packed()) {
    const auto at = packed_view().find(field);
    if (at == PackedHashView::kNone || !packed_view().due(at, now())) return;
  } else {
    const auto found = table().find(field, hint());
    if (!found || !found->due(now())) return;
  }
  const std::vector<std::string> gone{std::string(field)};
  erase_stored(field);
  slot_.note_change();
  follow_deadlines();
  tell_expired(gone);
}

size_t HashEditor::expire(size_t limit) {
  std::vector<std::string> gone;
  if (packed()) {
    PackedValue bytes(slot_);
    PackedHash hash(bytes, kind());
    const PackedHashView view = hash.view();
    const size_t due = view.front(now(), limit).due;
    Element::Digits digits;
    auto at = view.first();
    for (size_t i = 0; i < due; ++i, at = view.next(at)) gone.emplace_back(view.field(at).text(digits));
    if (due > 0) hash.erase(view.first(), due);
  } else {
    begin_edit().expire(now(), limit, [&](std::string_view field) { gone.emplace_back(field); });
  }
  if (gone.empty()) return 0;
  slot_.note_change();
  follow_deadlines();
  tell_expired(gone);
  return gone.size();
}

void HashEditor::tell_expired(const std::vector<std::string>& fields) {
  Keyspace& keyspace = slot_.database().keyspace();
  keyspace.stats.expired_fields += fields.size();
  if (!keyspace.heard()) return;
  keyspace.observer()->fields_expired(slot_.database(), slot_.entry().key(), fields);
}

void HashEditor::make_room_for_deadlines() {
  ds::HeapBuffer buffer;
  PackedHash wider(buffer, PackedFields::with_deadlines);
  packed_view().each(now(), [&](const Element& field, const Element& value) { wider.append(field, value); });
  slot_.reencode(Value::packed(Hash::kType, buffer.view(), true));
}

void HashEditor::make_table() {
  auto table = std::make_unique<HashTable>(slot_.database().keyspace().seed());
  const PackedHashView view = packed_view();
  Element::Digits field_digits, value_digits;
  for (auto at = view.first(); at != PackedHashView::kNone; at = view.next(at)) {
    const UnixMs deadline = view.deadline(at);
    table->add(view.field(at).text(field_digits), view.value(at).text(value_digits),
               deadline.v != 0 ? std::optional(deadline) : std::nullopt);
  }
  const bool deadlines = table->has_deadlines();
  slot_.reencode({.type = Hash::kType,
                  .encoding = Encoding::object,
                  .field_deadlines = deadlines,
                  .object = std::move(table)});
}

// The entry says whether any field has a deadline; most hashes never had one.
void HashEditor::follow_deadlines() {
  slot_.set_field_deadlines(packed() ? packed_view().has_deadlines() : table().has_deadlines());
}

// --- expiry

bool some_field_due(const Entry& entry, UnixMs now) {
  if (entry.encoding() == Encoding::object)
    return static_cast<const HashTable&>(entry.object()).some_due(now);
  return entry.variant() && PackedHashView(entry.packed(), PackedFields::with_deadlines).some_due(now);
}

size_t field_count(const Entry& entry) {
  if (entry.encoding() == Encoding::object) return static_cast<const HashTable&>(entry.object()).size();
  return PackedHashView(entry.packed(), entry.variant() ? PackedFields::with_deadlines : PackedFields::pairs)
      .size();
}

bool Entry::fields_expired(UnixMs now) const {
  if (encoding() == Encoding::object) return static_cast<const HashTable&>(object()).all_due(now);
  return PackedHashView(packed(), PackedFields::with_deadlines).all_due(now);
}

}  // namespace redpoll::store
