#include "cmd/sort_patterns.h"

#include "store/hash.h"

namespace redpoll::cmd {

using store::Element;
using store::StringView;

std::optional<int64_t> SortValue::integer() const {
  return std::visit(
      [](const auto& value) -> std::optional<int64_t> {
        if constexpr (requires { value.is_integer(); }) {
          if (value.is_integer()) return value.integer();
        }
        return std::nullopt;
      },
      value_);
}

std::string_view SortValue::text(Digits& digits) const {
  if (const auto* string = std::get_if<StringView>(&value_)) return string->text(digits);
  return std::get_if<Element>(&value_)->text(digits);
}

void SortValue::reply(exec::Reply& out) const {
  std::visit(
      [&out](const auto& value) {
        if constexpr (requires { out.bulk(value); }) {
          out.bulk(value);
        } else {
          out.null();
        }
      },
      value_);
}

SortPattern::SortPattern(std::string_view pattern) {
  const size_t star = pattern.find('*');
  if (pattern == "#") kind_ = Kind::element;
  if (star == std::string_view::npos) return;
  kind_ = Kind::key;
  before_ = pattern.substr(0, star);
  behind_ = pattern.substr(star + 1);
  const size_t arrow = behind_.find("->");
  // An arrow at the very end points at nothing: it is part of the key.
  if (arrow == std::string_view::npos || arrow + 2 == behind_.size()) return;
  kind_ = Kind::field;
  field_ = behind_.substr(arrow + 2);
  behind_ = behind_.substr(0, arrow);
}

SortValue SortPattern::look_up(store::Database& db, const Element& element) {
  if (kind_ == Kind::element) return SortValue(element);
  if (kind_ == Kind::nothing) return {};
  Element::Digits digits;
  key_.assign(before_).append(element.text(digits)).append(behind_);
  if (kind_ == Kind::key) {
    const auto hit = db.find<store::String>(key_);
    return hit.value ? SortValue(*hit.value) : SortValue();
  }
  const auto hit = db.find<store::Hash>(key_);
  const auto value = hit.value ? hit.value->get(field_) : std::nullopt;
  return value ? SortValue(*value, SortValue::Bytes::move) : SortValue();
}

}  // namespace redpoll::cmd
