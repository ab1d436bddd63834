#include "store/string.h"

#include <utility>

namespace redpoll::store {

size_t StringView::size() const {
  if (!is_integer()) return bytes_.size();
  Digits digits;
  return text(digits).size();
}

Value String::plain(std::string_view text) { return Value::packed(kType, text); }

Value String::encode(std::string_view text) {
  if (text.size() <= 20) {
    if (const auto number = parse_int64(text)) return encode(*number);
  }
  return plain(text);
}

Value String::encode(mem::BlobPtr blob) { return {.encoding = Encoding::blob, .blob = std::move(blob)}; }

}  // namespace redpoll::store
