// A row of a command table: the one source of what a command is called, how it is run, how many arguments it
// takes, where its keys are, who may run it, and what COMMAND and COMMAND DOCS tell of it.
//
// Tables are constexpr arrays at the end of the file that holds their handlers, each followed by
// `static_assert(well_formed(kTable))`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "exec/outcome.h"
#include "mem/zmalloc.h"
#include "resp/arg.h"

namespace redpoll::exec {

class Call;

// What runs a command. Null for a command that only holds subcommands.
class Handler {
 public:
  using Function = Outcome (*)(Call&);
  enum class For : uint8_t { anybody, clients };

  constexpr Handler() = default;
  constexpr Handler(Function run, For whom = For::anybody) : function_(run), for_(whom) {}

  Outcome operator()(Call& call) const { return function_(call); }
  // True if it is about the client that asks: without one it is never called.
  constexpr bool needs_client() const { return for_ == For::clients; }
  friend constexpr bool operator==(const Handler& a, std::nullptr_t) { return a.function_ == nullptr; }

 private:
  Function function_ = nullptr;
  For for_ = For::anybody;
};

// The number of arguments including the command's name; negative: at least that many. COMMAND INFO shows it.
struct Arity {
  int value = 0;

  constexpr bool accepts(size_t argc) const {
    return value >= 0 ? argc == static_cast<size_t>(value) : argc >= static_cast<size_t>(-value);
  }
  constexpr int least() const { return value >= 0 ? value : -value; }
};
constexpr Arity exactly(int argc) { return {argc}; }
constexpr Arity at_least(int argc) { return {-argc}; }

// What a command does, as a set of bits. The names are those of Redis's command flags.
using Traits = uint32_t;
inline constexpr Traits kWrite = 1u << 0;            // may change the data set
inline constexpr Traits kRead = 1u << 1;             // reads keys and changes none
inline constexpr Traits kDenyOom = 1u << 2;          // refused when memory is exhausted
inline constexpr Traits kAdmin = 1u << 3;            // for administrators
inline constexpr Traits kPubSub = 1u << 4;           // about channels
inline constexpr Traits kNoScript = 1u << 5;         // not callable from scripts
inline constexpr Traits kBlocking = 1u << 6;         // may make the client wait
inline constexpr Traits kLoading = 1u << 7;          // allowed while the data set loads
inline constexpr Traits kStale = 1u << 8;            // allowed on a replica whose data may be old
inline constexpr Traits kSkipMonitor = 1u << 9;      // not shown to monitors
inline constexpr Traits kSkipSlowlog = 1u << 10;     // never logged as slow
inline constexpr Traits kFast = 1u << 11;            // constant or logarithmic time
inline constexpr Traits kNoAuth = 1u << 12;          // allowed before authentication
inline constexpr Traits kMayReplicate = 1u << 13;    // may propagate without being a write
inline constexpr Traits kNoAsyncLoading = 1u << 14;  // refused while a replica loads beside the old data
inline constexpr Traits kNoMulti = 1u << 15;         // not inside a transaction
inline constexpr Traits kAllowBusy = 1u << 16;       // allowed while a script runs over its time
// Not flags of Redis's, and so not shown by COMMAND INFO:
inline constexpr Traits kSteersTransaction =
    1u << 17;  // runs at once between MULTI and EXEC, instead of being queued
inline constexpr Traits kRunsTransaction = 1u << 18;    // does whatever is in the queue
inline constexpr Traits kBeforeTransaction = 1u << 19;  // runs at once there, too, and fails

// ACL categories beyond those that follow from the traits (see categories_of).
using Categories = uint32_t;
inline constexpr Categories kCatKeyspace = 1u << 0;
inline constexpr Categories kCatRead = 1u << 1;
inline constexpr Categories kCatWrite = 1u << 2;
inline constexpr Categories kCatSet = 1u << 3;
inline constexpr Categories kCatSortedSet = 1u << 4;
inline constexpr Categories kCatList = 1u << 5;
inline constexpr Categories kCatHash = 1u << 6;
inline constexpr Categories kCatString = 1u << 7;
inline constexpr Categories kCatBitmap = 1u << 8;
inline constexpr Categories kCatHyperLogLog = 1u << 9;
inline constexpr Categories kCatGeo = 1u << 10;
inline constexpr Categories kCatStream = 1u << 11;
inline constexpr Categories kCatPubSub = 1u << 12;
inline constexpr Categories kCatAdmin = 1u << 13;
inline constexpr Categories kCatFast = 1u << 14;
inline constexpr Categories kCatSlow = 1u << 15;
inline constexpr Categories kCatBlocking = 1u << 16;
inline constexpr Categories kCatDangerous = 1u << 17;
inline constexpr Categories kCatConnection = 1u << 18;
inline constexpr Categories kCatTransaction = 1u << 19;
inline constexpr Categories kCatScripting = 1u << 20;

// What a command does with the keys of one key specification.
using KeyFlags = uint16_t;
inline constexpr KeyFlags kKeyRO = 1u << 0;
inline constexpr KeyFlags kKeyRW = 1u << 1;
inline constexpr KeyFlags kKeyOW = 1u << 2;
inline constexpr KeyFlags kKeyRM = 1u << 3;
inline constexpr KeyFlags kKeyAccess = 1u << 4;
inline constexpr KeyFlags kKeyUpdate = 1u << 5;
inline constexpr KeyFlags kKeyInsert = 1u << 6;
inline constexpr KeyFlags kKeyDelete = 1u << 7;
inline constexpr KeyFlags kKeyNotKey = 1u << 8;
inline constexpr KeyFlags kKeyIncomplete = 1u << 9;
inline constexpr KeyFlags kKeyVariableFlags = 1u << 10;

// What a command with kKeyVariableFlags does with the keys of one request.
using KeyFlagsOf = KeyFlags (*)(std::span<const resp::Arg> args);

// Tells the index of a key that stands behind an option; 0 if the request has none.
using KeyFinder = size_t (*)(std::span<const resp::Arg> args);

// Where keys are: either args[first], args[first + step], ... up to `last` (counted from `first`; negative:
// from the end of the arguments, -1 being the last one), or a count at args[first] followed by that many
// keys, or somewhere that cannot be put into numbers (`unknown`): `finder` looks for it, and without one
// nothing can be told.
struct KeySpec {
  enum class Find : uint8_t { range, key_count, unknown };

  KeyFlags flags = 0;
  int16_t first = 0;
  int16_t last = 0;
  int16_t step = 1;
  Find find = Find::range;
  std::string_view notes = {};
  KeyFlagsOf flags_of = nullptr;  // with kKeyVariableFlags only
  KeyFinder finder = nullptr;     // with Find::unknown only
};

// Up to three specifications, enough for every command so far; `count` of them are used.
struct KeySpecs {
  static constexpr uint8_t kMax = 3;
  KeySpec spec[kMax];
  uint8_t count = 0;

  constexpr std::span<const KeySpec> all() const { return {spec, count}; }
};

constexpr KeySpecs no_keys() { return {}; }
// One key at args[index].
constexpr KeySpecs key_at(int index, KeyFlags flags, std::string_view notes = {},
                          KeyFlagsOf flags_of = nullptr) {
  return {{{flags, static_cast<int16_t>(index), 0, 1, KeySpec::Find::range, notes, flags_of}}, 1};
}
// Keys from args[first] to args[last] (last absolute, or negative counted from the end), one every `step`.
constexpr KeySpecs key_range(int first, int last, int step, KeyFlags flags) {
  const int relative = last < 0 ? last : last - first;
  return {{{flags, static_cast<int16_t>(first), static_cast<int16_t>(relative), static_cast<int16_t>(step)}},
          1};
}
// A number at args[index] and that many keys behind it.
constexpr KeySpecs keys_counted_at(int index, KeyFlags flags) {
  return {{{flags, static_cast<int16_t>(index), 0, 1, KeySpec::Find::key_count}}, 1};
}
// A key that stands at no fixed place.
constexpr KeySpecs key_somewhere(KeyFlags flags, std::string_view notes, KeyFinder finder = nullptr) {
  return {{{flags, 0, 0, 1, KeySpec::Find::unknown, notes, nullptr, finder}}, 1};
}
// REQUIRES: no more than kMax in all.
constexpr KeySpecs operator+(KeySpecs a, const KeySpecs& b) {
  for (const KeySpec& spec : b.all()) a.spec[a.count++] = spec;
  return a;
}

enum class ArgType : uint8_t { string, integer, real, key, pattern, unix_time, pure_token, oneof, block };

// One argument as COMMAND DOCS describes it; the hints of redis-cli come from here.
struct Argument {
  std::string_view name;
  ArgType type = ArgType::string;
  std::string_view token = {};
  bool optional = false;
  bool multiple = false;
  bool multiple_token = false;
  int8_t key_spec = -1;                      // of keys, and of patterns of keys: which key specification
  std::span<const Argument> arguments = {};  // of a oneof or a block
  std::string_view since = {};
  std::string_view deprecated_since = {};
};

struct Docs {
  std::string_view summary;
  std::string_view since;
  std::string_view group;
  std::string_view complexity = {};
  std::span<const Argument> arguments = {};
  std::string_view deprecated_since = {};
  std::string_view replaced_by = {};
};

struct Command {
  std::string_view name;  // lower case
  Handler run;
  Arity arity;
  Traits traits = 0;
  KeySpecs keys = {};
  // Index of the argument that most likely is a field or member in the collection of the first key, 0: none.
  // Its memory is asked for while other requests run.
  uint8_t element = 0;
  Categories categories = 0;
  std::span<const std::string_view> tips = {};
  Docs docs = {};
  std::span<const Command> subcommands = {};
};

// The ACL categories of a command: its own and those that its traits imply. A subcommand inherits none.
constexpr Categories categories_of(const Command& command) {
  Categories all = command.categories;
  if (command.traits & kWrite) all |= kCatWrite;
  if (command.traits & kRead && !(command.categories & kCatScripting)) all |= kCatRead;
  if (command.traits & kAdmin) all |= kCatAdmin | kCatDangerous;
  if (command.traits & kPubSub) all |= kCatPubSub;
  if (command.traits & kBlocking) all |= kCatBlocking;
  return all | (command.traits & kFast ? kCatFast : kCatSlow);
}

// True if every row holds together: lower-case unique names, a handler or subcommands or both, not read and
// write at once, keys within the least number of arguments, documentation present.
constexpr bool well_formed(std::span<const Command> table) {
  // With the undefined-behaviour sanitizer g++ cannot tell at compile time that a template function has an
  // address. Not const: the initialiser of a constant would itself be evaluated at compile time.
  bool can_compare = !mem::kSanitized || !std::is_constant_evaluated();
  for (size_t i = 0; i < table.size(); ++i) {
    const Command& c = table[i];
    if (c.name.empty() || c.docs.summary.empty() || c.docs.since.empty() || c.docs.group.empty())
      return false;
    for (const char ch : c.name)
      if (ch >= 'A' && ch <= 'Z') return false;
    for (size_t j = 0; j < i; ++j)
      if (table[j].name == c.name) return false;
    if (can_compare && c.run == nullptr && c.subcommands.empty()) return false;
    if (c.arity.value == 0) return false;
    if (c.traits & kWrite && c.traits & kRead) return false;
    for (const KeySpec& spec : c.keys.all()) {
      if (spec.find == KeySpec::Find::unknown) continue;
      if (spec.first <= 0 || spec.first >= c.arity.least() || spec.step <= 0) return false;
    }
    if (!c.subcommands.empty() && !well_formed(c.subcommands)) return false;
  }
  return true;
}

}  // namespace redpoll::exec
