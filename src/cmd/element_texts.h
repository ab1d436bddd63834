// Texts of elements that outlive the call that hands the elements out.
#pragma once

#include <memory_resource>
#include <string_view>

#include "store/element.h"

namespace redpoll::cmd {

// The texts are valid as long as this is.
class ElementTexts {
 public:
  // The text of an element whose bytes stay where they are: those of a number are printed here.
  std::string_view keep(const store::Element& element) {
    store::Element::Digits digits;
    const std::string_view text = element.text(digits);
    return element.is_integer() ? copy(text) : text;
  }
  // A copy with a NUL behind it; its data() is never null.
  std::string_view copy(std::string_view text) {
    char* to = static_cast<char*>(memory_.allocate(text.size() + 1, 1));
    text.copy(to, text.size());
    to[text.size()] = '\0';
    return {to, text.size()};
  }

 private:
  std::pmr::monotonic_buffer_resource memory_;
};

}  // namespace redpoll::cmd
