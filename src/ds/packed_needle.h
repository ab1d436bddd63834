// What elements of listpacks are compared with, one after the other: a text whose number, if it is one, is
// read once.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/numbers.h"
#include "ds/listpack.h"

namespace redpoll::ds {

class PackedNeedle {
 public:
  // The text must outlive this.
  explicit PackedNeedle(std::string_view text) : PackedNeedle(text, parse_int64(text)) {}
  // REQUIRES: `number` is that of the text, if it is the canonical text of one.
  PackedNeedle(std::string_view text, std::optional<int64_t> number) : text_(text), number_(number) {}

  // Whether the element is the text, to the byte, however it is stored.
  bool equals(const PackedElement& element) const {
    return element.is_integer() ? equals(element.integer()) : equals(element.bytes());
  }
  bool equals(std::string_view bytes) const { return bytes == text_; }
  bool equals(int64_t number) const { return number_ == number; }

 private:
  std::string_view text_;
  std::optional<int64_t> number_;
};

}  // namespace redpoll::ds
