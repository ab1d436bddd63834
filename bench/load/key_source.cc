#include "bench/load/key_source.h"

#include <algorithm>
#include <cmath>

namespace redpoll::load {

Zipf::Zipf(uint64_t n, double exponent) : n_(static_cast<double>(n)), exponent_(exponent) {
  from_ = integral(1.5) - 1;
  to_ = integral(n_ + 0.5);
  accepted_ = 2 - inverse_integral(integral(2.5) - weight(2));
}

double Zipf::weight(double x) const { return std::pow(x, -exponent_); }
double Zipf::integral(double x) const { return (std::pow(x, 1 - exponent_) - 1) / (1 - exponent_); }
double Zipf::inverse_integral(double y) const {
  return std::pow(1 + y * (1 - exponent_), 1 / (1 - exponent_));
}

uint64_t Zipf::draw(Rng& rng) const {
  for (;;) {
    const double area = to_ + rng.unit() * (from_ - to_);
    const double x = inverse_integral(area);
    const double rank = std::clamp(std::round(x), 1.0, n_);
    // The first condition, which mostly holds, spares the logarithm and the power of the second.
    if (rank - x <= accepted_ || area >= integral(rank + 0.5) - weight(rank))
      return static_cast<uint64_t>(rank);
  }
}

KeySource::KeySource(Distribution distribution, uint64_t keys, uint64_t seed) : rng_(seed), keys_(keys) {
  if (distribution == Distribution::uniform) return;
  // A prime factor scatters the popular keys over the key space: no two ranks meet unless it divides `keys`.
  constexpr uint64_t kScatter = 2'654'435'761;
  const Zipf zipf(keys, kExponent);
  drawn_.resize(kDraws);
  for (uint64_t& key : drawn_) key = zipf.draw(rng_) * kScatter % keys;
}

}  // namespace redpoll::load
