// The two documents that follow from the tables: docs/configuration.md and conf/redpoll.conf.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "config/config.h"
#include "config/match.h"
#include "config/rows.h"

namespace redpoll::config {
namespace {

// The default as a person would write it.
std::string readable_default(const Directive& d) {
  const Settings s;
  // Where the server starts is no property of the table.
  if (d.name == "dir") return ".";
  const std::string line = file_lines(s, d, "")[0].substr(1);
  const auto* custom = std::get_if<Custom>(&d.kind);
  return custom && custom->lines ? printed(s, d) : line;
}

std::string words_of(const Choice& k) {
  std::string out;
  for (const Word& w : k.words)
    out += fmt::format("{}{}", out.empty() ? "" : k.combined ? " " : ", ", w.text);
  return k.combined ? "any of " + out : out;
}

std::string range_of(const Number& k) {
  if (k.form == Number::Form::octal) return fmt::format("octal, {:o} to {:o}", k.min, k.max);
  if (k.form == Number::Form::percent_or_memory) return "memory or percentage";
  const bool memory = k.form == Number::Form::memory;
  const std::string low = memory ? short_memory(static_cast<Bytes>(k.min)) : fmt::format("{}", k.min);
  if (k.max == std::numeric_limits<int64_t>::max()) {
    return fmt::format("{}{}", memory ? "memory" : "integer", k.min ? ", at least " + low : "");
  }
  if (memory) return fmt::format("memory, {} to {}", low, short_memory(static_cast<Bytes>(k.max)));
  return fmt::format("integer, {} to {}", low, k.max);
}

std::string values_of(const Directive& d) {
  return std::visit(
      Match{[](const Flag&) { return std::string("yes, no"); }, [](const Number& k) { return range_of(k); },
            [](const Choice& k) { return words_of(k); }, [](const Text&) { return std::string("string"); },
            [](const Custom& k) { return std::string(k.grammar); }},
      d.kind);
}

std::string_view mutability_of(const Directive& d) {
  switch (d.mutability) {
    case Mutability::at_start:
    case Mutability::as_it_is: return "start only";
    case Mutability::at_run_time: return "CONFIG SET";
    case Mutability::if_unprotected: return "CONFIG SET, protected";
  }
  return "";
}

std::string status_of(const Directive& d) {
  if (!d.needs.empty()) return fmt::format(" **Not yet: {}.**", d.needs);
  return d.status == Status::inert ? " **No effect.**" : "";
}

bool has_meaning(const Directive& d) { return d.needs.empty() && d.status == Status::live; }

// A cell of a table must not contain the sign that ends it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string row(const Directive& d) {
  const std::string alias = d.alias.empty() ? "" : fmt::format("<br>`{}`", d.alias);
  return fmt::format("| `{}`{} | `{}` | {} | {} | {}{} |\n", d.name, alias, readable_default(d),
                     cell(values_of(d)), mutability_of(d), cell(d.about), status_of(d));
}

// `text` as comment lines.
std::string comment(std::string_view text) {
  constexpr size_t kWidth = 100;
  std::string out;
  while (!text.empty()) {
    size_t end = text.size();
    if (end > kWidth) end = text.rfind(' ', kWidth);
    out += fmt::format("# {}\n", text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// Lines that the example sets on purpose; all others stand there as comments that show the default.
struct Chosen {
  std::string_view name;
  std::string_view value;
};
constexpr Chosen kChosen[] = {
    {"bind", "127.0.0.1 -::1"}, {"protected-mode", "yes"}, {"port", "6379"},    {"daemonize", "no"},
    {"loglevel", "notice"},     {"logfile", "\"\""},       {"databases", "16"}, {"dir", "./"}};

std::string example_lines(const Directive& d) {
  for (const Chosen& c : kChosen) {
    if (c.name == d.name) return fmt::format("{} {}\n", c.name, c.value);
  }
  if (d.name == "unixsocket") return "# unixsocket /run/redpoll/redpoll.sock\n";
  if (d.name == "unixsocketperm") return "# unixsocketperm 770\n";
  if (d.name == "pidfile") return "# pidfile /run/redpoll/redpoll.pid\n";
  if (d.name == "requirepass") return "# requirepass \"something long\"\n";
  std::string out;
  for (const std::string& line : file_lines(Settings{}, d, d.name)) out += fmt::format("# {}\n", line);
  return out;
}

constexpr std::string_view kIntroduction =
    R"(# Configuration

Generated from the tables in `src/config/directives_*.cc`; a unit test compares. `conf/redpoll.conf` has the same
texts in the form of a file.

The syntax is that of Redis: one directive a line, `name value ...`, names in any case. Lines that start with `#` are
comments. A value with spaces stands in double quotes (`\n`, `\r`, `\t`, `\b`, `\a`, `\xHH`, `\"` and `\\` are
understood) or in single quotes (only `\'`). Amounts of memory take a unit: `k`, `m`, `g` are powers of 1000; `kb`,
`mb`, `gb` are powers of 1024. A directive given twice counts as given last, except `save`, `rename-command`, `user`,
`loadmodule` and the classes of `client-output-buffer-limit`, which add up.

Every directive is also an option of the command line (`--port 7000`), which is read after the file. `CONFIG SET`
changes those that can change while the server runs, several at once, all or none. `CONFIG REWRITE` brings the file
up to date.

**Not yet**: the feature that the directive controls does not exist in this version. Its default is accepted, and a
value that is true without the feature too, such as `save ""`; any other stops the start and is refused by
`CONFIG SET`. `allow-missing-features yes` allows them all the same, and the log names them then.

**No effect**: accepted so that existing files load, and without meaning
here by design. "Protected": only where `enable-protected-configs` allows it.

Four directives are not values and do not show up in `CONFIG GET`:

| directive | meaning |
|---|---|
| `include path` | Read another file here. Wildcards (`*`, `?`, `[...]`) stand for all files that match, in the order of their names; none is no error. At most 16 deep, and no file may include itself. |
| `rename-command name new-name` | Call a command by another name; `""` removes it. |
| `user name rule ...` | A user. **Not yet: ACL users.** Such a server does not start, but for a `user default` that may do everything without a password. |
| `loadmodule path [argument ...]` | A module. **Not yet: modules.** |
)";

// {}: what is missing.
constexpr std::string_view kExampleHead =
    R"(# Configuration of Redpoll. Start the server with it: redpoll-server /path/to/redpoll.conf
#
# Directives that are commented out show their default, or an example. docs/configuration.md has them in tables,
# with ranges, and also those that have no effect. Amounts of memory: 1k is 1000 bytes, 1kb is 1024 bytes; m, mb, g,
# gb likewise; case does not matter.
#
{}#
# Read another file, or all that match a pattern. What comes later wins.
# include /etc/redpoll/conf.d/*.conf
)";

constexpr std::string_view kRenaming =
    R"(
# Call a command by another name, or remove it with "".
# rename-command FLUSHALL ""
)";

// What is not there yet, feature by feature, with the directives that wait for it.
std::string missing_lines() {
  std::map<std::string_view, std::string> features;
  for (const Topic& topic : topics()) {
    for (const Directive& d : topic.directives) {
      if (d.needs.empty() || d.visibility == Visibility::hidden) continue;
      std::string& names = features[d.needs];
      names += fmt::format("{}{}", names.empty() ? "" : ", ", d.name);
    }
  }
  if (features.empty()) return "";
  std::string out = comment(
      "NOT THERE YET in this version. These directives may have their defaults only; anything else stops the "
      "start, unless 'allow-missing-features yes' is set:");
  for (const auto& [feature, names] : features) out += comment(fmt::format("- {}: {}", feature, names));
  return out;
}

}  // namespace

std::string markdown() {
  std::string out(kIntroduction);
  for (const Topic& topic : topics()) {
    out += fmt::format(
        "\n## {}\n\n| directive | default | values | changes | meaning |\n|---|---|---|---|---|\n",
        topic.title);
    for (const Directive& d : topic.directives) {
      if (d.visibility == Visibility::shown) out += row(d);
    }
  }
  return out;
}

std::string example_file() {
  std::string out = fmt::format(kExampleHead, missing_lines());
  for (const Topic& topic : topics()) {
    if (std::none_of(topic.directives.begin(), topic.directives.end(), has_meaning)) continue;
    out += fmt::format("\n# ---- {}\n", topic.title);
    for (const Directive& d : topic.directives) {
      if (has_meaning(d)) out += "\n" + comment(d.about) + example_lines(d);
    }
    if (topic.title == "Security") out += kRenaming;
  }
  return out;
}

}  // namespace redpoll::config
