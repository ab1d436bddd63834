#include "store/set_table.h"

#include <algorithm>

#include "base/assert.h"
#include "store/extrapolate.h"

namespace redpoll::store {

Object::Sought SetTable::prefetch_bucket(std::string_view element) const {
  Element::Digits digits;
  const SetKey key = SetKey::of(Element(element), digits);
  const uint64_t hash = members_.hash(key);
  members_.prefetch_bucket(hash);
  return {hash, !key.is_integer()};
}

bool SetTable::contains(const Element& member, const HashHint& hint) const {
  Element::Digits digits;
  const SetKey key = SetKey::of(member, digits);
  return members_.find(key, key.hash(members_.seed(), hint)).has_value();
}

bool SetTable::add(const Element& member, const HashHint& hint) {
  Element::Digits digits;
  const SetKey key = SetKey::of(member, digits);
  auto place = members_.locate_for_write(key, key.hash(members_.seed(), hint));
  if (place.found()) return false;
  members_.insert(place, SetMember::create(key));
  return true;
}

bool SetTable::remove(const Element& member, const HashHint& hint) {
  Element::Digits digits;
  const SetKey key = SetKey::of(member, digits);
  auto place = members_.locate_for_write(key, key.hash(members_.seed(), hint));
  if (!place.found()) return false;
  SetMember::destroy(members_.remove(place));
  return true;
}

std::unique_ptr<Object> SetTable::clone() const {
  auto copy = std::make_unique<SetTable>(members_.seed());
  copy->expect(size());
  each_while([&](const Element& member) { return copy->add(member); });
  return copy;
}

Bytes SetTable::memory_bytes(size_t samples) const {
  const size_t wanted = samples == 0 ? size() : std::min(samples, size());
  size_t sampled = 0;
  Bytes bytes = 0;
  for (uint64_t cursor = 0; sampled < wanted;) {
    cursor = members_.scan(cursor, [&](SetMember member) {
      if (sampled == wanted) return;
      bytes += member.memory_bytes();
      ++sampled;
    });
    if (cursor == 0) break;
  }
  const Bytes own = mem::good_size(sizeof *this) + members_.memory_bytes();
  return own + extrapolate(bytes, sampled, size());
}

uint64_t SetTable::relocate(uint64_t cursor, mem::Relocator& relocator) {
  return members_.relocate(cursor, [&](SetMember member) { return member.relocated(relocator); });
}

void SetTable::validate() const {
  members_.validate();
  each_while([](const Element& member) {
    Element::Digits digits;
    const SetKey key = SetKey::of(member, digits);
    CHECK(key.is_integer() == member.is_integer(), "an integer is kept as text");
    return true;
  });
}

}  // namespace redpoll::store
