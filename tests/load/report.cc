#include "load/report.h"

#include <fmt/chrono.h>
#include <sys/utsname.h>

#include <ctime>
#include <fstream>
#include <thread>

#include "base/text.h"

namespace redpoll::load {

namespace {

double mb(size_t bytes) { return static_cast<double>(bytes) / 1e6; }

std::string joined(const std::vector<std::string>& sentences) {
  std::string all;
  for (const std::string& sentence : sentences) all += (all.empty() ? "" : "; ") + sentence;
  return all;
}

// In one line, and without what a table or JSON takes for its own.
std::string plain(const std::string& text) {
  std::string one_line;
  for (const char c : text) {
    if (c == '\r') continue;
    one_line += c == '\n' || c == '|' ? ' ' : c;
  }
  return one_line;
}

std::string json_text(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    if (static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) > '~') {
      json += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      json += c;
    }
  }
  return json + "\"";
}

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(": ") + 2);
  }
  return "unknown processor";
}

std::string server_version() {
  const testing::Finished said = testing::run_program({.argv = {testing::server_binary(), "--version"}});
  return std::string(trim(said.output));
}

struct Surroundings {
  std::string machine;
  std::string day;
  std::string server;
};

Surroundings surroundings() {
  utsname system{};
  uname(&system);
  return {.machine = fmt::format("{}, {} cores, {} {}", cpu_model(), std::thread::hardware_concurrency(),
                                 system.sysname, system.release),
          .day = fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr))),
          .server = server_version()};
}

}  // namespace

std::string verdict(const Report& report) {
  if (!report.failures.empty()) return "FAILED: " + plain(joined(report.failures));
  return report.skipped.empty() ? "survived" : "skipped: " + plain(report.skipped);
}

std::string as_line(const Report& r) {
  return fmt::format(
      "{:<22} {:5.1f} s  worst {:7.1f} ms (served {:7.1f}), p99 {:5.1f}  used {:6.1f} -> {:6.1f} MB, "
      "resident {:6.1f} -> {:6.1f} MB, peak {:7.1f}\n    {}\n    {}\n",
      r.scenario, r.seconds, r.latency.worst_ms, r.latency.worst_served_ms, r.latency.p99_ms,
      mb(r.before.used_memory), mb(r.after.used_memory), mb(r.before.resident), mb(r.after.resident),
      mb(r.peak_resident), plain(r.volume), verdict(r));
}

std::string as_markdown(std::span<const Report> reports) {
  const Surroundings around = surroundings();
  std::string text = fmt::format("{}; {}; {}.\n\n", around.day, around.machine, around.server);
  text +=
      "| scenario | what was thrown at it | bystander's worst ms (without waiting for a core), p99 | "
      "used_memory MB before, after | resident MB before, peak, after | verdict "
      "|\n|---|---|---|---|---|---|\n";
  for (const Report& r : reports) {
    if (!r.skipped.empty()) {
      text += fmt::format("| {} | | | | | {} |\n", r.scenario, verdict(r));
      continue;
    }
    text +=
        fmt::format("| {} | {} | {:.1f} ({:.1f}), {:.1f} | {:.1f}, {:.1f} | {:.0f}, {:.0f}, {:.0f} | {} |\n",
                    r.scenario, plain(r.volume), r.latency.worst_ms, r.latency.worst_served_ms,
                    r.latency.p99_ms, mb(r.before.used_memory), mb(r.after.used_memory),
                    mb(r.before.resident), mb(r.peak_resident), mb(r.after.resident), verdict(r));
  }
  return text;
}

namespace {

std::string as_json(const Report& r) {
  return fmt::format(
      "{{\"scenario\": {}, \"volume\": {}, \"verdict\": {}, \"seconds\": {:.2f},\n   \"bystander\": "
      "{{\"samples\": {}, \"median_ms\": {:.3f}, \"p99_ms\": {:.3f}, \"worst_ms\": {:.3f}, "
      "\"worst_served_ms\": {:.3f}}},\n   \"used_memory\": {{\"before\": {}, \"after\": {}}}, \"resident\": "
      "{{\"before\": {}, \"peak\": {}, \"after\": {}}}}}",
      json_text(r.scenario), json_text(r.volume), json_text(verdict(r)), r.seconds, r.latency.samples,
      r.latency.median_ms, r.latency.p99_ms, r.latency.worst_ms, r.latency.worst_served_ms,
      r.before.used_memory, r.after.used_memory, r.before.resident, r.peak_resident, r.after.resident);
}

}  // namespace

std::string as_json(std::span<const Report> reports) {
  const Surroundings around = surroundings();
  std::string text = fmt::format("{{\"machine\": {}, \"day\": {}, \"server\": {},\n \"scenarios\": [",
                                 json_text(around.machine), json_text(around.day), json_text(around.server));
  for (size_t i = 0; i < reports.size(); ++i) text += (i > 0 ? ",\n  " : "\n  ") + as_json(reports[i]);
  return text + "\n ]}\n";
}

}  // namespace redpoll::load
