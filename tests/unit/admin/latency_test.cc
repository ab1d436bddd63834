// The latency monitor, its reports, and the histograms of commands.
#include <catch2/catch.hpp>

#include "admin/latency_reports.h"
#include "support/admin_fixture.h"

namespace redpoll::testing {

namespace {

constexpr UnixMs kNow{1'000'000'000};

struct Recording : AdminFixture {
  Recording() { base.executor.record_latency = true; }

  // Makes it look as if the command had taken so many microseconds; a tick of the fixture is one.
  void took(std::string_view command, std::initializer_list<Ticks> lengths) {
    exec::CommandEntry* entry = commands.find_full(command);
    entry->start_recording();
    for (const Ticks length : lengths) entry->latency->record(length);
  }
};

}  // namespace

TEST_CASE("The monitor remembers the longest of each second that reaches the threshold") {
  admin::LatencyMonitor monitor;
  monitor.add("command", 500, kNow);
  REQUIRE(monitor.all().empty());
  monitor.threshold_ms = 10;
  monitor.add("command", 9, kNow);
  REQUIRE(monitor.find("command") == nullptr);
  monitor.add("command", 10, kNow);
  monitor.add("command", 30, kNow + 200);
  monitor.add("command", 20, kNow + 999);
  monitor.add("command", 11, kNow + 1000);
  const auto& samples = monitor.find("command")->samples();
  REQUIRE(samples.size() == 2);
  REQUIRE(samples[0].unix_s == 1'000'000);
  REQUIRE(samples[0].ms == 30);
  REQUIRE(samples[1].ms == 11);
  REQUIRE(monitor.find("command")->worst_ms() == 30);
}

TEST_CASE("The monitor keeps so many samples and no more, and the worst of all") {
  admin::LatencyMonitor monitor;
  monitor.threshold_ms = 1;
  for (int i = 0; i < 1000; ++i) monitor.add("command", 1000 - i, kNow + 1000 * i);
  const admin::LatencySeries& series = *monitor.find("command");
  REQUIRE(series.samples().size() == admin::LatencySeries::kSamples);
  REQUIRE(series.samples().back().ms == 1);
  REQUIRE(series.worst_ms() == 1000);
}

TEST_CASE("LATENCY LATEST and HISTORY show the samples, RESET forgets them") {
  AdminFixture t;
  REQUIRE(t.run({"latency", "latest"}) == "*0\r\n");
  t.latency.threshold_ms = 1;
  t.latency.add("fast-command", 7, kNow);
  t.latency.add("fast-command", 5, kNow + 1000);
  t.latency.add("command", 3, kNow);
  REQUIRE(t.run({"latency", "latest"}) ==
          "*2\r\n*4\r\n$7\r\ncommand\r\n:1000000\r\n:3\r\n:3\r\n"
          "*4\r\n$12\r\nfast-command\r\n:1000001\r\n:5\r\n:7\r\n");
  REQUIRE(t.run({"latency", "history", "fast-command"}) ==
          "*2\r\n*2\r\n:1000000\r\n:7\r\n*2\r\n:1000001\r\n:5\r\n");
  REQUIRE(t.run({"latency", "history", "nothing"}) == "*0\r\n");
  REQUIRE(t.run({"latency", "reset", "nothing", "command", "command"}) == ":1\r\n");
  REQUIRE(t.run({"latency", "reset"}) == ":1\r\n");
  REQUIRE(t.run({"latency", "latest"}) == "*0\r\n");
}

TEST_CASE("LATENCY GRAPH draws each sample in its row, with its age below") {
  AdminFixture t;
  t.latency.threshold_ms = 1;
  for (const auto& [ago_s, ms] : {std::pair{3700, 101}, {130, 230}, {61, 350}, {5, 500}})
    t.latency.add("command", ms, t.base.now - 1000 * ago_s);
  const std::string line(80, '-');
  REQUIRE(t.text({"latency", "graph", "command"}) ==
          "command - high 500 ms, low 101 ms (all time high 500 ms)\n" + line +
              "\n"
              "   #\n"
              "  o|\n"
              " _||\n"
              "_|||\n"
              "    \n"
              "1215\n"
              "hmms\n");
  REQUIRE(t.run({"latency", "graph", "nothing"}) ==
          error_reply("ERR No samples available for event 'nothing'"));
}

TEST_CASE("LATENCY DOCTOR says what is off, what is well, and what to do") {
  AdminFixture t;
  const auto has = [&t](std::string_view words) {
    return t.text({"latency", "doctor"}).find(words) != std::string::npos;
  };
  REQUIRE(has("CONFIG SET latency-monitor-threshold"));
  t.latency.threshold_ms = 5;
  REQUIRE(has("Nothing took 5 milliseconds"));
  t.latency.add("command", 8, t.base.now);
  REQUIRE(
      has("1. command: 1 latency spikes (average 8ms, mean deviation 0ms, period 1.00 sec). Worst all time "
          "event 8ms."));
  REQUIRE(has("CONFIG SET slowlog-log-slower-than 5000"));
  t.run({"config", "set", "slowlog-log-slower-than", "5000"});
  REQUIRE(has("SLOWLOG GET"));
  REQUIRE(!has("lazyfree-lazy-expire"));
  t.latency.add("expire-cycle", 8, t.base.now);
  REQUIRE(has("lazyfree-lazy-expire"));
}

TEST_CASE("LATENCY HISTOGRAM tells how many calls took no longer than so much") {
  Recording t;
  t.took("get", {1, 1, 3, 30, 30, 1000});
  t.took("config|get", {5});
  const std::string get =
      "$3\r\nget\r\n*4\r\n$5\r\ncalls\r\n:6\r\n$14\r\nhistogram_usec\r\n"
      "*8\r\n:1\r\n:2\r\n:4\r\n:3\r\n:33\r\n:5\r\n:1056\r\n:6\r\n";
  const std::string config =
      "$10\r\nconfig|get\r\n*4\r\n$5\r\ncalls\r\n:1\r\n$14\r\nhistogram_usec\r\n*2\r\n:8\r\n:1\r\n";
  REQUIRE(t.run({"latency", "histogram", "GET", "nosuch"}) == "*2\r\n" + get);
  REQUIRE(t.run({"latency", "histogram", "config", "get"}) == "*4\r\n" + config + get);
  REQUIRE(t.run({"latency", "histogram", "config|get"}) == "*2\r\n" + config);
}

TEST_CASE("INFO latencystats has the percentiles that the directive names") {
  Recording t;
  t.took("get", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  REQUIRE(t.info("latencystats", "latency_percentiles_usec_get") == "p50=5.000,p99=10.000,p99.9=10.000");
  t.run({"config", "set", "latency-tracking-info-percentiles", "0 20"});
  REQUIRE(t.info("latencystats", "latency_percentiles_usec_get") == "p0=1.000,p20=2.000");
  t.run({"config", "set", "latency-tracking-info-percentiles", ""});
  REQUIRE(t.info("latencystats", "latency_percentiles_usec_get") == "");
}

TEST_CASE("Commands are recorded from the first call on, and CONFIG RESETSTAT begins anew") {
  Recording t;
  REQUIRE(t.commands.find("get")->latency == nullptr);
  t.run({"get", "k"});
  t.run({"get", "k"});
  REQUIRE(t.commands.find("get")->latency->total() == 2);
  t.run({"config", "resetstat"});
  REQUIRE(t.commands.find("get")->latency == nullptr);
  t.run({"get", "k"});
  REQUIRE(t.commands.find("get")->latency->total() == 1);
}

TEST_CASE("While latencies are not tracked, none is recorded or shown by INFO, and what is known stays") {
  Recording t;
  t.run({"get", "k"});
  t.base.executor.record_latency = false;
  t.commands.stop_recording();
  t.run({"get", "k"});
  t.run({"set", "k", "v"});
  REQUIRE(t.text({"info", "latencystats"}) == "# Latencystats\r\n");
  REQUIRE(t.commands.find("get")->latency->total() == 1);
  REQUIRE(t.commands.find("set")->latency == nullptr);
  t.base.executor.record_latency = true;
  t.run({"get", "k"});
  REQUIRE(t.commands.find("get")->latency->total() == 2);
}

}  // namespace redpoll::testing
