#include "cmd/sort_order.h"

#include <locale.h>

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace redpoll::cmd {

using store::Direction;
using store::Element;

namespace {

int compare_elements(const Element& a, const Element& b) {
  Element::Digits a_digits, b_digits;
  return a.text(a_digits).compare(b.text(b_digits));
}

// What an element is sorted by, and which one it is.
template <class Key>
struct Item {
  Key key;
  size_t index;
};

// The elements that `before` puts into the window. REQUIRES: `before` is a total order, so that there is one
// result only, whatever the algorithm.
template <class Key, class Before>
std::vector<Element> pick(std::span<const Element> elements, std::span<const Key> keys, Window window,
                          Before before) {
  CHECK(keys.size() == elements.size() && window.first + window.count <= elements.size());
  std::vector<Element> picked;
  if (window.count == 0) return picked;
  std::vector<Item<Key>> items;
  items.reserve(keys.size());
  for (const Key& key : keys) items.push_back({key, items.size()});
  const auto first = items.begin() + static_cast<ptrdiff_t>(window.first);
  const auto last = first + static_cast<ptrdiff_t>(window.count);
  if (first != items.begin()) std::nth_element(items.begin(), first, items.end(), before);
  if (last != items.end()) std::nth_element(first, last, items.end(), before);
  std::sort(first, last, before);
  picked.reserve(window.count);
  for (auto it = first; it != last; ++it) picked.push_back(elements[it->index]);
  return picked;
}

// How many bytes all texts begin with.
size_t common_length(std::span<const std::string_view> texts) {
  if (texts.empty()) return 0;
  std::string_view common = texts[0];
  for (const std::string_view text : texts) {
    const auto differs = std::mismatch(common.begin(), common.end(), text.begin(), text.end()).first;
    common = common.substr(0, static_cast<size_t>(differs - common.begin()));
  }
  return common.size();
}

// A text together with its next bytes, so that most comparisons need not go to where it lies: the number is
// in the order of the bytes.
struct TextKey {
  uint64_t head;
  std::string_view text;
};

TextKey key_of(std::string_view text, size_t skipped) {
  const std::string_view rest = text.substr(skipped);
  uint64_t head = 0;
  for (size_t i = 0; i < sizeof head; ++i) {
    head = head << 8 | (i < rest.size() ? static_cast<uint8_t>(rest[i]) : 0);
  }
  return {head, text};
}

bool collates_bytes() {
  const std::string_view name = setlocale(LC_COLLATE, nullptr);
  return name == "C" || name == "POSIX";
}

}  // namespace

std::vector<Element> order_by_weight(std::span<const Element> elements, std::span<const double> weights,
                                     Direction direction, Window window) {
  const bool ascending = direction == Direction::ascending;
  return pick(elements, weights, window, [&](const Item<double>& a, const Item<double>& b) {
    if (a.key != b.key) return (a.key < b.key) == ascending;
    const int difference = compare_elements(elements[a.index], elements[b.index]);
    return difference != 0 ? (difference < 0) == ascending : a.index < b.index;
  });
}

SortTexts::SortTexts(Collation collation) : collation_(collates_bytes() ? Collation::bytes : collation) {}

void SortTexts::add(const SortValue& value) {
  if (!value) {
    texts_.emplace_back();
    return;
  }
  SortValue::Digits digits;
  const std::string_view text = value.text(digits);
  // strcoll wants a NUL behind the text.
  const bool copy =
      text.data() == digits || text.data() == nullptr || !value.stays() || collation_ == Collation::locale;
  texts_.push_back(copy ? copies_.copy(text) : text);
}

int SortTexts::compare(std::string_view a, std::string_view b, Collation collation) {
  if (a.data() == nullptr || b.data() == nullptr) return int{a.data() != nullptr} - int{b.data() != nullptr};
  const int difference = collation == Collation::locale ? strcoll(a.data(), b.data()) : 0;
  return difference != 0 ? difference : a.compare(b);
}

std::vector<Element> SortTexts::order(std::span<const Element> elements, Direction direction,
                                      Window window) const {
  const bool ascending = direction == Direction::ascending;
  const bool by_bytes = collation_ == Collation::bytes;
  const size_t common = by_bytes ? common_length(texts_) : 0;
  std::vector<TextKey> keys;
  keys.reserve(texts_.size());
  for (const std::string_view text : texts_)
    keys.push_back(by_bytes ? key_of(text, common) : TextKey{0, text});
  using Text = Item<TextKey>;
  return pick(elements, std::span<const TextKey>(keys), window, [&](const Text& a, const Text& b) {
    if (a.key.head != b.key.head) return (a.key.head < b.key.head) == ascending;
    const int difference = compare(a.key.text, b.key.text, collation_);
    return difference != 0 ? (difference < 0) == ascending : a.index < b.index;
  });
}

}  // namespace redpoll::cmd
