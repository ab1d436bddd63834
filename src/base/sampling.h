// Samples without repetition, each as likely as another: by one look at everything, or by drawing again and
// again.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <unordered_set>

#include "base/assert.h"
#include "base/rng.h"

namespace redpoll {

// Tells of `size` things that come one after the other which to take, so that it is `count` in the end:
// Knuth's algorithm S (The Art of Computer Programming, 3.4.2).
//
//   Sampler sampler(rng, things.size(), 3);
//   for (const Thing& thing : things) if (sampler.takes_next()) use(thing);
class Sampler {
 public:
  // REQUIRES: count <= size. The generator outlives it.
  Sampler(Rng& rng, size_t size, size_t count) : rng_(rng), left_(size), wanted_(count) {}

  // Each is taken with the chance that as many of those from here on must still be taken. REQUIRES: called
  // `size` times at the most.
  bool takes_next() {
    DCHECK(left_ > 0);
    if (wanted_ == 0 || rng_.below(left_--) >= wanted_) return false;
    --wanted_;
    return true;
  }
  // Whether no other will be taken.
  bool done() const { return wanted_ == 0; }

 private:
  Rng& rng_;
  size_t left_;
  size_t wanted_;
};

// Whether `count` of `size` things are few enough for draw_distinct: to draw one and keep it in mind takes as
// long as to walk past some twenty.
constexpr bool are_few(uint64_t count, size_t size) { return count <= size / 16; }

// Calls `fn(thing)` for `count` different things that `draw()` hands out, each of 64 bits that tell it apart.
// REQUIRES: there are more of them.
template <class Draw, class F>
void draw_distinct(size_t count, Draw&& draw, F&& fn) {
  std::unordered_set<uint64_t> drawn;
  while (drawn.size() < count) {
    const auto thing = draw();
    if (drawn.insert(std::bit_cast<uint64_t>(thing)).second) fn(thing);
  }
}

}  // namespace redpoll
