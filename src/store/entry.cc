#include "store/entry.h"

#include <new>
#include <utility>

namespace redpoll::store {

// Longest string that Redis would embed in its object, and so call "embstr".
static constexpr size_t kEmbstrLimit = 44;

std::string_view type_name(Type type) {
  switch (type) {
    case Type::string: return "string";
    case Type::list: return "list";
    case Type::set: return "set";
    case Type::sorted_set: return "zset";
    case Type::hash: return "hash";
    case Type::stream: return "stream";
  }
  return "unknown";
}

Entry::Layout Entry::layout() const {
  const bool embedded = encoding() == Encoding::embedded;
  return {key().size(), embedded ? value_size_ : 0u, has_deadline(), !embedded};
}

Entry::Layout Entry::layout_for(std::string_view key, const Value& value, bool ttl) {
  const bool embedded = value.encoding == Encoding::embedded;
  return {key.size(), embedded ? value.bytes.size() : 0, ttl, !embedded};
}

Entry* Entry::allocate(std::string_view key, const Layout& layout, Type type) {
  Entry* entry = new (mem::zmalloc(layout.total())) Entry;
  const auto encoding = layout.word ? Encoding::integer : Encoding::embedded;
  entry->kind_ = static_cast<uint8_t>(static_cast<unsigned>(type) | static_cast<unsigned>(encoding) << 4);
  entry->flags_ = static_cast<uint8_t>((layout.ttl ? kTtl : 0) | (key.size() > 255 ? kLongKey : 0));
  entry->value_size_ = static_cast<uint16_t>(layout.embedded_size);
  entry->set_access_clock(0);
  entry->key_size_ = static_cast<uint8_t>(key.size() > 255 ? 0 : key.size());
  const size_t at = entry->key_offset();
  if (key.size() > 255) entry->save(at - kLongKeySize, static_cast<uint32_t>(key.size()));
  std::memcpy(entry->bytes() + at, key.data(), key.size());
  return entry;
}

// Writes the value where the layout has made room for it.
void Entry::put_value(Value&& value) {
  kind_ =
      static_cast<uint8_t>(static_cast<unsigned>(value.type) | static_cast<unsigned>(value.encoding) << 4);
  set_variant(value.variant);
  set_field_deadlines(value.field_deadlines);
  switch (value.encoding) {
    case Encoding::embedded:
      value_size_ = static_cast<uint16_t>(value.bytes.size());
      if (!value.bytes.empty())
        std::memcpy(bytes() + key_offset() + key().size(), value.bytes.data(), value.bytes.size());
      break;
    case Encoding::integer: save(word_offset(), value.integer); break;
    case Encoding::blob: save(word_offset(), value.blob.release()); break;
    case Encoding::object: save(word_offset(), value.object.release()); break;
  }
}

Entry* Entry::relocated(mem::Relocator& relocator) {
  if (encoding() == Encoding::blob && !blob()->shared()) save(word_offset(), blob()->relocated(relocator));
  return relocator.move(this, layout().total());
}

void Entry::release_value() {
  if (encoding() == Encoding::blob) mem::BlobPtr::adopt(blob()).reset();
  if (encoding() == Encoding::object) delete &object();
}

Value Value::packed(Type type, std::string_view bytes, bool variant) {
  if (bytes.size() <= Entry::kMaxEmbedded) {
    return {.type = type, .encoding = Encoding::embedded, .variant = variant, .bytes = bytes};
  }
  return {.type = type, .encoding = Encoding::blob, .variant = variant, .blob = mem::Blob::copy_of(bytes)};
}

Entry* Entry::create(std::string_view key, Value&& value, std::optional<UnixMs> deadline) {
  Entry* entry = allocate(key, layout_for(key, value, deadline.has_value()), value.type);
  if (deadline) entry->set_deadline(*deadline);
  entry->put_value(std::move(value));
  return entry;
}

void Entry::destroy(Entry* entry) {
  entry->release_value();
  mem::zfree(entry, entry->layout().total());
}

EntryPtr Entry::clone(std::string_view new_key, std::optional<UnixMs> deadline) const {
  Value value{
      .type = type(), .encoding = encoding(), .variant = variant(), .field_deadlines = has_field_deadlines()};
  switch (encoding()) {
    case Encoding::embedded: value.bytes = embedded(); break;
    case Encoding::integer: value.integer = integer(); break;
    case Encoding::blob: value.blob = mem::Blob::copy_of(blob()->view()); break;
    case Encoding::object: value.object = object().clone(); break;
  }
  return EntryPtr(create(new_key, std::move(value), deadline));
}

Entry* Entry::assign(Value&& value, std::optional<UnixMs> deadline) {
  const Layout before = layout();
  const std::string_view old_key = key();
  const Layout after = layout_for(old_key, value, deadline.has_value());
  const bool same_size = before.total() == after.total();
  if (!same_size && mem::good_size(before.total()) != mem::good_size(after.total())) {
    Entry* entry = create(old_key, std::move(value), deadline);
    entry->set_access_clock(access_clock());
    destroy(this);
    return entry;
  }
  release_value();
  // The key moves when a word or a deadline comes or goes; its size field, if any, moves along.
  const size_t key_field = flags_ & kLongKey ? kLongKeySize : 0;
  const char* from = old_key.data() - key_field;
  const size_t to = kHeader + (after.ttl ? 8u : 0u) + (after.word ? 8u : 0u);
  if (from != bytes() + to) std::memmove(bytes() + to, from, key_field + old_key.size());
  flags_ = static_cast<uint8_t>(after.ttl ? flags_ | kTtl : flags_ & ~kTtl);
  if (deadline) set_deadline(*deadline);
  put_value(std::move(value));
  return this;
}

Entry* Entry::with_deadline(std::optional<UnixMs> deadline) {
  if (deadline.has_value() == has_deadline()) {
    if (deadline) set_deadline(*deadline);
    return this;
  }
  // Everything behind the deadline keeps its order and only shifts by eight bytes.
  const Layout before = layout();
  Layout after = before;
  after.ttl = deadline.has_value();
  const char* tail = bytes() + word_offset();
  const size_t tail_size = before.total() - word_offset();
  const bool in_place = mem::good_size(before.total()) == mem::good_size(after.total());
  char* target = in_place ? bytes() : static_cast<char*>(mem::zmalloc(after.total()));
  if (!in_place) std::memcpy(target, bytes(), kHeader);
  std::memmove(target + kHeader + (after.ttl ? 8 : 0), tail, tail_size);
  if (!in_place) mem::zfree(this, before.total());
  Entry* entry = reinterpret_cast<Entry*>(target);
  entry->flags_ = static_cast<uint8_t>(after.ttl ? entry->flags_ | kTtl : entry->flags_ & ~kTtl);
  if (deadline) entry->set_deadline(*deadline);
  return entry;
}

EntryPtr Entry::renamed(EntryPtr old, std::string_view new_key) {
  const Layout before = old->layout();
  Layout after = before;
  after.key_size = new_key.size();
  Entry* entry = allocate(new_key, after, old->type());
  entry->kind_ = old->kind_;
  entry->flags_ = static_cast<uint8_t>(entry->flags_ | (old->flags_ & (kVariant | kFieldTtl)));
  entry->set_access_clock(old->access_clock());
  if (old->has_deadline()) entry->set_deadline(old->deadline());
  if (before.word) {
    entry->save(entry->word_offset(), old->load<uint64_t>(old->word_offset()));
  } else {
    const std::string_view value = old->embedded();
    std::memcpy(entry->bytes() + entry->key_offset() + new_key.size(), value.data(), value.size());
  }
  // What it owned has moved along.
  mem::zfree(old.release(), before.total());
  return EntryPtr(entry);
}

char* Entry::resize_embedded(size_t size) {
  if (size > kMaxEmbedded) return nullptr;
  const Layout before = layout();
  Layout after = before;
  after.embedded_size = size;
  if (mem::good_size(before.total()) != mem::good_size(after.total())) return nullptr;
  const std::string_view k = key();
  char* value = bytes() + (k.data() + k.size() - bytes());
  if (size > value_size_) std::memset(value + value_size_, 0, size - value_size_);
  value_size_ = static_cast<uint16_t>(size);
  return value;
}

char* Entry::resize(size_t size) {
  char* value = nullptr;
  if (encoding() == Encoding::embedded) {
    value = resize_embedded(size);
  } else if (encoding() == Encoding::blob) {
    mem::BlobPtr owned = mem::BlobPtr::adopt(blob());
    const size_t old_size = owned->size();
    // A shared value is copied, with room for what comes.
    size > owned->capacity() ? owned.grow(size) : owned.reserve(size);
    owned->set_size(size);
    if (size > old_size) std::memset(owned->data() + old_size, 0, size - old_size);
    value = owned->data();
    save(word_offset(), owned.release());
  }
  if (value != nullptr) flags_ |= kVariant;
  return value;
}

Entry* Entry::with_packed_size(size_t size) {
  const size_t before = layout().total();
  if (encoding() == Encoding::blob) {
    mem::BlobPtr owned = mem::BlobPtr::adopt(blob());
    owned.reserve(size);
    owned->set_size(size);
    if (owned->room() > size) owned.shrink_to_fit();
    save(word_offset(), owned.release());
    return this;
  }
  if (size <= kMaxEmbedded) {
    // The value comes last, so nothing else moves.
    auto* entry = static_cast<Entry*>(mem::zrealloc(this, before, before - value_size_ + size));
    entry->value_size_ = static_cast<uint16_t>(size);
    return entry;
  }
  mem::BlobPtr blob = mem::Blob::allocate(size);
  blob->set_size(size);
  embedded().copy(blob->data(), size);
  return assign({.type = type(),
                 .encoding = Encoding::blob,
                 .variant = variant(),
                 .field_deadlines = has_field_deadlines(),
                 .blob = std::move(blob)},
                maybe_deadline());
}

Bytes Entry::memory_bytes(size_t samples) const {
  const Bytes own = mem::good_size(layout().total());
  if (encoding() == Encoding::blob) return own + blob()->memory();
  return encoding() == Encoding::object ? own + object().memory_bytes(samples) : own;
}

size_t Entry::free_effort() const {
  // Unmapping takes about as long per page as freeing one small block.
  constexpr size_t kPage = 4096;
  constexpr size_t kUnmapped = 1 << 20;
  if (encoding() == Encoding::object) return object().free_effort();
  if (encoding() != Encoding::blob || blob()->size() < kUnmapped || blob()->shared()) return 1;
  return blob()->size() / kPage;
}

static std::string_view packed_name(Type type, bool variant) {
  if (type == Type::set && variant) return "intset";
  return type == Type::hash && variant ? "listpackex" : "listpack";
}

std::string_view encoding_name(const Entry& entry) {
  if (entry.encoding() == Encoding::object) return entry.object().encoding_name();
  if (entry.type() != Type::string) return packed_name(entry.type(), entry.variant());
  if (entry.encoding() == Encoding::integer) return "int";
  return !entry.variant() && entry.packed().size() <= kEmbstrLimit ? "embstr" : "raw";
}

}  // namespace redpoll::store
