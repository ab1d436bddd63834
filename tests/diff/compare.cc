#include "diff/compare.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/text.h"

namespace redpoll::diff {

namespace {

using Kind = Reply::Kind;

std::vector<Reply> sorted(std::vector<Reply> elements) {
  std::sort(elements.begin(), elements.end());
  return elements;
}

std::vector<Reply> sorted_pairs(const Reply& reply) {
  std::vector<Reply> pairs;
  for (size_t i = 0; i + 1 < reply.elements.size(); i += 2)
    pairs.push_back({Kind::array, {}, {reply.elements[i], reply.elements[i + 1]}});
  return sorted(std::move(pairs));
}

bool same_pairs(const Reply& a, const Reply& b) {
  return a.kind == b.kind && a.elements.size() == b.elements.size() && sorted_pairs(a) == sorted_pairs(b);
}

bool same_elements(const Reply& a, const Reply& b) {
  return a.kind == b.kind && sorted(a.elements) == sorted(b.elements);
}

bool same_scan(const Reply& a, const Reply& b, bool (*same)(const Reply&, const Reply&)) {
  if (a.elements.size() != 2 || b.elements.size() != 2) return false;
  return (a.elements[0].text == "0") == (b.elements[0].text == "0") && same(a.elements[1], b.elements[1]);
}

bool near(const Reply& a, const Reply& b, int64_t distance) {
  if (a.kind != Kind::integer || b.kind != Kind::integer) return a == b;
  const auto x = a.number();
  const auto y = b.number();
  if (!x || !y) return false;
  // As unsigned numbers the distance cannot overflow.
  const auto apart = static_cast<uint64_t>(*x > *y ? *x : *y) - static_cast<uint64_t>(*x > *y ? *y : *x);
  return *x < 0 || *y < 0 ? *x == *y : apart <= static_cast<uint64_t>(distance);
}

bool same_shape(const Reply& a, const Reply& b) {
  if (a.kind != b.kind || a.elements.size() != b.elements.size()) return false;
  for (size_t i = 0; i < a.elements.size(); ++i) {
    const bool is_map_key = a.kind == Kind::map && i % 2 == 0;
    if (is_map_key ? a.elements[i] != b.elements[i] : !same_shape(a.elements[i], b.elements[i])) return false;
  }
  return true;
}

std::vector<std::string> field_names(const std::string& text) {
  // Values may contain spaces where there is a line for each field.
  const char* const separators = text.find('\r') != std::string::npos ? "\r\n" : "\n ";
  std::vector<std::string> names;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find_first_of(separators, at), text.size());
    const std::string_view word = std::string_view(text).substr(at, end - at);
    const std::string_view name = word.substr(0, word.find_first_of(":="));
    if (!word.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
    at = end + 1;
  }
  return names;
}

bool matches(Match match, const Reply& a, const Reply& b) {
  switch (match) {
    case Match::exact: return a == b;
    case Match::unordered: return same_elements(a, b);
    case Match::pairs: return same_pairs(a, b);
    case Match::scan: return same_scan(a, b, same_elements);
    case Match::scan_pairs: return same_scan(a, b, same_pairs);
    case Match::near_s: return near(a, b, 2);
    case Match::near_ms: return near(a, b, 5'000);
    case Match::kind: return a.kind == b.kind;
    case Match::count: return a.kind == b.kind && a.elements.size() == b.elements.size();
    case Match::shape: return same_shape(a, b);
    case Match::field_names: return a.kind == b.kind && field_names(a.text) == field_names(b.text);
  }
  return false;
}

std::string shortened(const Reply& reply) {
  std::string text = to_text(reply);
  constexpr size_t kShown = 1'000;
  if (text.size() > kShown)
    text = text.substr(0, kShown) + "... (" + std::to_string(text.size()) + " characters)";
  return text;
}

}  // namespace

std::optional<std::string> difference(Match match, const Reply& ours, const Reply& theirs) {
  if (ours == theirs) return std::nullopt;
  const bool error = ours.is_error() || theirs.is_error();
  if (!error && matches(match, ours, theirs)) return std::nullopt;
  return "redpoll: " + shortened(ours) + "\n  redis:   " + shortened(theirs);
}

}  // namespace redpoll::diff
