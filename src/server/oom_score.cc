#include "server/oom_score.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace redpoll::server {

static constexpr const char* kPath = "/proc/self/oom_score_adj";
static constexpr int kMost = 1000;

Result<void> OomScore::follow(const config::Settings& settings) {
  using config::OomScoreMode;
  const OomScoreMode mode = settings.oom_score_adj;
  if (mode == OomScoreMode::no && !changed_) return {};
  if (!changed_) std::ifstream(kPath) >> base_;
  int score = base_;
  if (mode == OomScoreMode::absolute) score = settings.oom_score_adj_values[0];
  if (mode == OomScoreMode::relative) score += settings.oom_score_adj_values[0];
  std::ofstream file(kPath);
  file << std::clamp(score, -kMost, kMost) << std::flush;
  if (!file) {
    log_.warning("Unable to write oom_score_adj: {}", std::strerror(errno));
    return failure("Failed to apply new oom_score_adj configuration, check server logs.");
  }
  changed_ = mode != OomScoreMode::no;
  return {};
}

}  // namespace redpoll::server
