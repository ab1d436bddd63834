#include "exec/statistics.h"

namespace redpoll::exec {

void ErrorStats::count(std::string_view text) {
  const std::string_view code = text.substr(0, text.find(' '));
  if (const auto it = counts_.find(code); it != counts_.end()) {
    ++it->second;
  } else if (counts_.size() < kMaxCodes) {
    counts_.emplace(code, 1);
  }
}

}  // namespace redpoll::exec
