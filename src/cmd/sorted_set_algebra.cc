#include "cmd/sorted_set_algebra.h"

#include <algorithm>
#include <cmath>
#include <deque>

#include "cmd/collection.h"
#include "ds/dict.h"

namespace redpoll::cmd {

using store::Element;
using store::SortedSet;

namespace {

struct MemberPolicy {
  using Element = SortedSet::Member*;
  using Key = std::string_view;
  static Key key(Element member) { return member->text; }
  static bool equal(Element member, Key key) { return member->text == key; }
  static uint64_t hash(Key key, const SipKey& seed) { return siphash13(key, seed); }
  static void destroy(Element) {}
  static void prefetch(Element member) { redpoll::prefetch(member); }
};

// Members to be found by their text.
class Collection {
 public:
  Collection(const SipKey& seed, size_t expected, ElementTexts& texts) : index_(seed), texts_(texts) {
    index_.expand(expected);
  }

  size_t size() const { return index_.size(); }
  // Null if the member is new, and has that score now; else where its score is.
  double* add(const Element& member, double score) {
    Element::Digits digits;
    const std::string_view text = member.text(digits);
    auto place = index_.locate_for_write(text, index_.hash(text));
    if (place.found()) return &place.element()->score;
    members_.push_back({texts_.keep(member), score});
    index_.insert(place, &members_.back());
    return nullptr;
  }
  void remove(const Element& member) {
    Element::Digits digits;
    index_.erase(member.text(digits));
  }
  Members sorted() const {
    Members result;
    result.reserve(size());
    uint64_t cursor = 0;
    do cursor = index_.scan(cursor, [&](const SortedSet::Member* member) { result.push_back(*member); });
    while (cursor != 0);
    std::sort(result.begin(), result.end(), SortedSet::before);
    return result;
  }

 private:
  std::deque<SortedSet::Member> members_;  // which stay where they are
  ds::Dict<MemberPolicy> index_;
  ElementTexts& texts_;
};

double or_zero(double score) { return std::isnan(score) ? 0 : score; }

double combine(double score, double other, Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::sum: return or_zero(score + other);
    case Aggregate::min: return other < score ? other : score;
    case Aggregate::max: return other > score ? other : score;
  }
  return score;
}

bool is_smaller(const WeightedSource& a, const WeightedSource& b) {
  return a.source.size() < b.source.size();
}
bool is_larger(const WeightedSource& a, const WeightedSource& b) { return is_smaller(b, a); }

// Inputs of the same size keep their order, as sums depend on it.
void smallest_first(std::span<WeightedSource> inputs) {
  std::stable_sort(inputs.begin(), inputs.end(), is_smaller);
}

// The score of a member of the first input in the intersection, if all other inputs have it.
std::optional<double> common_score(std::span<const WeightedSource> inputs, const Element& member,
                                   double score, Aggregate aggregate) {
  double sum = or_zero(score * inputs[0].weight);
  for (const WeightedSource& input : inputs.subspan(1)) {
    const bool itself = input.source.is_same_as(inputs[0].source);
    const auto other = itself ? std::optional(score) : input.source.score(member);
    if (!other) return std::nullopt;
    sum = combine(sum, *other * input.weight, aggregate);
  }
  return sum;
}

bool any_has(std::span<const WeightedSource> inputs, const Element& member) {
  return std::any_of(inputs.begin(), inputs.end(), [&member](const WeightedSource& input) {
    return input.source.score(member).has_value();
  });
}

// By asking the other inputs for each member of the first.
Members subtract_by_lookup(std::span<WeightedSource> inputs, ElementTexts& texts) {
  const auto others = inputs.subspan(1);
  // The larger an input, the likelier it has a member.
  std::stable_sort(others.begin(), others.end(), is_larger);
  Members result;
  inputs[0].source.each([&](const Element& member, double score) {
    if (!any_has(others, member)) result.push_back({texts.keep(member), score});
  });
  std::sort(result.begin(), result.end(), SortedSet::before);
  return result;
}

// By taking the members of the other inputs out of those of the first.
Members subtract_by_removal(std::span<const WeightedSource> inputs, const SipKey& seed, ElementTexts& texts) {
  Collection left(seed, inputs[0].source.size(), texts);
  inputs[0].source.each([&left](const Element& member, double score) { left.add(member, score); });
  for (const WeightedSource& input : inputs.subspan(1)) {
    input.source.each_while([&left](const Element& member, double) {
      left.remove(member);
      return left.size() > 0;
    });
  }
  return left.sorted();
}

}  // namespace

Members unite(std::span<WeightedSource> inputs, Aggregate aggregate, const SipKey& seed,
              ElementTexts& texts) {
  smallest_first(inputs);
  Collection all(seed, inputs.back().source.size(), texts);
  for (const WeightedSource& input : inputs) {
    input.source.each([&](const Element& member, double score) {
      const double weighted = or_zero(score * input.weight);
      if (double* sum = all.add(member, weighted)) *sum = combine(*sum, weighted, aggregate);
    });
  }
  return all.sorted();
}

Members intersect(std::span<WeightedSource> inputs, Aggregate aggregate, ElementTexts& texts) {
  smallest_first(inputs);
  Members result;
  inputs[0].source.each([&](const Element& member, double score) {
    if (const auto common = common_score(inputs, member, score, aggregate)) {
      result.push_back({texts.keep(member), *common});
    }
  });
  std::sort(result.begin(), result.end(), SortedSet::before);
  return result;
}

size_t count_common(std::span<WeightedSource> inputs, size_t limit) {
  smallest_first(inputs);
  const ScoredSource& first = inputs[0].source;
  const bool alone = std::all_of(inputs.begin() + 1, inputs.end(), [&first](const WeightedSource& input) {
    return input.source.is_same_as(first);
  });
  if (alone) return limit == 0 ? first.size() : std::min(limit, first.size());
  size_t count = 0;
  inputs[0].source.each_while([&](const Element& member, double score) {
    if (common_score(inputs, member, score, Aggregate::sum)) ++count;
    return limit == 0 || count < limit;
  });
  return count;
}

Members subtract(std::span<WeightedSource> inputs, const SipKey& seed, ElementTexts& texts) {
  const WeightedSource& first = inputs[0];
  const bool nothing_left =
      std::any_of(inputs.begin() + 1, inputs.end(),
                  [&first](const WeightedSource& input) { return input.source.is_same_as(first.source); });
  if (nothing_left || first.source.size() == 0) return {};
  const bool by_lookup = lookups_are_cheaper(inputs, [](const WeightedSource& i) { return i.source.size(); });
  return by_lookup ? subtract_by_lookup(inputs, texts) : subtract_by_removal(inputs, seed, texts);
}

}  // namespace redpoll::cmd
