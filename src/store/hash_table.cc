#include "store/hash_table.h"

#include "base/assert.h"
#include "mem/zmalloc.h"
#include "store/extrapolate.h"

namespace redpoll::store {

// --- looks

size_t HashTable::due(UnixMs now) const {
  if (!has_deadlines()) return 0;
  return deadlines_->partition_point([now](int64_t deadline, const auto&) { return deadline < now.v; })
      .rank();
}

HashField HashTable::random(Rng& rng, UnixMs now) const {
  constexpr int kDraws = 100;
  for (int draw = 0; draw < kDraws; ++draw) {
    const HashField field = fields_.fair_random(rng);
    if (!field.due(now)) return field;
  }
  // Nearly every field is due. Those that are not stand behind these in their order, but for those without a
  // deadline.
  const size_t gone = due(now);
  const size_t ahead = deadlines_->size() - gone;
  const size_t at = rng.below(ahead + lasting().size());
  return at < ahead ? deadlines_->at(gone + at) : lasting()[at - ahead];
}

const std::vector<HashField>& HashTable::lasting() const {
  if (!lasting_) {
    lasting_ = std::make_unique<std::vector<HashField>>();
    lasting_->reserve(size() - deadlines_->size());
    each([this](HashField field) {
      if (!field.has_deadline()) lasting_->push_back(field);
    });
  }
  return *lasting_;
}

std::unique_ptr<Object> HashTable::clone() const {
  auto twin = std::make_unique<HashTable>(seed_);
  twin->reserve(size());
  each([&](HashField field) { twin->add(field.field(), field.value(), field.maybe_deadline()); });
  return twin;
}

Bytes HashTable::memory_bytes(size_t samples) const {
  const Bytes indexed =
      deadlines_ != nullptr ? mem::good_size(sizeof(Deadlines)) + deadlines_->memory_bytes() : 0;
  const Bytes lasting = lasting_ ? lasting_->capacity() * sizeof(HashField) : 0;
  const Bytes own = mem::good_size(sizeof *this) + fields_.memory_bytes() + indexed + lasting;
  size_t seen = 0;
  Bytes sampled = 0;
  uint64_t cursor = 0;
  do {
    cursor = fields_.scan(cursor, [&](HashField field) {
      sampled += field.memory_bytes();
      ++seen;
    });
  } while (cursor != 0 && (samples == 0 || seen < samples));
  return own + extrapolate(sampled, seen, size());
}

uint64_t HashTable::relocate(uint64_t cursor, mem::Relocator& relocator) {
  return fields_.relocate(cursor, [&](HashField field) {
    return field.relocated(relocator, [&](HashField moved) {
      if (field.has_deadline()) deadlines_->replace(field, moved);
    });
  });
}

void HashTable::validate() const {
  fields_.validate();
  size_t with_deadline = 0;
  each([&](HashField field) { with_deadline += field.has_deadline(); });
  if (lasting_) {
    CHECK(lasting_->size() == size() - with_deadline, "{} fields are kept as those without a deadline",
          lasting_->size());
  }
  CHECK(with_deadline == (deadlines_ != nullptr ? deadlines_->size() : 0),
        "{} fields with a deadline are counted as {}", with_deadline,
        deadlines_ != nullptr ? deadlines_->size() : 0);
  if (deadlines_ == nullptr) return;
  deadlines_->validate();
  deadlines_->each(0, deadlines_->size(), [&](HashField field) {
    CHECK(fields_.find(field.field()) == field, "the index of deadlines has a field that the table has not");
  });
}

// --- changes

void HashTable::index(HashField field) {
  if (deadlines_ == nullptr) deadlines_ = std::make_unique<Deadlines>();
  deadlines_->insert(field);
}

void HashTable::add(std::string_view field, std::string_view value, std::optional<UnixMs> deadline) {
  forget_lasting();
  const HashField fresh = HashField::create(field, value, deadline);
  CHECK(fields_.add(fresh));
  if (deadline) index(fresh);
}

bool HashTable::set(std::string_view field, std::string_view value, FieldTtl ttl, const HashHint& hint) {
  forget_lasting();
  Fields::Place place = fields_.locate_for_write(field, hint.hash_of(field, seed_));
  if (!place.found()) {
    fields_.insert(place, HashField::create(field, value, std::nullopt));
    return true;
  }
  HashField old = place.element();
  if (!old.has_deadline()) {
    fields_.replace(place, old.with_value(value));
    return false;
  }
  // The index compares what both words point to: so it has to let go of the old one first.
  deadlines_->erase(old);
  if (ttl == FieldTtl::drop) old = old.with_deadline(std::nullopt);
  const HashField fresh = old.with_value(value);
  fields_.replace(place, fresh);
  if (ttl == FieldTtl::keep) index(fresh);
  return false;
}

bool HashTable::erase(std::string_view field, const HashHint& hint) {
  Fields::Place place = fields_.locate_for_write(field, hint.hash_of(field, seed_));
  if (!place.found()) return false;
  forget_lasting();
  const HashField gone = fields_.remove(place);
  if (gone.has_deadline()) deadlines_->erase(gone);
  HashField::destroy(gone);
  return true;
}

void HashTable::set_deadline(std::string_view field, std::optional<UnixMs> deadline) {
  forget_lasting();
  Fields::Place place = fields_.locate(field, fields_.hash(field));
  const HashField old = place.element();
  if (old.has_deadline()) deadlines_->erase(old);
  const HashField fresh = old.with_deadline(deadline);
  fields_.replace(place, fresh);
  if (deadline) index(fresh);
}

}  // namespace redpoll::store
