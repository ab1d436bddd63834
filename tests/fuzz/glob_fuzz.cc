// Patterns: the same answer as a matcher that tries everything, and in time proportional to pattern * text.
//
// The input is mode, pattern, newline, text. In the mode's byte, bit 0 ignores case, and the other bits say
// how often the text is repeated: a pattern that makes the matcher try again and again is noticed in a short
// input.
//
// libFuzzer: -max_len=256
#include <array>
#include <bitset>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/glob.h"
#include "base/text.h"

namespace redpoll {
namespace {

// Which bytes one element takes; nothing for a star.
using Element = std::optional<std::bitset<256>>;

class Compiler {
 public:
  Compiler(std::string_view pattern, Case mode) : rest_(pattern), mode_(mode) {}

  std::vector<Element> run() {
    std::vector<Element> elements;
    while (!rest_.empty()) elements.push_back(element());
    return elements;
  }

 private:
  char take() {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }
  [[nodiscard]] char fold(char c) const { return mode_ == Case::ignore ? to_lower(c) : c; }
  template <class Takes>
  static std::bitset<256> all_that(Takes takes) {
    std::bitset<256> bytes;
    for (unsigned b = 0; b < 256; ++b) bytes[b] = takes(static_cast<char>(b));
    return bytes;
  }

  Element element() {
    char c = take();
    if (c == '*') return std::nullopt;
    if (c == '?') return all_that([](char) { return true; });
    if (c == '[') return set();
    if (c == '\\' && !rest_.empty()) c = take();
    return all_that([&](char b) { return fold(b) == fold(c); });
  }

  std::bitset<256> set() {
    const bool negated = rest_.starts_with('^');
    if (negated) take();
    std::bitset<256> bytes;
    while (!rest_.empty() && rest_[0] != ']') bytes |= set_member();
    if (!rest_.empty()) take();
    return negated ? ~bytes : bytes;
  }

  std::bitset<256> set_member() {
    const char c = take();
    if (c == '\\' && !rest_.empty()) {
      const char exactly = take();
      return all_that([&](char b) { return b == exactly; });
    }
    if (rest_.size() < 2 || rest_[0] != '-') return all_that([&](char b) { return fold(b) == fold(c); });
    take();
    auto low = static_cast<signed char>(c), high = static_cast<signed char>(take());
    if (low > high) std::swap(low, high);
    return all_that([&](char b) { return in_range(low, high, b); });
  }

  [[nodiscard]] bool in_range(signed char low, signed char high, char b) const {
    const auto byte = static_cast<signed char>(fold(b));
    return byte >= static_cast<signed char>(fold(low)) && byte <= static_cast<signed char>(fold(high));
  }

  std::string_view rest_;
  Case mode_;
};

// After each byte: the positions in the pattern at which a match may stand.
bool matches(const std::vector<Element>& elements, std::string_view text) {
  std::vector<bool> at(elements.size() + 1);
  at[0] = true;
  const auto skip_stars = [&] {
    for (size_t i = 0; i < elements.size(); ++i) {
      if (at[i] && !elements[i]) at[i + 1] = true;
    }
  };
  skip_stars();
  for (const char c : text) {
    std::vector<bool> next(elements.size() + 1);
    for (size_t i = 0; i < elements.size(); ++i) {
      if (!at[i]) continue;
      if (!elements[i]) {
        next[i] = true;
      } else if ((*elements[i])[static_cast<unsigned char>(c)]) {
        next[i + 1] = true;
      }
    }
    at = std::move(next);
    skip_stars();
  }
  return at[elements.size()];
}

int64_t cpu_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000 + now.tv_nsec / 1000;
}

}  // namespace
}  // namespace redpoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redpoll;
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Case mode = data[0] & 1 ? Case::ignore : Case::sensitive;
  const size_t newline = std::min(input.find('\n'), input.size());
  const std::string_view pattern = input.substr(0, newline);
  const std::string_view part = input.substr(std::min(newline + 1, input.size()));
  std::string text(part);
  for (int i = data[0] >> 1; i > 0; --i) text += part;

  // Generous: a step takes some nanoseconds, and the sanitizers and a busy machine their share.
  constexpr int64_t kSlackUs = 200'000, kStepsPerUs = 2;
  const int64_t start = cpu_us();
  const bool found = glob_match(pattern, text, mode);
  const int64_t took = cpu_us() - start;
  const auto steps = static_cast<int64_t>((pattern.size() + 1) * (text.size() + 1));
  CHECK(took <= kSlackUs + steps / kStepsPerUs, "{} us for {} steps", took, steps);

  // As Redis has it: no pattern but the empty one matches the empty text.
  const bool expected = text.empty() ? pattern.empty() : matches(Compiler(pattern, mode).run(), text);
  CHECK(found == expected, "'{}' {} '{}'", pattern, found ? "matches" : "does not match", text);
  return 0;
}
