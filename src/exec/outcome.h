// What a handler returns: `done` after it has written exactly one reply; an error, or that the client has to
// wait, after it has changed and written nothing. The Executor writes the error to the client and counts it;
// the client waits.
#pragma once

#include <string_view>

namespace redpoll::exec {

// REQUIRES: the text outlives the dispatch of the command: a constant of errors.h, or Call::fail.
class [[nodiscard]] Outcome {
 public:
  constexpr Outcome() = default;
  constexpr explicit Outcome(std::string_view error_text) : error_(error_text) {}
  // Made by Call::wait_for, which notes what for.
  static constexpr Outcome waiting() { return Outcome({&kWaiting, 1}); }

  // True unless the command is done: `if (const Outcome bad = check(...)) return bad;`
  constexpr explicit operator bool() const { return !error_.empty(); }
  constexpr bool waits() const { return error_.data() == &kWaiting; }
  constexpr bool failed() const { return !error_.empty() && !waits(); }
  // The whole text as clients see it, error code first, without the leading '-'. REQUIRES: failed().
  constexpr std::string_view error() const { return error_; }

 private:
  // Known by its address, so that whoever only asks whether a command is done asks one question.
  static constexpr char kWaiting = '?';

  std::string_view error_;
};

inline constexpr Outcome done{};

}  // namespace redpoll::exec
