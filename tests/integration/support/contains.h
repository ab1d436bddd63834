// Whether a text holds another, as a condition that a test can state.
#pragma once

#include <string>

namespace redpoll::testing {

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace redpoll::testing
