#include "store/packed_hash.h"

namespace redpoll::store {

bool PackedHash::set(std::string_view field, std::string_view value, FieldTtl ttl) {
  const Place at = view().find(field);
  if (at == PackedHashView::kNone) {
    append(field, value);
    return true;
  }
  set_value(at, value);
  if (ttl == FieldTtl::drop && view().deadline(at).v != 0) set_deadline(at, UnixMs{0});
  return false;
}

void PackedHash::set_deadline(Place at, UnixMs deadline) {
  Element::Digits field_digits, value_digits;
  const std::string field(view().field(at).text(field_digits));
  const std::string value(view().value(at).text(value_digits));
  erase(at);
  if (deadline.v == 0) return append(std::string_view(field), std::string_view(value));
  const PackedHashView rest = view();
  Place before = rest.first();
  while (before != PackedHashView::kNone && rest.deadline(before).v != 0 &&
         rest.deadline(before) < deadline) {
    before = rest.next(before);
  }
  const Place field_at = list_.insert(before, field);
  const Place value_at = list_.insert(list_.next(field_at), value);
  list_.insert(list_.next(value_at), deadline.v);
}

}  // namespace redpoll::store
