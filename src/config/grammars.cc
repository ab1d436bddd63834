#include "config/grammars.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/numbers.h"
#include "base/text.h"

namespace redpoll::config {
namespace {

constexpr size_t kMaxAddresses = 16;

Result<void> parse_bind(Settings& s, const Directive&, Args args, Mode) {
  if (args.size() > kMaxAddresses) return failure("Too many bind addresses specified.");
  s.bind.assign(args.begin(), args.end());
  // `bind ""` means none at all.
  if (s.bind.size() == 1 && s.bind[0].empty()) s.bind.clear();
  return {};
}

std::string print_bind(const Settings& s, const Directive&) {
  return fmt::format("{}", fmt::join(s.bind, " "));
}

std::string bind_words(const Settings& s, const Directive&) {
  if (s.bind.empty()) return "\"\"";
  std::string words;
  for (const std::string& address : s.bind) words.append(words.empty() ? "" : " ").append(as_word(address));
  return words;
}

std::filesystem::path absolute_dir(const Settings& s) {
  std::error_code failed;
  const auto path = std::filesystem::absolute(s.dir, failed);
  if (failed) return s.dir;
  const auto normal = path.lexically_normal();
  return normal.has_filename() || normal == normal.root_path() ? normal : normal.parent_path();
}

// Seen from the directory that is in force: the server goes there right away, as it would with chdir.
Result<void> parse_dir(Settings& s, const Directive&, Args args, Mode) {
  Settings next;
  next.dir = (absolute_dir(s) / args[0]).string();
  struct stat info;
  if (args[0].empty() || ::stat(next.dir.c_str(), &info) != 0) {
    return failure("{}", std::strerror(args[0].empty() ? ENOENT : errno));
  }
  if (!S_ISDIR(info.st_mode)) return failure("{}", std::strerror(ENOTDIR));
  if (::access(next.dir.c_str(), X_OK) != 0) return failure("{}", std::strerror(errno));
  s.dir = absolute_dir(next).string();
  return {};
}

std::string print_dir(const Settings& s, const Directive&) { return absolute_dir(s).string(); }

Result<void> parse_save(Settings& s, const Directive& d, Args args, Mode mode) {
  if (args.size() == 1 && args[0].empty()) args = {};
  if (args.empty()) mode = Mode::replace;
  if (args.size() % 2) return failure("Invalid save parameters");
  std::string points(mode == Mode::add ? kept(s, d) : std::string_view());
  for (size_t i = 0; i < args.size(); i += 2) {
    const auto seconds = parse_int64(args[i]);
    const auto changes = parse_int64(args[i + 1]);
    if (!seconds || !changes || *seconds < 1 || *changes < 0 || *seconds > INT_MAX || *changes > INT_MAX) {
      return failure("Invalid save parameters");
    }
    points += fmt::format("{}{} {}", points.empty() ? "" : " ", *seconds, *changes);
  }
  keep(s, d, std::move(points));
  return {};
}

std::vector<std::string> save_lines(const Settings& s, const Directive& d, std::string_view name) {
  const auto numbers = split_args(kept(s, d));
  if (!numbers || numbers->size() < 2) return {fmt::format("{} \"\"", name)};
  std::vector<std::string> lines;
  for (size_t i = 0; i + 1 < numbers->size(); i += 2) {
    lines.push_back(fmt::format("{} {} {}", name, (*numbers)[i], (*numbers)[i + 1]));
  }
  return lines;
}

// As CONFIG GET prints them; files say `replica`.
constexpr std::array<std::string_view, 3> kClassNames = {"normal", "slave", "pubsub"};

std::optional<size_t> class_index(std::string_view name) {
  if (iequals(name, "replica")) return static_cast<size_t>(ClientClass::replica);
  for (size_t i = 0; i < kClassNames.size(); ++i) {
    if (iequals(name, kClassNames[i])) return i;
  }
  return std::nullopt;
}

Result<void> parse_output_limits(Settings& s, const Directive&, Args args, Mode) {
  if (args.size() % 4) return failure("Wrong number of arguments in buffer limit configuration.");
  for (size_t i = 0; i < args.size(); i += 4) {
    const auto index = class_index(args[i]);
    if (!index) return failure("Invalid client class specified in buffer limit configuration.");
    const auto hard = parse_memory(args[i + 1]);
    const auto soft = parse_memory(args[i + 2]);
    const auto seconds = parse_int64(args[i + 3]);
    if (!hard || !soft || !seconds || *seconds < 0 || *seconds > INT_MAX) {
      return failure("Error in hard, soft or soft_seconds setting in buffer limit configuration.");
    }
    s.output_limits[*index] = {*hard, *soft, *seconds};
  }
  return {};
}

std::string print_output_limits(const Settings& s, const Directive&) {
  std::string out;
  for (size_t i = 0; i < kClassNames.size(); ++i) {
    const OutputLimit& l = s.output_limits[i];
    out += fmt::format("{}{} {} {} {}", i ? " " : "", kClassNames[i], l.hard, l.soft, l.soft_seconds);
  }
  return out;
}

std::vector<std::string> output_limit_lines(const Settings& s, const Directive&, std::string_view name) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < kClassNames.size(); ++i) {
    const OutputLimit& l = s.output_limits[i];
    const auto shown = i == static_cast<size_t>(ClientClass::replica) ? "replica" : kClassNames[i];
    lines.push_back(fmt::format("{} {} {} {} {}", name, shown, short_memory(l.hard), short_memory(l.soft),
                                l.soft_seconds));
  }
  return lines;
}

// The letters of kinds of events, and then how they are sent; `A` stands for all of kAllKinds.
constexpr std::string_view kKinds = "g$lshzxetdn";
constexpr std::string_view kAllKinds = "g$lshzxetd";
constexpr std::string_view kWays = "KEm";

Result<void> parse_events(Settings& s, const Directive& d, Args args, Mode) {
  std::string given;
  for (const char c : args[0]) {
    if (c == 'A') {
      given += kAllKinds;
    } else if (kKinds.find(c) != kKinds.npos || kWays.find(c) != kWays.npos) {
      given += c;
    } else {
      return failure("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
    }
  }
  const auto has = [&](char c) { return given.find(c) != given.npos; };
  std::string out;
  if (std::all_of(kAllKinds.begin(), kAllKinds.end(), has)) {
    out = "A";
  } else {
    std::copy_if(kKinds.begin(), kKinds.end(), std::back_inserter(out), has);
  }
  std::copy_if(kWays.begin(), kWays.end(), std::back_inserter(out), has);
  keep(s, d, std::move(out));
  return {};
}

Result<void> parse_oom_scores(Settings& s, const Directive&, Args args, Mode) {
  if (args.size() != s.oom_score_adj_values.size()) return failure("wrong number of arguments");
  for (size_t i = 0; i < args.size(); ++i) {
    const auto v = parse_int64(args[i]);
    if (!v || *v < -2000 || *v > 2000) {
      return failure("Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
    }
    s.oom_score_adj_values[i] = static_cast<int>(*v);
  }
  return {};
}

std::string print_oom_scores(const Settings& s, const Directive&) {
  return fmt::format("{}", fmt::join(s.oom_score_adj_values, " "));
}

Result<void> parse_percentiles(Settings& s, const Directive& d, Args args, Mode) {
  if (args.size() == 1 && args[0].empty()) args = {};
  std::string out;
  for (const std::string& arg : args) {
    const auto v = parse_double(arg);
    if (!v) return failure("Invalid {} parameters", d.name);
    if (*v < 0 || *v > 100) return failure("{} parameters should sit between [0.0,100.0]", d.name);
    std::string digits = fmt::format("{:.6f}", *v);
    digits.resize(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.')) digits.pop_back();
    out += fmt::format("{}{}", out.empty() ? "" : " ", digits);
  }
  keep(s, d, std::move(out));
  return {};
}

Result<void> parse_replicaof(Settings& s, const Directive& d, Args args, Mode) {
  if (args.size() != 2) return failure("wrong number of arguments");
  if (iequals(args[0], "no") && iequals(args[1], "one")) {
    keep(s, d, "");
    return {};
  }
  const auto port = parse_int64(args[1]);
  if (!port || *port < 0 || *port > 65535) return failure("Invalid master port");
  keep(s, d, fmt::format("{} {}", args[0], *port));
  return {};
}

std::string replicaof_words(const Settings& s, const Directive& d) {
  const std::string_view value = kept(s, d);
  const size_t space = value.rfind(' ');
  if (space == value.npos) return "no one";
  return fmt::format("{} {}", as_word(value.substr(0, space)), value.substr(space + 1));
}

bool is_path(std::string_view value) { return value.find('/') != value.npos; }

}  // namespace

constinit const Custom kBindAddresses = {
    .parse = parse_bind, .print = print_bind, .words = bind_words, .grammar = "address ... (at most 16)"};
constinit const Custom kDirectory = {
    .parse = parse_dir, .print = print_dir, .several = false, .grammar = "path of a directory"};
constinit const Custom kSavePoints = {.parse = parse_save,
                                      .lines = save_lines,
                                      .fallback = "3600 1 300 100 60 10000",
                                      .grammar = "seconds changes ..., or \"\""};
constinit const Custom kOutputLimits = {.parse = parse_output_limits,
                                        .print = print_output_limits,
                                        .lines = output_limit_lines,
                                        .grammar = "class hard soft seconds ..."};
constinit const Custom kNotifyEvents = {
    .parse = parse_events, .several = false, .grammar = "letters of Ag$lshzxeKEtmdn"};
constinit const Custom kOomScores = {
    .parse = parse_oom_scores, .print = print_oom_scores, .grammar = "three of -2000 to 2000"};
constinit const Custom kLatencyPercentiles = {
    .parse = parse_percentiles, .fallback = "50 99 99.9", .grammar = "numbers from 0 to 100"};
constinit const Custom kReplicaOf = {
    .parse = parse_replicaof, .words = replicaof_words, .grammar = "host port, or no one"};

Result<void> check_file_name(std::string_view value) {
  if (is_path(value)) return failure("dbfilename can't be a path, just a filename");
  return {};
}

Result<void> check_append_file_name(std::string_view value) {
  if (value.empty()) return failure("appendfilename can't be empty");
  if (is_path(value)) return failure("appendfilename can't be a path, just a filename");
  return {};
}

Result<void> check_append_dir_name(std::string_view value) {
  if (value.empty()) return failure("appenddirname can't be empty");
  if (is_path(value)) return failure("appenddirname can't be a path, just a dirname");
  return {};
}

Result<void> check_host_name(std::string_view value) {
  if (value.size() >= 256) return failure("Hostnames must be less than 256 characters");
  const bool good = std::all_of(value.begin(), value.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.';
  });
  if (!good) return failure("Hostnames may only contain alphanumeric characters, hyphens or dots");
  return {};
}

Result<void> check_proc_title(std::string_view value) {
  constexpr std::array<std::string_view, 7> kVariables = {"title",    "listen-addr", "server-mode", "port",
                                                          "tls-port", "unixsocket",  "config-file"};
  const Failure bad = failure("template format is invalid or contains unknown variables");
  for (size_t at = 0; (at = value.find('{', at)) != value.npos;) {
    const size_t end = value.find('}', at);
    if (end == value.npos) return bad;
    const auto name = value.substr(at + 1, end - at - 1);
    if (std::find(kVariables.begin(), kVariables.end(), name) == kVariables.end()) return bad;
    at = end;
  }
  return {};
}

}  // namespace redpoll::config
