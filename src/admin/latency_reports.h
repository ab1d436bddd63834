// What LATENCY tells people: a drawing of one series, and a report in words on all of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "admin/latency_monitor.h"

namespace redpoll::admin {

// The samples as columns of characters, each with its age below it, read downwards ("12m"); at most 80 side
// by side, the others below. REQUIRES: the series is not empty.
std::string draw_latency(std::string_view kind, const LatencySeries& series, int64_t now_s);

// The settings that the advice goes by.
struct LatencyAdvice {
  int64_t slowlog_us = 0;  // slowlog-log-slower-than
  int64_t now_s = 0;
};
std::string report_latency(const LatencyMonitor& monitor, const LatencyAdvice& advice);

}  // namespace redpoll::admin
