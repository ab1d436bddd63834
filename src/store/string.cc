#include "store/string.h"

#include <utility>

namespace redpoll::store {

// Longest string that Redis would embed in its object, and so call "embstr".
static constexpr size_t kEmbstrLimit = 44;

size_t StringView::size() const {
  if (!is_integer()) return bytes_.size();
  Digits digits;
  return text(digits).size();
}

StringValue String::plain(std::string_view text) {
  if (text.size() <= Entry::kMaxEmbedded) return {.encoding = Encoding::embedded, .bytes = text};
  return {.encoding = Encoding::blob, .blob = mem::Blob::copy_of(text)};
}

StringValue String::encode(std::string_view text) {
  if (text.size() <= 20) {
    if (const auto number = parse_int64(text)) return encode(*number);
  }
  return plain(text);
}

StringValue String::encode(mem::BlobPtr blob) {
  return {.encoding = Encoding::blob, .blob = std::move(blob)};
}

std::string_view encoding_name(const Entry& entry) {
  if (entry.encoding() == Encoding::integer) return "int";
  const StringView view(entry);
  return !entry.is_raw() && view.size() <= kEmbstrLimit ? "embstr" : "raw";
}

}  // namespace redpoll::store
