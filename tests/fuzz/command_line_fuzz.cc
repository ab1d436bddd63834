// Command lines: whatever the arguments, there is a command line or an error; and what was given as the
// values of options is what is read from the text that they become, word by word.
//
// The input is the arguments, each ended by a NUL.
//
// libFuzzer: -max_len=512 -dict=command_line.dict
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/text.h"
#include "config/command_line.h"
#include "config/loader.h"

namespace redpoll::config {
namespace {

using Words = std::vector<std::string>;

std::vector<std::string_view> split(std::string_view input) {
  std::vector<std::string_view> args;
  while (!input.empty()) {
    const size_t end = std::min(input.find('\0'), input.size());
    args.push_back(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  return args;
}

// The rules, for options whose names are one plain word each; nothing if there are others. A name takes the
// next argument, whatever it is, and all that do not begin with "--" after it.
std::optional<std::vector<Words>> expected_lines(std::span<const std::string_view> args) {
  std::vector<Words> lines;
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string_view arg = args[i];
    const bool is_name = arg.starts_with("--") && (lines.empty() || lines.back().size() > 1);
    const bool is_dash = arg == "-" && (i == 0 || i + 1 == args.size());
    if (is_dash) continue;
    if (!is_name) {
      if (lines.empty()) return std::nullopt;
      lines.back().emplace_back(arg);
      continue;
    }
    const std::string_view name = arg.substr(2);
    const bool is_plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-');
    });
    if (!is_plain || name == "sentinel") return std::nullopt;
    lines.push_back({std::string(name)});
    const bool save_of_nothing = name == "save" && (i + 1 == args.size() || args[i + 1].starts_with("--"));
    if (save_of_nothing) lines.back().emplace_back();
  }
  return lines;
}

std::vector<Words> lines_of(std::string_view text) {
  std::vector<Words> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const auto words = split_args(text.substr(0, end));
    CHECK(words, "unbalanced quotes in {}", text);
    lines.push_back(*words);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

void check(std::vector<std::string_view> args) {
  const auto parsed = parse_command_line(args);
  if (!parsed.ok()) {
    CHECK(!parsed.error().empty());
    return;
  }
  if (parsed->task == CommandLine::Task::test_memory) CHECK(parsed->megabytes >= 1);
  if (parsed->task != CommandLine::Task::serve) return;
  std::span<const std::string_view> options(args);
  if (!options.empty() && !options[0].starts_with('-')) {
    CHECK(parsed->file == options[0]);
    options = options.subspan(1);
    // A dash behind the file is an option's value, unless it is the last.
    if (!options.empty() && options[0] == "-") return;
  } else {
    CHECK(parsed->file.empty());
  }
  const auto expected = expected_lines(options);
  if (expected) CHECK(lines_of(parsed->options) == *expected, "other words in {}", parsed->options);
}

}  // namespace
}  // namespace redpoll::config

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redpoll::config::check(redpoll::config::split({reinterpret_cast<const char*>(data), size}));
  return 0;
}
