// oom-score-adj: tells the kernel how soon this process is to be killed when memory runs out.
#pragma once

#include "base/log.h"
#include "base/result.h"
#include "config/settings.h"

namespace redpoll::server {

class OomScore {
 public:
  explicit OomScore(Logger& log) : log_(log) {}

  // Writes /proc/self/oom_score_adj as the settings say. 'no' brings back what was there before the first
  // change. The reason of a failure goes to the log.
  Result<void> follow(const config::Settings& settings);

 private:
  Logger& log_;
  bool changed_ = false;
  int base_ = 0;  // what the process was started with, once `changed_`
};

}  // namespace redpoll::server
