// redpoll-load: one thread that loads a Redis-compatible server and checks its replies. See kUsage.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "bench/load/json.h"
#include "bench/load/options.h"
#include "bench/load/pool.h"
#include "bench/load/probe.h"
#include "bench/load/workload.h"

namespace redpoll::load {
namespace {

constexpr int kFailed = 1;
constexpr int kUsageError = 2;
constexpr int kSkipped = 3;

// A batch of requests larger than this gains nothing, and fills the socket's buffer several times.
constexpr size_t kFillBatchBytes = 128 * 1024;

std::chrono::nanoseconds seconds(double s) { return std::chrono::nanoseconds(static_cast<int64_t>(s * 1e9)); }

Script compile(const std::vector<Step>& steps, const Options& o, size_t pipeline, bool in_order = false) {
  Result<Script> script = Script::compile(steps, {.value_bytes = o.value_bytes,
                                                  .pipeline = pipeline,
                                                  .keys = o.keys,
                                                  .distribution = o.workload.distribution,
                                                  .first_seq = o.mode == Mode::fill ? o.from : 0,
                                                  .seed = o.seed,
                                                  .in_order = in_order});
  if (!script.ok()) throw std::runtime_error(script.error());
  return std::move(*script);
}

int print(const JsonObject& json, int status) {
  std::puts(json.text().c_str());
  return status;
}

int list() {
  for (const Workload& workload : workloads()) {
    JsonObject json;
    json.add("workload", workload.name);
    json.add("commands", commands_of(workload));
    // Workloads with the same text here run on the same data.
    json.add("fill", workload.fill.empty() ? std::string_view() : workload.fill[0].request);
    json.add("once", workload.once);
    print(json, 0);
  }
  return 0;
}

int describe(const Options& o) {
  const Script script = compile(o.workload.steps, o, 1);
  JsonObject json;
  json.add("workload", o.workload.name);
  // What redpoll-echo needs to stand in for a server.
  json.add("uniform", o.workload.steps.size() == 1);
  json.add("request_bytes", script.request_bytes());
  json.add("reply", script.reply(0).text());
  return print(json, 0);
}

// Counts what happens between its construction and report().
class Window {
 public:
  explicit Window(pid_t server) : server_(server), server_cpu_(server_cpu()), own_cpu_(own_cpu()) {}

  void report(uint64_t requests, JsonObject& json) const {
    const double took = std::chrono::duration<double>(Clock::now() - start_).count();
    json.add("requests", requests);
    json.add("seconds", took);
    json.add("requests_per_second", static_cast<double>(requests) / took);
    json.add("load_us_per_request", (own_cpu() - own_cpu_) / static_cast<double>(requests));
    if (server_ == 0) return;
    json.add("server_us_per_request",
             static_cast<double>(server_cpu() - server_cpu_) / 1e3 / static_cast<double>(requests));
  }

 private:
  uint64_t server_cpu() const { return server_ == 0 ? 0 : cpu_time_ns(server_); }
  static double own_cpu() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto us = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return us(used.ru_utime) + us(used.ru_stime);
  }

  pid_t server_;
  uint64_t server_cpu_;
  double own_cpu_;
  Clock::time_point start_ = Clock::now();
};

JsonObject begin_report(const Options& o, size_t pipeline) {
  JsonObject json;
  json.add("workload", o.workload.name);
  json.add("connections", o.connections);
  json.add("pipeline", pipeline);
  json.add("value_bytes", o.value_bytes);
  json.add("keys", o.keys);
  return json;
}

int finish_report(JsonObject& json, const Tally& tally) {
  json.add("nulls", tally.nulls);
  json.add("errors", tally.errors);
  if (tally.errors > 0) json.add("first_error", tally.first_error);
  return print(json, tally.errors > 0 ? kFailed : 0);
}

int fill(const Options& o) {
  const bool custom = o.workload.name == "custom";
  const std::vector<Step>& steps = custom ? o.workload.steps : o.workload.fill;
  const uint64_t count = o.keys - o.from;
  JsonObject json = begin_report(o, o.pipeline);
  if (steps.empty()) {
    json.add("requests", 0);
    return print(json, 0);
  }
  const size_t request_bytes = compile(steps, o, 1).request_bytes();
  const size_t pipeline = std::clamp<size_t>(kFillBatchBytes / request_bytes, 1, 64);
  Script script = compile(steps, o, pipeline);
  Pool pool(o.host, o.port, 4, script, pipeline);
  const Window window(o.pid);
  pool.closed_loop({.requests = count});
  window.report(count, json);
  return finish_report(json, pool.tally());
}

int run(const Options& o) {
  Script script = compile(o.workload.steps, o, o.pipeline, o.workload.in_order);
  Pool pool(o.host, o.port, o.connections, script, o.pipeline);
  // Afterwards the server has accepted every connection, and its caches hold what they will hold. Workloads
  // that use up what is there have nothing to spare for it.
  if (!o.workload.once) pool.closed_loop({.time = seconds(o.warmup)});
  const uint64_t before = pool.tally().replies;
  const Window window(o.pid);
  Limit limit{.time = seconds(o.seconds)};
  if (o.requests > 0) limit = {.requests = o.requests};
  pool.closed_loop(limit);
  JsonObject json = begin_report(o, o.pipeline);
  window.report(pool.tally().replies - before, json);
  return finish_report(json, pool.tally());
}

int rate(const Options& o) {
  Script script = compile(o.workload.steps, o, 1);
  Pool pool(o.host, o.port, o.connections, script, 1);
  pool.closed_loop({.time = seconds(o.warmup)});
  const Window window(o.pid);
  const Histogram latencies = pool.open_loop(o.rate, seconds(o.seconds));
  JsonObject json = begin_report(o, 1), quantiles;
  window.report(latencies.count(), json);
  const auto us = [](uint64_t ns) { return static_cast<double>(ns) / 1e3; };
  quantiles.add("p50", us(latencies.quantile(0.5)));
  quantiles.add("p99", us(latencies.quantile(0.99)));
  quantiles.add("p99.9", us(latencies.quantile(0.999)));
  quantiles.add("p99.99", us(latencies.quantile(0.9999)));
  quantiles.add("max", us(latencies.max()));
  json.add("rate", o.rate);
  json.add("latency_us", quantiles);
  return finish_report(json, pool.tally());
}

int dispatch(const Options& o) {
  if (o.mode == Mode::list) return list();
  if (o.mode == Mode::describe) return describe(o);
  if (!o.bare) {
    const std::vector<std::string> missing = missing_commands(o.host, o.port, commands_of(o.workload));
    if (!missing.empty()) {
      JsonObject json = begin_report(o, o.pipeline);
      json.add("missing", missing);
      return print(json, kSkipped);
    }
  }
  if (o.mode == Mode::check) return 0;
  if (o.mode == Mode::fill) return o.bare ? 0 : fill(o);
  return o.mode == Mode::run ? run(o) : rate(o);
}

int main(int argc, char** argv) {
  const Result<Options> options = Options::parse(argc, argv);
  if (!options.ok()) {
    std::fprintf(stderr, "redpoll-load: %s\n%s", options.error().c_str(), kUsage);
    return kUsageError;
  }
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  try {
    return dispatch(*options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "redpoll-load: %s: %s\n", options->workload.name.c_str(), error.what());
    return kFailed;
  }
}

}  // namespace
}  // namespace redpoll::load

int main(int argc, char** argv) { return redpoll::load::main(argc, argv); }
