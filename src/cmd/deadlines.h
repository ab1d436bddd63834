// What the commands on deadlines of keys and those on deadlines of fields have in common.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/units.h"
#include "exec/arg_reader.h"
#include "exec/arguments.h"

namespace redpoll::cmd {

// In which a time is asked for.
enum class TimeUnit : uint8_t { seconds, milliseconds };

// When a new deadline is taken over. What has no deadline lives forever: longer than any deadline allows.
struct DeadlineConditions {
  bool if_none = false;     // NX
  bool if_some = false;     // XX
  bool if_later = false;    // GT
  bool if_earlier = false;  // LT

  // Adds the condition of that name; false if there is none.
  constexpr bool add(exec::OptionWord word) {
    using namespace exec::option_literals;
    switch (word) {
      case "NX"_opt: return if_none = true;
      case "XX"_opt: return if_some = true;
      case "GT"_opt: return if_later = true;
      case "LT"_opt: return if_earlier = true;
      default: return false;
    }
  }
  bool hold(std::optional<UnixMs> current, UnixMs wanted) const {
    if (if_none && current) return false;
    if (if_some && !current) return false;
    if (if_later && (!current || wanted <= *current)) return false;
    return !if_earlier || !current || wanted < *current;
  }
};

// For the tables.
inline constexpr exec::Argument kDeadlineConditions[] = {
    exec::token_arg("nx", "NX"),
    exec::token_arg("xx", "XX"),
    exec::token_arg("gt", "GT"),
    exec::token_arg("lt", "LT"),
};
constexpr exec::Argument unix_time_arg(std::string_view name) {
  return {.name = name, .type = exec::ArgType::unix_time};
}
// EX, PX, EXAT and PXAT, and a word that stands in the place of a time.
constexpr std::array<exec::Argument, 5> expirations_or(exec::Argument word) {
  return {exec::option_arg("EX", "seconds", exec::ArgType::integer),
          exec::option_arg("PX", "milliseconds", exec::ArgType::integer),
          exec::option_arg("EXAT", "unix-time-seconds", exec::ArgType::unix_time),
          exec::option_arg("PXAT", "unix-time-milliseconds", exec::ArgType::unix_time), word};
}

}  // namespace redpoll::cmd
