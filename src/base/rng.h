// Random numbers for sampling (eviction, RANDOMKEY, SPOP): xoshiro256**, fast and well distributed, not
// secret. https://prng.di.unimi.it/
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/assert.h"

namespace redpoll {

// 64 bits from the operating system's random source.
uint64_t seed_from_os();
// Fills the span from the same source: for identifiers and secrets.
void random_bytes_from_os(std::span<std::byte> to);

// A UniformRandomBitGenerator; not thread-safe.
class Rng {
 public:
  using result_type = uint64_t;

  // The same seed gives the same sequence.
  explicit constexpr Rng(uint64_t seed) noexcept {
    // splitmix64 spreads the seed, so that no state is near zero.
    for (uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }

  constexpr uint64_t next() noexcept {
    const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, bound). REQUIRES: bound > 0.
  constexpr uint64_t below(uint64_t bound) noexcept {
    DCHECK(bound > 0);
    // Lemire, "Fast Random Integer Generation in an Interval" (2019): the high half of a product, redrawn in
    // the rare case that its low half falls into the part that would be counted once too often.
    Wide product = static_cast<Wide>(next()) * bound;
    if (static_cast<uint64_t>(product) < bound) {
      const uint64_t surplus = (uint64_t{0} - bound) % bound;
      while (static_cast<uint64_t>(product) < surplus) product = static_cast<Wide>(next()) * bound;
    }
    return static_cast<uint64_t>(product >> 64);
  }

  // Uniform in [0, 1).
  constexpr double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  constexpr uint64_t operator()() noexcept { return next(); }
  static constexpr uint64_t min() noexcept { return 0; }
  static constexpr uint64_t max() noexcept { return UINT64_MAX; }

 private:
  __extension__ using Wide = unsigned __int128;
  std::array<uint64_t, 4> state_{};
};

}  // namespace redpoll
