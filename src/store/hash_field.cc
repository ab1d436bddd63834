#include "store/hash_field.h"

#include <bit>

#include "mem/zmalloc.h"

namespace redpoll::store {

static_assert(std::endian::native == std::endian::little, "the low bytes of a size come first");

// The word of what lies at `bytes`; writes the sizes there if they do not fit into it.
HashField HashField::make(char* bytes, const Layout& layout) {
  const size_t expires = layout.expires ? kExpires : 0;
  if (layout.sizes_in_word()) {
    const size_t tag = expires | layout.field_size << kFieldShift | layout.value_size;
    return HashField({bytes, static_cast<uint16_t>(tag)});
  }
  std::memcpy(bytes + layout.sizes_at(), &layout.field_size, kSizeBytes);
  std::memcpy(bytes + layout.sizes_at() + kSizeBytes, &layout.value_size, kSizeBytes);
  return HashField({bytes, static_cast<uint16_t>(expires | kElsewhere << kFieldShift)});
}

HashField HashField::create(std::string_view field, std::string_view value, std::optional<UnixMs> deadline) {
  const Layout layout{deadline.has_value(), field.size(), value.size()};
  char* const bytes = static_cast<char*>(mem::zmalloc(layout.total()));
  if (deadline) std::memcpy(bytes, &deadline->v, kDeadlineBytes);
  char* const at = bytes + layout.field_at();
  field.copy(at, field.size());
  value.copy(at + field.size(), value.size());
  return make(bytes, layout);
}

void HashField::destroy(HashField field) { mem::zfree(field.bytes(), field.layout().total()); }

HashField HashField::with_value(std::string_view value) const {
  const Layout before = layout();
  Layout after = before;
  after.value_size = value.size();
  if (mem::good_size(before.total()) != mem::good_size(after.total())) {
    const HashField fresh = create(field(), value, maybe_deadline());
    destroy(*this);
    return fresh;
  }
  char* const at = bytes() + after.field_at();
  if (after.field_at() != before.field_at()) std::memmove(at, bytes() + before.field_at(), before.field_size);
  value.copy(at + after.field_size, value.size());
  return make(bytes(), after);
}

HashField HashField::with_deadline(std::optional<UnixMs> deadline) const {
  const Layout before = layout();
  Layout after = before;
  after.expires = deadline.has_value();
  char* to = bytes();
  if (after.expires != before.expires) {
    // All that is behind the deadline keeps its order and only shifts.
    const char* const tail = bytes() + before.sizes_at();
    const size_t tail_size = before.total() - before.sizes_at();
    const bool in_place = mem::good_size(before.total()) == mem::good_size(after.total());
    if (!in_place) to = static_cast<char*>(mem::zmalloc(after.total()));
    std::memmove(to + after.sizes_at(), tail, tail_size);
    if (!in_place) mem::zfree(bytes(), before.total());
  }
  if (deadline) std::memcpy(to, &deadline->v, kDeadlineBytes);
  return make(to, after);
}

size_t HashField::memory_bytes() const { return mem::good_size(layout().total()); }

}  // namespace redpoll::store
