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

// Whether the text behind "--" is words of one line, as in `--port` and `--bind ::1 "10.0.0.1"`.
std::optional<Words> plain_words(std::string_view text) {
  const auto words = split_args(text);
  const bool plain = words && !words->empty() && text.find_first_of("\n\r") == std::string_view::npos;
  return plain && !iequals(text, "sentinel") ? words : std::nullopt;
}

// The rules, where all options are plain words; otherwise nothing. A name alone takes the next argument,
// whatever it is, and every name all arguments that do not begin with "--".
std::optional<std::vector<Words>> expected_lines(std::span<const std::string_view> args) {
  std::vector<Words> lines;
  bool waiting = false;
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string_view arg = args[i];
    const bool last = i + 1 == args.size();
    if (arg == "-" && (i == 0 || last)) continue;
    if (waiting || !arg.starts_with("--")) {
      if (lines.empty()) return std::nullopt;
      lines.back().emplace_back(arg);
      waiting = false;
      continue;
    }
    auto words = plain_words(arg.substr(2));
    if (!words) return std::nullopt;
    const bool without_value = last || args[i + 1].starts_with("--");
    const bool save_of_nothing = iequals(arg, "--save") && without_value;
    waiting = !save_of_nothing && split_args(arg)->size() == 1;
    lines.push_back(std::move(*words));
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
