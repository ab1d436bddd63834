// Draws from a collection, of which the same element may come again.
#pragma once

#include <cstdint>
#include <vector>

#include "base/rng.h"

namespace redpoll::store {

// What a draw costs: as much as a walk through the collection, or much less.
enum class DrawCost : uint8_t { a_walk, little };

// Calls `fn` for `count` elements of `view` by chance, until it returns false. Where draws are costly and
// many, they are made from a copy. REQUIRES: the collection is not empty.
template <class View, class F>
void draw_from(const View& view, Rng& rng, uint64_t count, DrawCost cost, F&& fn) {
  constexpr uint64_t kFew = 4;
  if (count <= kFew || cost == DrawCost::little) {
    while (count > 0 && fn(view.random(rng))) --count;
    return;
  }
  using Drawn = decltype(view.random(rng));
  std::vector<Drawn> all;
  all.reserve(view.size());
  view.each([&](const auto&... parts) { all.push_back(Drawn{parts...}); });
  while (count > 0 && fn(all[rng.below(all.size())])) --count;
}

}  // namespace redpoll::store
