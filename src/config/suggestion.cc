#include "config/suggestion.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "config/directives.h"

namespace redpoll::config {
namespace {

// How many letters have to be put in, taken out or changed to make one name of the other.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t changed = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view similar_directive(std::string_view name) {
  constexpr size_t kLongest = 64;
  if (name.size() > kLongest) return {};
  std::string_view nearest;
  // A third of a name may be wrong, and three letters at most.
  size_t least = std::min<size_t>(name.size() / 3, 3) + 1;
  for (const Topic& topic : topics()) {
    for (const Directive& d : topic.directives) {
      for (const std::string_view known : {d.name, d.alias}) {
        const size_t far = known.empty() ? least : distance(name, known);
        if (far >= least) continue;
        least = far;
        nearest = known;
      }
    }
  }
  return nearest;
}

}  // namespace redpoll::config
