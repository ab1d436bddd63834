// What a handler returns: `done` after it has written exactly one reply, or an error after it has changed
// nothing. The dispatcher writes the error to the client and counts it.
#pragma once

#include <string_view>

namespace redpoll::exec {

// REQUIRES: the text outlives the dispatch of the command: a constant of errors.h, or Call::fail.
class [[nodiscard]] Outcome {
 public:
  constexpr Outcome() = default;
  constexpr explicit Outcome(std::string_view error_text) : error_(error_text) {}

  constexpr bool failed() const { return !error_.empty(); }
  // True if this is an error: `if (const Outcome bad = check(...)) return bad;`
  constexpr explicit operator bool() const { return failed(); }
  // The whole text as clients see it, error code first, without the leading '-'.
  constexpr std::string_view error() const { return error_; }

 private:
  std::string_view error_;
};

inline constexpr Outcome done{};

}  // namespace redpoll::exec
