#include "server/cpu_list.h"

#include <sched.h>

#include <algorithm>

#include "base/numbers.h"

namespace redpoll::server {
namespace {

struct Range {
  int64_t first = 0;
  int64_t last = 0;
  int64_t step = 1;
};

// "4", "4-6" or "0-7:2".
std::optional<Range> parse_range(std::string_view text) {
  const size_t dash = text.find('-');
  const size_t colon = dash == text.npos ? text.npos : text.find(':', dash);
  const auto first = parse_int64(text.substr(0, dash));
  const auto last = dash == text.npos ? first : parse_int64(text.substr(dash + 1, colon - dash - 1));
  const auto step = colon == text.npos ? 1 : parse_int64(text.substr(colon + 1));
  if (!first || !last || !step || *first < 0 || *last < *first || *last >= CPU_SETSIZE || *step < 1)
    return std::nullopt;
  return Range{*first, *last, *step};
}

}  // namespace

std::optional<std::vector<int>> parse_cpu_list(std::string_view text) {
  std::vector<int> cpus;
  for (;;) {
    const size_t comma = std::min(text.find(','), text.size());
    const auto range = parse_range(text.substr(0, comma));
    if (!range) return std::nullopt;
    for (int64_t cpu = range->first; cpu <= range->last; cpu += range->step) {
      cpus.push_back(static_cast<int>(cpu));
    }
    if (comma == text.size()) return cpus;
    text.remove_prefix(comma + 1);
  }
}

bool stay_on_cpus(std::string_view text) {
  if (text.empty()) return true;
  const auto cpus = parse_cpu_list(text);
  if (!cpus) return false;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : *cpus) CPU_SET(static_cast<size_t>(cpu), &set);
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

}  // namespace redpoll::server
