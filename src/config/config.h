// The configuration of one server: the settings in force, where they came from, and how they change.
//
//   Config config;
//   if (auto r = config.load(sources); !r) print r.error() and exit 1;
//   config.settings().port ...                          // a stable address: keep the reference
//   config.set(pairs, Peer::local, apply)               // CONFIG SET
//   config.rewrite()                                    // CONFIG REWRITE
//
// Not thread-safe: belongs to the thread that runs commands.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/directives.h"
#include "config/settings.h"

namespace redpoll::config {

// How the error of `load` begins when a file cannot be opened.
inline constexpr std::string_view kCannotOpen = "Fatal error, can't open config file";

// Where configuration text comes from, in the order in which it is read; what comes last wins.
struct Sources {
  std::string file;     // path, made absolute by `load`; empty: none
  std::string input;    // text read from standard input, if that was asked for
  std::string options;  // text made of the command line, see command_line.h
};

// Which kind of client asks; some changes are for clients of this machine only.
enum class Peer : uint8_t { remote, local };

// Tells the server that `what` changed; `now` are the new settings, already in force, `before` the old ones.
// An error refuses the change (its text becomes part of the reply to CONFIG SET); the applier has to leave
// its part of the server as it was then. It is also called to take a change back, with the arguments swapped.
using Applier = std::function<Result<void>(Apply what, const Settings& now, const Settings& before)>;

inline constexpr std::string_view kRewriteFailed = "ERR Rewriting config file: ";

class Config {
 public:
  Config() = default;
  // For tests: starts from these settings.
  explicit Config(Settings s) : settings_(std::move(s)) {}
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  // The settings in force. The reference stays valid and sees every change.
  const Settings& settings() const { return settings_; }

  // Reads all sources. On an error nothing is changed, and the error is the whole fatal message, several
  // lines, for standard error. Does not change the directory: a `dir` directive is checked and done by the
  // caller.
  Result<void> load(const Sources& sources);

  // One line for the log that names the directives set at `load` whose features are not there yet, where
  // `allow-missing-features` let them pass; empty if there are none.
  std::string warning() const;
  // The same for what `set` was given.
  std::string warning(std::span<const std::string_view> pairs) const;

  // Absolute path of the file that was loaded; empty if there was none.
  const std::string& file() const { return file_; }

  // Names and values of all directives that match one of the patterns, each once: the reply of CONFIG GET.
  std::vector<std::pair<std::string_view, std::string>> match(
      std::span<const std::string_view> patterns) const;

  // What there is in `dir` that Redis would load: the snapshot, the directory of the append-only file.
  std::vector<std::string> data_files() const;

  // One value as CONFIG GET prints it. REQUIRES: there is such a directive.
  std::string get(std::string_view name) const;

  // CONFIG SET: name, value, name, value... All or nothing. The error is the whole reply, with "ERR ".
  // REQUIRES: an even number of arguments.
  Result<void> set(std::span<const std::string_view> pairs, Peer peer, const Applier& apply);

  // The server itself changes a setting (as `maxclients` when descriptors are short); nobody is told.
  template <class Change>
  void adjust(Change&& change) {
    change(settings_);
  }

  // CONFIG REWRITE: brings the file up to date, keeping its comments and order, and replaces it atomically.
  // The error is the whole reply: kRewriteFailed and the reason, or that there is no file.
  Result<void> rewrite() const;

 private:
  Settings settings_;
  std::string file_;
  std::string missing_;  // what `load` let pass although its feature is not there yet
};

// docs/configuration.md and conf/redpoll.conf, generated from the tables.
std::string markdown();
std::string example_file();

}  // namespace redpoll::config
