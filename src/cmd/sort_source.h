// What SORT sorts: the elements of a list, a set or a sorted set, in the order in which they are stored.
#pragma once

#include <cstddef>
#include <variant>
#include <vector>

#include "cmd/element_texts.h"
#include "store/list.h"
#include "store/set.h"
#include "store/sorted_set.h"

namespace redpoll::cmd {

// Positions first, first + 1, ... first + count - 1.
struct Window {
  size_t first = 0;
  size_t count = 0;
};

// A look at one. Valid until the entry or its database changes.
class SortSource {
 public:
  // Whether an entry, or null for a key that is not there, can be one.
  static bool accepts(const store::Entry* entry);
  // REQUIRES: accepts(entry). Without an entry there are no elements.
  explicit SortSource(const store::Entry* entry);

  bool is_set() const { return std::holds_alternative<store::SetView>(view_); }
  size_t size() const;
  // The elements at `window`, seen in that direction: descending is from the tail of a list, or from the
  // highest score. A set has no direction, and no order but that in which it is walked through. Valid as long
  // as this and `texts`. REQUIRES: the window lies within size().
  std::vector<store::Element> elements(Window window, store::Direction direction, ElementTexts& texts) const;

 private:
  std::variant<std::monostate, store::ListView, store::SetView, store::SortedSetView> view_;
};

}  // namespace redpoll::cmd
