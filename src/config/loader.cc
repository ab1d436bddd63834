#include "config/loader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/text.h"
#include "build_info.h"
#include "config/config.h"
#include "config/missing.h"
#include "config/suggestion.h"

namespace redpoll::config {
namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kBadDirective = "Bad directive or wrong number of arguments";
constexpr size_t kMaxShownLine = 256;

// A line as an error shows it: whole if it is sane, cut and without control characters if it is not.
std::string as_shown(std::string_view line) {
  std::string out;
  for (const char c : line.substr(0, kMaxShownLine)) {
    const bool control = (c >= 0 && c < ' ') || c == 0x7f;
    if (control && c != '\t') {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  if (line.size() > kMaxShownLine) out += "...";
  return out;
}

// Paths that a pattern stands for; a path without wildcards stands for itself, whether or not it exists.
std::vector<std::string> expand(const std::string& pattern) {
  if (pattern.find_first_of("*?[") == std::string::npos) return {pattern};
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return paths;
}

class Loader {
 public:
  // `file`: where the text comes from, for messages; empty for the sources given at the start.
  Result<void> read_text(std::string_view text, const std::string& file);
  Loaded take() { return std::move(loaded_); }

 private:
  // Errors of a line are reasons only, unless `complete_` says that they are whole messages.
  Result<void> read_line(std::string_view line);
  Result<void> read_arguments(std::vector<std::string> args, std::string_view line);
  Result<void> set(const Directive& d, Args args);
  Result<void> include(const std::string& pattern);
  Result<void> include_file(const std::string& path);

  Loaded loaded_;
  std::vector<std::string> open_;  // canonical paths of the files being read, outermost first
  std::string where_;              // the line being read, for messages
  int included_ = 0;
  bool complete_ = false;
};

Result<void> Loader::read_text(std::string_view text, const std::string& file) {
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const auto line = trim(text.substr(0, end), kBlank);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line[0] == '#') continue;
    where_ = fmt::format("Reading the configuration file, at line {}{}\n>>> '{}'", number,
                         file.empty() ? "" : fmt::format(" of {}", file), as_shown(line));
    const auto r = read_line(line);
    if (r) continue;
    if (complete_) return r;
    complete_ = true;
    return failure("{}{}\n{}\n", fatal_headline(), where_, r.error());
  }
  return {};
}

Result<void> Loader::read_line(std::string_view line) {
  if (line.find('\0') != line.npos) return failure("NUL byte in configuration line");
  auto args = split_args(line);
  if (!args) return failure("Unbalanced quotes in configuration line");
  if (args->empty()) return {};
  return read_arguments(std::move(*args), line);
}

Result<void> Loader::read_arguments(std::vector<std::string> args, std::string_view line) {
  const std::string name = to_lower(args[0]);
  const Args values = Args(args).subspan(1);
  if (const Directive* d = find_directive(name)) return set(*d, values);
  if (name == "include" && values.size() == 1) return include(values[0]);
  if (name == "rename-command" && values.size() == 2) {
    loaded_.settings.renamed_commands.push_back({values[0], values[1], where_});
    return {};
  }
  if ((name == "user" || name == "loadmodule") && !values.empty()) {
    loaded_.settings.kept_lines.emplace_back(line);
    if (name == "loadmodule") loaded_.modules = true;
    if (name == "user" && !leaves_open(values)) loaded_.users = true;
    return {};
  }
  if (name.find('.') != name.npos && !values.empty()) {
    if (loaded_.module_setting.empty()) loaded_.module_setting = line;
    return {};
  }
  // Of Redis before 3.2; they have had no meaning since.
  if ((name == "list-max-ziplist-entries" || name == "list-max-ziplist-value") && values.size() == 1)
    return {};
  if (name == "sentinel") return failure("sentinel directive while not in sentinel mode");
  const std::string_view meant = similar_directive(name);
  return failure("{}{}", kBadDirective, meant.empty() ? "" : fmt::format("\nDid you mean '{}'?", meant));
}

Result<void> Loader::set(const Directive& d, Args args) {
  const bool first = std::find(loaded_.set.begin(), loaded_.set.end(), &d) == loaded_.set.end();
  if (first) loaded_.set.push_back(&d);
  if (d.name == "dir") loaded_.absolute_dir = args.size() == 1 && args[0].starts_with('/');
  // A list in quotes is a line of its own: `--save "''"`.
  std::optional<std::vector<std::string>> words;
  if (d.takes_several() && args.size() == 1 && !args[0].empty() && (words = split_args(args[0])))
    args = *words;
  return assign(loaded_.settings, d, args, first ? Mode::replace : Mode::add);
}

// A `dir` above the include counts already, as if the server had gone there.
Result<void> Loader::include(const std::string& pattern) {
  const std::string& dir = loaded_.settings.dir;
  const std::string seen_from_dir = dir == "." ? pattern : (std::filesystem::path(dir) / pattern).string();
  for (const std::string& path : expand(seen_from_dir)) {
    if (auto r = include_file(path); !r) return r;
  }
  return {};
}

Result<void> Loader::include_file(const std::string& path) {
  std::error_code failed;
  const std::string canonical = std::filesystem::weakly_canonical(path, failed).string();
  if (std::find(open_.begin(), open_.end(), canonical) != open_.end()) {
    return failure("include loop: '{}' includes itself", path);
  }
  if (open_.size() >= kMaxIncludeDepth) return failure("include nested more than {} deep", kMaxIncludeDepth);
  if (++included_ > kMaxIncludedFiles) return failure("more than {} files included", kMaxIncludedFiles);
  const auto text = read_file(path);
  if (!text) {
    complete_ = true;
    return failure("{}", cannot_open(path, text.error()));
  }
  open_.push_back(canonical);
  auto r = read_text(*text, path);
  open_.pop_back();
  return r;
}

}  // namespace

std::string fatal_headline() {
  return fmt::format("\n*** FATAL CONFIG FILE ERROR (Redpoll {}) ***\n", build_info::kVersion);
}

std::string cannot_open(const std::string& path, std::string_view reason) {
  return fmt::format("{} '{}': {}", kCannotOpen, path, reason);
}

Result<Loaded> load_text(std::string_view text) {
  Loader loader;
  if (auto r = loader.read_text(text, ""); !r) return failure("{}", r.error());
  return loader.take();
}

Result<std::string> read_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failure("{}", std::strerror(errno));
  const auto close_fd = [](const int* p) { ::close(*p); };
  const std::unique_ptr<const int, decltype(close_fd)> closer(&fd, close_fd);
  std::string text;
  char chunk[16384];
  for (;;) {
    const ssize_t n = ::read(fd, chunk, sizeof chunk);
    if (n == 0) return text;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failure("{}", std::strerror(errno));
    text.append(chunk, static_cast<size_t>(n));
    if (text.size() > kMaxFile) return failure("File larger than {} MiB", kMaxFile >> 20);
  }
}

}  // namespace redpoll::config
