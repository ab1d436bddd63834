// The directives: one typed table that serves configuration file, command line, CONFIG GET, CONFIG SET,
// CONFIG REWRITE and docs/configuration.md. The rows stand in directives_*.cc, by topic.
//
// A directive's value lives in a field of `Settings`, or, if nothing reads it yet, as text in
// `Settings::kept`. Either way text goes in through `assign`, which checks it, and comes out through
// `printed`.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "config/settings.h"

namespace redpoll::config {

// The part of the server that has to be told when a directive changes at run time. Everything that is simply
// read from Settings when needed is `none`.
enum class Apply : uint8_t {
  none,
  listen,       // bind, port, priority-listener: listen anew
  accepting,    // tcp-keepalive, max-new-connections-per-cycle: for connections from now on
  locale,       // locale-collate
  oom_score,    // oom-score-adj, oom-score-adj-values
  watchdog,     // watchdog-period
  maxclients,   // descriptor limit and size of the event loop
  hz,           // frequency of the cron
  loglevel,     // tell the logger
  proc_title,   // set-proc-title, proc-title-template
  dir,          // chdir
  requirepass,  // password of the default user
  execution,  // what commands and the keyspace go by: maxmemory, its policy, lfu-*, lazyfree-*, the limits of
              // encodings, proto-max-bulk-len, slowlog-log-slower-than, latency-*
  defragmentation,  // activedefrag: refused where the allocator does not help
  crash_handlers,   // install or remove the crash report
};

enum class Mutability : uint8_t {
  at_start,       // file and command line only
  as_it_is,       // the same, but CONFIG SET takes the value in force: what CONFIG GET * says can be set back
                  // by who knows what Redis 7.0 refuses. For directives that 7.0 does not have.
  at_run_time,    // CONFIG SET too
  if_unprotected  // CONFIG SET, where `enable-protected-configs` allows it
};

enum class Status : uint8_t {
  live,  // does what it says
  inert  // accepted, and without meaning here by design
};

enum class Visibility : uint8_t { shown, hidden };  // hidden: CONFIG GET needs the exact name

struct Directive;
using Args = std::span<const std::string>;

// yes or no.
struct Flag {
  bool Settings::*field = nullptr;
  bool fallback = false;
};

// An integer in a range, written plain, as an amount of memory ("64mb"), or in octal.
struct Number {
  // percent_or_memory: a percentage is kept as a negative number.
  enum class Form : uint8_t { plain, memory, percent_or_memory, octal };
  int64_t (*get)(const Settings&) = nullptr;
  void (*set)(Settings&, int64_t) = nullptr;
  int64_t fallback = 0;
  int64_t min = 0;
  int64_t max = std::numeric_limits<int>::max();
  Form form = Form::plain;
  // The int64_t is the bit pattern of an unsigned number of any size.
  bool is_unsigned = false;
};

// One of several words, or for `combined` any number of them (values are bits, 0 is alone).
struct Word {
  std::string_view text;
  int value;
};
struct Choice {
  std::span<const Word> words;
  int (*get)(const Settings&) = nullptr;
  void (*set)(Settings&, int) = nullptr;
  int fallback = 0;
  bool combined = false;
};

// A string; `check` may refuse it.
struct Text {
  std::string Settings::*field = nullptr;
  std::string_view fallback;
  Result<void> (*check)(std::string_view) = nullptr;
};

// Whether a value takes the place of the old one, or adds to it: a second `save` line of a file adds.
enum class Mode : uint8_t { replace, add };

// Several arguments, or a grammar of its own.
struct Custom {
  Result<void> (*parse)(Settings&, const Directive&, Args, Mode);
  // nullptr: it has no field, and what `parse` kept is printed.
  std::string (*print)(const Settings&, const Directive&) = nullptr;
  // The arguments in a file, when the printed value would not do.
  std::string (*words)(const Settings&, const Directive&) = nullptr;
  // The lines of a file, when the one line `name value` would not do.
  std::vector<std::string> (*lines)(const Settings&, const Directive&, std::string_view name) = nullptr;
  std::string_view fallback;
  bool several = true;       // takes any number of arguments; otherwise exactly one
  std::string_view grammar;  // for the documentation
};

struct Directive {
  std::string_view name;
  std::string_view alias = {};
  std::variant<Flag, Number, Choice, Text, Custom> kind;
  Mutability mutability = Mutability::at_run_time;
  Apply apply = Apply::none;
  Status status = Status::live;
  Visibility visibility = Visibility::shown;
  // The feature that has to be there for it to mean something; empty: it is there. Until then the directive
  // is known, checked and shown, and may not be set: see `promises_too_much`.
  std::string_view needs = {};
  // A value, as CONFIG GET prints it, that is true without that feature too, besides the default.
  std::optional<std::string_view> harmless = {};
  std::string_view about = {};

  // One argument is split at spaces into several: `--save "60 1"`, CONFIG SET.
  bool takes_several() const;
};

// Every directive, topic by topic.
struct Topic {
  std::string_view title;
  std::span<const Directive> directives;
};
std::span<const Topic> topics();

// By name or alias, in any case; nullptr if there is none.
const Directive* find_directive(std::string_view name);

// Checks `args` and puts their value into `s`. The error is the reason, worded as Redis words it; `s` is
// unspecified then (assign to a copy).
Result<void> assign(Settings& s, const Directive& d, Args args, Mode mode = Mode::replace);

// The value as CONFIG GET prints it.
std::string printed(const Settings& s, const Directive& d);

// The value that a `Settings{}` has.
std::string default_of(const Directive& d);

// Whether the value in `s` would be a lie: the feature that the directive needs is missing, and the value is
// neither the default nor true without it.
bool promises_too_much(const Settings& s, const Directive& d);

// The lines that set the directive in a file, under the name `name` (its own or its alias).
std::vector<std::string> file_lines(const Settings& s, const Directive& d, std::string_view name);

}  // namespace redpoll::config
