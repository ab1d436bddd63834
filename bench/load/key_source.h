// Which key a request goes to: a number below the size of the key space, drawn uniformly or by Zipf's law.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/rng.h"

namespace redpoll::load {

enum class Distribution { uniform, zipf };

// Ranks from 1 to n, the rank r with a probability in proportion to r^-exponent. By rejection inversion:
// Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions"
// (1996). A draw is O(1) and needs no table.
class Zipf {
 public:
  // REQUIRES: n >= 1, exponent > 0, exponent != 1.
  Zipf(uint64_t n, double exponent);
  uint64_t draw(Rng& rng) const;

 private:
  double integral(double x) const;
  double inverse_integral(double y) const;
  double weight(double x) const;

  double n_;
  double exponent_;
  double from_;
  double to_;
  double accepted_;
};

class KeySource {
 public:
  // The exponent of the Zipf distribution, as YCSB has it.
  static constexpr double kExponent = 0.99;

  // REQUIRES: keys >= 1. The same seed gives the same keys.
  KeySource(Distribution distribution, uint64_t keys, uint64_t seed);

  uint64_t next() {
    if (drawn_.empty()) return rng_.below(keys_);
    return drawn_[at_++ & (kDraws - 1)];
  }

 private:
  // Zipf draws cost as much as a request does in the server: they are made in advance and used again and
  // again.
  static constexpr size_t kDraws = size_t{1} << 20;

  Rng rng_;
  uint64_t keys_;
  std::vector<uint64_t> drawn_;
  size_t at_ = 0;
};

}  // namespace redpoll::load
