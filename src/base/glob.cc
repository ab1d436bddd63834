#include "base/glob.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"

namespace redpoll {
namespace {

// One element of a pattern that takes exactly one byte, tried on one byte.
struct Step {
  bool matches;
  size_t next;  // where the element after it begins
};

// The set whose '[' is at `at`.
Step match_set(std::string_view pattern, size_t at, char byte, Case mode) noexcept {
  const auto fold = [mode](char c) { return mode == Case::ignore ? to_lower(c) : c; };
  size_t i = at + 1;
  const bool negated = i < pattern.size() && pattern[i] == '^';
  if (negated) ++i;
  bool found = false;
  for (; i < pattern.size() && pattern[i] != ']'; ++i) {
    const size_t left = pattern.size() - i;
    if (pattern[i] == '\\' && left >= 2) {
      // An escaped letter stands for itself only, even where case is ignored.
      found |= pattern[++i] == byte;
    } else if (left >= 3 && pattern[i + 1] == '-') {
      // The ends are put in order before they are folded.
      const auto [low, high] =
          std::minmax({static_cast<signed char>(pattern[i]), static_cast<signed char>(pattern[i + 2])});
      const char c = fold(byte);
      found |= static_cast<signed char>(c) >= static_cast<signed char>(fold(static_cast<char>(low))) &&
               static_cast<signed char>(c) <= static_cast<signed char>(fold(static_cast<char>(high)));
      i += 2;
    } else {
      found |= fold(pattern[i]) == fold(byte);
    }
  }
  return {found != negated, std::min(i + 1, pattern.size())};
}

// REQUIRES: at < pattern.size(), pattern[at] is not '*'.
Step match_one(std::string_view pattern, size_t at, char byte, Case mode) noexcept {
  if (pattern[at] == '?') return {true, at + 1};
  if (pattern[at] == '[') return match_set(pattern, at, byte, mode);
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  const bool same = mode == Case::ignore ? to_lower(pattern[at]) == to_lower(byte) : pattern[at] == byte;
  return {same, at + 1};
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text, Case mode) noexcept {
  if (text.empty()) return pattern.empty();

  // When an element fails, only the last star need be widened: whatever an earlier star could take instead,
  // the last one can take as well.
  constexpr size_t kNone = static_cast<size_t>(-1);
  size_t p = 0, t = 0;
  size_t after_star = kNone, star_end = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_end = t;
      if (p == pattern.size()) return true;
      continue;
    }
    if (p < pattern.size()) {
      const Step step = match_one(pattern, p, text[t], mode);
      if (step.matches) {
        p = step.next;
        ++t;
        continue;
      }
    }
    if (after_star == kNone) return false;
    p = after_star;
    t = ++star_end;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace redpoll
