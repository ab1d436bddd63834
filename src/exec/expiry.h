// The options that give a key a deadline: EX, PX, EXAT, PXAT, and EXPIRE's way of naming one.
#pragma once

#include <optional>
#include <string_view>

#include "base/units.h"
#include "exec/arg_reader.h"
#include "exec/outcome.h"

namespace redpoll::exec {

class Call;

struct Expiry {
  enum class Kind : uint8_t { none, keep, persist, in_s, in_ms, at_s, at_ms };
  using enum Kind;

  Kind kind = Kind::none;
  std::string_view text;  // the number, of the last four kinds

  // The kind that EX, PX, EXAT or PXAT asks for; `none` for any other word.
  static constexpr Kind kind_of(OptionWord word) {
    using namespace option_literals;
    switch (word) {
      case "EX"_opt: return Kind::in_s;
      case "PX"_opt: return Kind::in_ms;
      case "EXAT"_opt: return Kind::at_s;
      case "PXAT"_opt: return Kind::at_ms;
      default: return Kind::none;
    }
  }

  struct Deadline {
    Outcome bad = done;
    std::optional<UnixMs> at;
  };
  // The absolute time. Not a number, not positive, or out of range: the errors of Redis, which name the
  // command.
  Deadline resolve(Call& c) const { return kind < Kind::in_s ? Deadline{} : to_absolute(c, Past::refused); }
  // The same, but a time that has passed is as good as any other. REQUIRES: the kind is one of the last four.
  Deadline resolve_any(Call& c) const { return to_absolute(c, Past::allowed); }

 private:
  enum class Past : uint8_t { refused, allowed };
  Deadline to_absolute(Call& c, Past past) const;
};

}  // namespace redpoll::exec
