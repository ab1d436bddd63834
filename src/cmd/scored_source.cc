#include "cmd/scored_source.h"

namespace redpoll::cmd {

using store::Element;
using store::SetView;
using store::SortedSetView;

size_t ScoredSource::size() const {
  if (const auto* set = std::get_if<SetView>(&view_)) return set->size();
  const auto* sorted = std::get_if<SortedSetView>(&view_);
  return sorted != nullptr ? sorted->size() : 0;
}

std::optional<double> ScoredSource::score(const Element& member) const {
  if (const auto* set = std::get_if<SetView>(&view_)) {
    return set->contains(member) ? std::optional(1.0) : std::nullopt;
  }
  const auto* sorted = std::get_if<SortedSetView>(&view_);
  if (sorted == nullptr) return std::nullopt;
  Element::Digits digits;
  return sorted->score(member.text(digits));
}

}  // namespace redpoll::cmd
