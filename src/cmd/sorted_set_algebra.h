// The union, the intersection and the difference of sorted sets and sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/siphash.h"
#include "cmd/element_texts.h"
#include "cmd/scored_source.h"
#include "store/sorted_set.h"

namespace redpoll::cmd {

// What becomes of the scores that a member has in several inputs.
enum class Aggregate : uint8_t { sum, min, max };

struct WeightedSource {
  ScoredSource source;
  double weight = 1;
};

// Members in the order of sorted sets. Their texts lie in the inputs or in `texts`.
using Members = std::vector<store::SortedSet::Member>;

// A product or a sum that is no number counts as 0. The order of the inputs changes: the smallest comes
// first. N members in all inputs, M in the result: O(N + M log M).
Members unite(std::span<WeightedSource> inputs, Aggregate aggregate, const SipKey& seed, ElementTexts& texts);
// N members in the smallest of K inputs: O(N * K + M log M).
Members intersect(std::span<WeightedSource> inputs, Aggregate aggregate, ElementTexts& texts);
// How many members intersect() has, but no more than `limit`; 0: all are counted.
size_t count_common(std::span<WeightedSource> inputs, size_t limit);
// The members of the first input that no other has. N members in the first of K inputs, L in all: O(min(N *
// K, L) + M log M) about.
Members subtract(std::span<WeightedSource> inputs, const SipKey& seed, ElementTexts& texts);

}  // namespace redpoll::cmd
