// Random words: the vocabulary that requests are made of. Few keys, so that commands meet; values on both
// sides of every boundary that is known to matter; and what does not belong there.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"

namespace redpoll::diff {

using Words = std::vector<std::string>;

// Databases that schedules use; the servers have these and no more.
inline constexpr int kDatabases = 4;

class Vocabulary {
 public:
  // The same seed gives the same words.
  explicit Vocabulary(uint64_t seed) : rng_(seed) {}

  Rng& rng() { return rng_; }
  // True once in `n` times.
  bool one_in(uint64_t n) { return rng_.below(n) == 0; }
  // Uniform in [low, high].
  int64_t between(int64_t low, int64_t high);
  template <typename T>
  const T& pick(std::span<const T> from) {
    return from[rng_.below(from.size())];
  }
  std::string_view pick(std::initializer_list<std::string_view> from);

  std::string key();
  // What a string command stores: empty, binary, numbers in all spellings, texts around the sizes at which an
  // encoding changes, rarely a large one.
  std::string value();
  // Mostly small; limits of 32 and 64 bits, and what is no integer. None lies between a million and the limit
  // of a string's length: as an offset it would only cost memory.
  std::string integer();
  std::string real();
  std::string glob();
  // Times to live. None is so short that it matters which server is asked first, but for `soon`: it is over
  // when the schedule goes on (see Step::settle_ms).
  std::string seconds();
  std::string milliseconds();
  std::string unix_seconds();
  std::string unix_milliseconds();
  std::string database();
  // Anything of the above, or an option's name.
  std::string junk();
  // The letters in random case.
  std::string any_case(std::string_view word);
  std::string bytes(size_t length);

 private:
  Rng rng_;
};

// A time to live in milliseconds that ends while the schedule waits.
inline constexpr std::string_view kSoonMs = "1";
inline constexpr int kSettleMs = 4;

}  // namespace redpoll::diff
