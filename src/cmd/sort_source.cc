#include "cmd/sort_source.h"

namespace redpoll::cmd {

using store::Direction;
using store::Element;
using store::ListView;
using store::SetView;
using store::SortedSetView;
using store::Type;

namespace {

using Elements = std::vector<Element>;

void append(Elements& to, const ListView& list, Window window, Direction direction, ElementTexts& texts) {
  const auto first = static_cast<int64_t>(window.first);
  auto it = direction == Direction::ascending ? list.iterate(first, ds::ListWalk::from_head)
                                              : list.iterate(-1 - first, ds::ListWalk::from_tail);
  for (; to.size() < window.count; it.advance()) {
    const Element element = it.get();
    const bool stays = element.is_integer() || it.blob() != nullptr;
    // The bytes of others may be decompressed for the iterator only.
    Element::Digits digits;
    to.push_back(stays ? element : Element(texts.copy(element.text(digits))));
  }
}

void append(Elements& to, const SetView& set, Window window, Direction, ElementTexts&) {
  size_t position = 0;
  if (window.count == 0) return;
  set.each_while([&](const Element& member) {
    if (position++ >= window.first) to.push_back(member);
    return to.size() < window.count;
  });
}

void append(Elements& to, const SortedSetView& set, Window window, Direction direction, ElementTexts&) {
  const auto ranks = store::RankRange{0, set.size()}.slice(window.first, window.count, direction);
  set.each(ranks, direction, [&to](const Element& member, double) { to.push_back(member); });
}

}  // namespace

bool SortSource::accepts(const store::Entry* entry) {
  return entry == nullptr || entry->type() == Type::list || entry->type() == Type::set ||
         entry->type() == Type::sorted_set;
}

SortSource::SortSource(const store::Entry* entry) {
  if (entry == nullptr) return;
  switch (entry->type()) {
    case Type::list: view_ = ListView(*entry); break;
    case Type::set: view_ = SetView(*entry); break;
    default: view_ = SortedSetView(*entry);
  }
}

size_t SortSource::size() const {
  return std::visit(
      [](const auto& view) -> size_t {
        if constexpr (requires { view.size(); }) {
          return view.size();
        } else {
          return 0;
        }
      },
      view_);
}

Elements SortSource::elements(Window window, Direction direction, ElementTexts& texts) const {
  Elements result;
  result.reserve(window.count);
  std::visit(
      [&](const auto& view) {
        if constexpr (requires { append(result, view, window, direction, texts); }) {
          append(result, view, window, direction, texts);
        }
      },
      view_);
  return result;
}

}  // namespace redpoll::cmd
