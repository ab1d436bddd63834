#include "admin/latency_reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <span>
#include <vector>

namespace redpoll::admin {
namespace {

constexpr size_t kColumns = 80;
constexpr int kRows = 4;
constexpr std::string_view kTops = "_o#";  // of a column, by how far it reaches into its row
constexpr int kSteps = kRows * static_cast<int>(kTops.size());

struct Column {
  int height;  // 0 to kSteps - 1
  std::string age;
};

std::string age_of(int64_t seconds) {
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m", seconds / 60);
  if (seconds < 86400) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86400);
}

// One line of a text that is read column by column; blanks at its end are kept, as in Redis.
template <class F>
void draw_row(std::string& to, std::span<const Column> columns, F&& character) {
  for (const Column& column : columns) to += character(column);
  to += '\n';
}

void draw_part(std::string& to, std::span<const Column> columns) {
  constexpr int kPerRow = static_cast<int>(kTops.size());
  for (int row = kRows - 1; row >= 0; --row) {
    draw_row(to, columns, [row](const Column& column) {
      const int top = column.height - row * kPerRow;
      if (top < 0) return ' ';
      return top < kPerRow ? kTops[static_cast<size_t>(top)] : '|';
    });
  }
  draw_row(to, columns, [](const Column&) { return ' '; });
  size_t longest = 0;
  for (const Column& column : columns) longest = std::max(longest, column.age.size());
  for (size_t i = 0; i < longest; ++i) {
    draw_row(to, columns, [i](const Column& column) { return i < column.age.size() ? column.age[i] : ' '; });
  }
}

struct Summary {
  int64_t least_ms;
  int64_t most_ms;
  double mean_ms;
  double deviation_ms;  // mean of the absolute ones
  double period_s;      // between samples
};

Summary summarize(const LatencySeries& series, int64_t now_s) {
  const auto& samples = series.samples();
  Summary s{samples.front().ms, samples.front().ms, 0, 0, 0};
  const auto count = static_cast<double>(samples.size());
  for (const LatencySample& sample : samples) {
    s.least_ms = std::min(s.least_ms, sample.ms);
    s.most_ms = std::max(s.most_ms, sample.ms);
    s.mean_ms += static_cast<double>(sample.ms) / count;
  }
  for (const LatencySample& sample : samples)
    s.deviation_ms += std::abs(static_cast<double>(sample.ms) - s.mean_ms) / count;
  s.period_s = static_cast<double>(std::max<int64_t>(1, now_s - samples.front().unix_s)) / count;
  return s;
}

void advise_on_commands(std::string& to, const LatencyMonitor& monitor, const LatencyAdvice& advice) {
  if (monitor.find("command") == nullptr && monitor.find("fast-command") == nullptr) return;
  const int64_t threshold_us = monitor.threshold_ms * 1000;
  if (monitor.threshold_ms > 0 && (advice.slowlog_us < 0 || advice.slowlog_us > threshold_us)) {
    fmt::format_to(
        std::back_inserter(to),
        "- Commands were slow enough to be noticed here, and too fast for the slow log. To have it name "
        "them: CONFIG SET slowlog-log-slower-than {}\n",
        threshold_us);
  } else {
    to += "- Commands were slow: SLOWLOG GET names them.\n";
  }
  to +=
      "- A command that walks through a large collection, or through all keys, holds everyone up. Iterate "
      "with SCAN, HSCAN, SSCAN and ZSCAN, ask for ranges, and split large collections.\n";
  if (monitor.find("fast-command") != nullptr) {
    to +=
        "- Even commands that take constant time were slow: the machine did not let the server run, or had "
        "to fetch its memory. Look for other work on its processors, for swapping, and for a hypervisor that "
        "takes time away.\n";
  }
}

}  // namespace

std::string draw_latency(std::string_view kind, const LatencySeries& series, int64_t now_s) {
  const Summary s = summarize(series, now_s);
  const auto range = static_cast<double>(std::max<int64_t>(1, s.most_ms - s.least_ms));
  std::vector<Column> columns;
  for (const LatencySample& sample : series.samples()) {
    const double height = static_cast<double>(sample.ms - s.least_ms) / range * kSteps;
    columns.push_back({std::min(static_cast<int>(height), kSteps - 1),
                       age_of(std::max<int64_t>(0, now_s - sample.unix_s))});
  }
  std::string text = fmt::format("{} - high {} ms, low {} ms (all time high {} ms)\n{:-<{}}\n", kind,
                                 s.most_ms, s.least_ms, series.worst_ms(), "", kColumns);
  const std::span<const Column> all(columns);
  for (size_t at = 0; at < all.size(); at += kColumns) {
    if (at > 0) text += '\n';
    draw_part(text, all.subspan(at, std::min(kColumns, all.size() - at)));
  }
  return text;
}

std::string report_latency(const LatencyMonitor& monitor, const LatencyAdvice& advice) {
  if (monitor.all().empty()) {
    return monitor.threshold_ms > 0
               ? fmt::format(
                     "Nothing took {} milliseconds or more since the latency monitor was switched on.\n",
                     monitor.threshold_ms)
               : "The latency monitor is off. To switch it on for what takes, say, 100 milliseconds or more: "
                 "CONFIG SET latency-monitor-threshold 100\n";
  }
  std::string text = "These events took long:\n\n";
  int number = 0;
  for (const auto& [kind, series] : monitor.all()) {
    const Summary s = summarize(series, advice.now_s);
    fmt::format_to(
        std::back_inserter(text),
        "{}. {}: {} latency spikes (average {:.0f}ms, mean deviation {:.0f}ms, period {:.2f} sec). Worst "
        "all time event {}ms.\n",
        ++number, kind, series.samples().size(), s.mean_ms, s.deviation_ms, s.period_s, series.worst_ms());
  }
  std::string advised;
  advise_on_commands(advised, monitor, advice);
  if (monitor.find("expire-cycle") != nullptr) {
    advised +=
        "- Removing expired keys held everyone up, though it is done in slices: large values were freed. "
        "CONFIG SET lazyfree-lazy-expire yes has another thread free them.\n";
  }
  if (monitor.find("eviction-cycle") != nullptr) {
    advised +=
        "- Eviction held everyone up. CONFIG SET maxmemory-eviction-tenacity to less makes its slices "
        "shorter; a larger maxmemory makes them fewer.\n";
  }
  if (!advised.empty()) text += "\nWhat may help:\n\n" + advised;
  return text;
}

}  // namespace redpoll::admin
