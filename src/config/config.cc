#include "config/config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/glob.h"
#include "base/log.h"
#include "base/text.h"
#include "config/loader.h"
#include "config/missing.h"

namespace redpoll::config {
namespace {

// A log file that cannot be written stops the start while there is still somebody to read why.
Result<void> check_log_file(const Settings& s) {
  if (s.logfile.empty()) return {};
  const int fd = open_log_file(std::filesystem::path(s.dir) / s.logfile);
  if (fd < 0)
    return failure("{}Can't open the log file '{}': {}\n", fatal_headline(), s.logfile, std::strerror(errno));
  ::close(fd);
  return {};
}

// Who configures users wants to keep others out. Users are not there yet.
Result<void> check_no_users(const Loaded& loaded) {
  if (!loaded.users && printed(loaded.settings, *find_directive("aclfile")).empty()) return {};
  return failure(
      "{}'{}' is for ACL users, which are not there yet: without them this server would be open to "
      "everybody. Protect it with 'requirepass', and leave that directive out.\n",
      fatal_headline(), loaded.users ? "user" : "aclfile");
}

// Settings of modules have a meaning where a module is loaded only.
Result<void> check_module_settings(const Loaded& loaded) {
  if (loaded.modules || loaded.module_setting.empty()) return {};
  return failure(
      "{}Module Configuration detected without loadmodule directive or no ApplyConfig call: aborting\n"
      ">>> '{}'\n",
      fatal_headline(), loaded.module_setting);
}

Result<void> check_missing(const Settings& s, const std::vector<Missing>& missing) {
  if (missing.empty() || s.allow_missing_features) return {};
  return failure(
      "Fatal: set, but not there yet: {}. Leave that out, or start without it by 'allow-missing-features "
      "yes'.",
      listed(missing));
}

bool is_immutable(const Directive& d, std::string_view value, const Settings& s) {
  return d.mutability == Mutability::at_start ||
         (d.mutability == Mutability::as_it_is && value != printed(s, d));
}

bool may_change(const Directive& d, const Settings& s, Peer peer) {
  if (d.mutability != Mutability::if_unprotected) return true;
  return s.enable_protected_configs == Allowed::yes ||
         (s.enable_protected_configs == Allowed::local && peer == Peer::local);
}

Failure refused(std::string_view name, std::string_view reason) {
  return failure("ERR CONFIG SET failed (possibly related to argument '{}') - {}", name, reason);
}

// What one CONFIG SET asks for.
struct Change {
  const Directive* directive;
  std::string_view name;  // or alias, whichever the client wrote
  std::string value;
};

Result<std::vector<Change>> read_changes(std::span<const std::string_view> pairs, const Settings& s,
                                         Peer peer) {
  std::vector<Change> changes;
  for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
    const Directive* d = find_directive(pairs[i]);
    if (!d) return failure("ERR Unknown option or number of arguments for CONFIG SET - '{}'", pairs[i]);
    if (is_immutable(*d, pairs[i + 1], s)) return refused(pairs[i], "can't set immutable config");
    if (!may_change(*d, s, peer)) return refused(pairs[i], "can't set protected config");
    const bool twice =
        std::any_of(changes.begin(), changes.end(), [&](const Change& c) { return c.directive == d; });
    if (twice) return refused(pairs[i], "duplicate parameter");
    const bool by_alias = !d->alias.empty() && iequals(pairs[i], d->alias);
    changes.push_back({d, by_alias ? d->alias : d->name, std::string(pairs[i + 1])});
  }
  return changes;
}

// The parts of the server to tell, each once, and the name to blame if one refuses.
struct Effect {
  Apply part;
  std::string_view name;
};

std::vector<Effect> effects_of(const std::vector<Change>& changes, const Settings& before,
                               const Settings& now) {
  std::vector<Effect> effects;
  for (const Change& c : changes) {
    const Apply part = c.directive->apply;
    if (part == Apply::none || printed(before, *c.directive) == printed(now, *c.directive)) continue;
    const bool there =
        std::any_of(effects.begin(), effects.end(), [&](const Effect& e) { return e.part == part; });
    if (!there) effects.push_back({part, c.name});
  }
  return effects;
}

bool is_pattern(std::string_view text) { return text.find_first_of("*?[") != text.npos; }

}  // namespace

Result<void> Config::load(const Sources& sources) {
  std::string path;
  std::string text;
  if (!sources.file.empty()) {
    path = std::filesystem::absolute(sources.file).lexically_normal().string();
    auto content = read_file(path);
    if (!content) return failure("{}", cannot_open(path, content.error()));
    text = std::move(*content);
  }
  // Line numbers in messages count through all sources, so each starts on a line of its own.
  for (const std::string* more : {&sources.input, &sources.options}) {
    if (!more->empty()) text.append("\n").append(*more);
  }
  auto loaded = load_text(text);
  if (!loaded) return failure("{}", loaded.error());
  if (auto r = check_log_file(loaded->settings); !r) return r;
  if (auto r = check_no_users(*loaded); !r) return r;
  if (auto r = check_module_settings(*loaded); !r) return r;
  const auto missing = missing_features(*loaded);
  if (auto r = check_missing(loaded->settings, missing); !r) return r;
  settings_ = std::move(loaded->settings);
  // Relative, it would mean another place once CONFIG SET has left it.
  settings_.dir = get("dir");
  file_ = std::move(path);
  missing_ = listed(missing);
  return {};
}

static std::string without_effect(std::string_view what) {
  if (what.empty()) return {};
  return fmt::format("Without effect, because it is not there yet (allow-missing-features): {}", what);
}

std::string Config::warning() const { return without_effect(missing_); }

std::string Config::warning(std::span<const std::string_view> pairs) const {
  std::vector<Missing> missing;
  for (size_t i = 0; i < pairs.size(); i += 2) {
    const Directive* d = find_directive(pairs[i]);
    if (d && promises_too_much(settings_, *d)) missing.push_back({d->name, d->needs});
  }
  return without_effect(listed(missing));
}

std::vector<std::pair<std::string_view, std::string>> Config::match(
    std::span<const std::string_view> patterns) const {
  std::vector<std::pair<std::string_view, std::string>> out;
  const auto add = [&](std::string_view name, const Directive& d) {
    const auto there = [&](const auto& pair) { return iequals(pair.first, name); };
    if (std::none_of(out.begin(), out.end(), there)) out.emplace_back(name, printed(settings_, d));
  };
  for (const std::string_view pattern : patterns) {
    if (!is_pattern(pattern)) {
      if (const Directive* d = find_directive(pattern)) add(pattern, *d);
      continue;
    }
    for (const Topic& topic : topics()) {
      for (const Directive& d : topic.directives) {
        if (d.visibility == Visibility::hidden) continue;
        if (glob_match(pattern, d.name, Case::ignore)) add(d.name, d);
        if (!d.alias.empty() && glob_match(pattern, d.alias, Case::ignore)) add(d.alias, d);
      }
    }
  }
  return out;
}

std::vector<std::string> Config::data_files() const {
  std::vector<std::string> found;
  for (const std::string_view directive : {"dbfilename", "appenddirname"}) {
    const std::string name = get(directive);
    if (name.empty()) continue;
    const auto path = std::filesystem::path(settings_.dir) / name;
    std::error_code failed;
    if (std::filesystem::exists(path, failed)) found.push_back(path.string());
  }
  return found;
}

std::string Config::get(std::string_view name) const {
  const Directive* d = find_directive(name);
  CHECK(d, "no directive {}", name);
  return printed(settings_, *d);
}

Result<void> Config::set(std::span<const std::string_view> pairs, Peer peer, const Applier& apply) {
  CHECK(pairs.size() % 2 == 0);
  const auto changes = read_changes(pairs, settings_, peer);
  if (!changes) return failure("{}", changes.error());

  Settings next = settings_;
  for (const Change& c : *changes) {
    if (auto r = assign(next, *c.directive, Args(&c.value, 1)); !r) return refused(c.name, r.error());
    if (!next.allow_missing_features && promises_too_much(next, *c.directive)) {
      return refused(c.name, fmt::format("this needs {}, which is not there yet", c.directive->needs));
    }
  }
  const Settings before = std::exchange(settings_, std::move(next));
  const auto effects = effects_of(*changes, before, settings_);
  for (size_t i = 0; i < effects.size(); ++i) {
    const auto r = apply(effects[i].part, settings_, before);
    if (r) continue;
    const std::string_view culprit = effects[i].name;
    const Settings given_up = std::exchange(settings_, before);
    // What was in force a moment ago can be brought back; if not, there is nobody left to tell.
    while (i-- > 0) static_cast<void>(apply(effects[i].part, settings_, given_up));
    return refused(culprit, r.error());
  }
  return {};
}

}  // namespace redpoll::config
