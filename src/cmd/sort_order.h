// Puts elements in the order of SORT. Only a window of the result is wanted, and no more than that is sorted.
//
// Elements whose keys are equal stay in the order in which they came; numbers that are equal leave it to the
// bytes of the elements first. So the result is that of a stable sort of everything.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cmd/element_texts.h"
#include "cmd/sort_patterns.h"
#include "cmd/sort_source.h"
#include "store/element.h"
#include "store/sorted_set_range.h"

namespace redpoll::cmd {

// The elements at `window` of the whole order. `weights`: one for each element, no NaN. O(n + count log
// count) on average. REQUIRES: the window lies within the elements.
std::vector<store::Element> order_by_weight(std::span<const store::Element> elements,
                                            std::span<const double> weights, store::Direction direction,
                                            Window window);

// How texts compare. `locale`: as LC_COLLATE says, and those that it takes for equal by bytes; the same as
// `bytes` in the locale C.
enum class Collation : uint8_t { bytes, locale };

// The texts that elements are sorted by.
class SortTexts {
 public:
  explicit SortTexts(Collation collation);

  // The text of the next element; without a value the element comes before all others.
  void add(const SortValue& value);
  // As order_by_weight. REQUIRES: add() was called once for each element.
  std::vector<store::Element> order(std::span<const store::Element> elements, store::Direction direction,
                                    Window window) const;

 private:
  // data() is null for an element without a text, and for no other.
  static int compare(std::string_view a, std::string_view b, Collation collation);

  Collation collation_;
  ElementTexts copies_;
  std::vector<std::string_view> texts_;
};

}  // namespace redpoll::cmd
