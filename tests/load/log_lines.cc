#include "load/log_lines.h"

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>

namespace redpoll::load {

namespace {

void each_line(std::string_view log, const std::function<void(std::string_view)>& visit) {
  while (!log.empty()) {
    const size_t end = std::min(log.find('\n'), log.size());
    visit(log.substr(0, end));
    log.remove_prefix(std::min(end + 1, log.size()));
  }
}

std::string without_digits(std::string_view line) {
  std::string kind;
  for (const char c : line) {
    if (c < '0' || c > '9') kind += c;
  }
  return kind;
}

}  // namespace

size_t lines_with(std::string_view log, std::string_view text) {
  size_t count = 0;
  each_line(log, [&](std::string_view line) { count += line.find(text) != std::string_view::npos; });
  return count;
}

Repetition most_repeated(std::string_view log) {
  std::unordered_map<std::string, Repetition> kinds;
  Repetition most;
  each_line(log, [&](std::string_view line) {
    if (line.empty()) return;
    Repetition& kind = kinds[without_digits(line)];
    if (++kind.times == 1) kind.line = line;
    if (kind.times > most.times) most = kind;
  });
  return most;
}

std::string cry_for_help(std::string_view log) {
  static constexpr std::array<std::string_view, 6> kCries = {
      "BUG REPORT", "crashed by signal", "ASSERTION FAILED", "Sanitizer", "runtime error:", "Out Of Memory"};
  std::string found;
  each_line(log, [&](std::string_view line) {
    const auto in_line = [&](std::string_view cry) { return line.find(cry) != std::string_view::npos; };
    if (found.empty() && std::any_of(kCries.begin(), kCries.end(), in_line)) found = line;
  });
  return found;
}

}  // namespace redpoll::load
