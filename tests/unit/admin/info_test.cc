#include <catch2/catch.hpp>

#include "support/admin_fixture.h"

namespace redpoll::testing {

static std::string titles(AdminFixture& t, Words sections) {
  sections.insert(sections.begin(), "info");
  const std::string all = "\r\n" + t.text(sections);
  std::string found;
  for (size_t at = all.find("\r\n# "); at != std::string::npos; at = all.find("\r\n# ", at + 1)) {
    found += all.substr(at + 4, all.find("\r\n", at + 4) - at - 4) + " ";
  }
  return found;
}

TEST_CASE("INFO shows the sections of Redis in its order, statistics of commands only when asked") {
  AdminFixture t;
  REQUIRE(titles(t, {}) ==
          "Server Clients Memory Persistence Stats Replication CPU Modules Errorstats Cluster Keyspace ");
  REQUIRE(titles(t, {"default"}) == titles(t, {}));
  REQUIRE(titles(t, {"all"}) ==
          "Server Clients Memory Persistence Stats Replication CPU Modules Commandstats Errorstats "
          "Latencystats Cluster Keyspace ");
  REQUIRE(titles(t, {"everything"}) == titles(t, {"ALL"}));
}

TEST_CASE("INFO takes several sections, in any case, each once and unknown ones not at all") {
  AdminFixture t;
  REQUIRE(titles(t, {"KeySpace", "nothing", "cpu", "keyspace"}) == "CPU Keyspace ");
  REQUIRE(titles(t, {"commandstats", "default"}).find("Modules Commandstats Errorstats") !=
          std::string::npos);
  REQUIRE(t.run({"info", "nothing"}) == "$0\r\n\r\n");
}

TEST_CASE("INFO separates sections by a blank line and is verbatim text in RESP3") {
  AdminFixture t;
  REQUIRE(t.text({"info", "modules", "cluster"}) == "# Modules\r\n\r\n# Cluster\r\ncluster_enabled:0\r\n");
  t.base.me.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"info", "modules"}) == "=15\r\ntxt:# Modules\r\n\r\n");
}

TEST_CASE("INFO server tells of the process and of both versions") {
  AdminFixture t;
  REQUIRE(t.info("server", "redis_version") == "7.0.15");
  REQUIRE(t.info("server", "redpoll_version") != "(none)");
  REQUIRE(t.info("server", "run_id") == std::string(40, 'a'));
  REQUIRE(t.info("server", "hz") == "25");
  REQUIRE(t.info("server", "configured_hz") == "10");
  REQUIRE(t.info("server", "tcp_port") == "6379");
  REQUIRE(t.info("server", "executable") == "/usr/bin/redpoll-server");
  REQUIRE(t.info("server", "multiplexing_api") == t.base.loop->backend_name());
}

TEST_CASE("INFO clients counts who is connected and who waits for the end of a pause") {
  AdminFixture t;
  t.base.connect().waits = session::Waits::pause;
  t.base.connect().input_peak = 5000;
  REQUIRE(t.info("clients", "connected_clients") == "3");
  REQUIRE(t.info("clients", "blocked_clients") == "1");
  REQUIRE(t.info("clients", "client_recent_max_input_buffer") == "5000");
}

TEST_CASE("INFO clients counts who waits for keys, and who of them until some time") {
  AdminFixture t;
  exec::CommandEntry entry;
  const std::vector<resp::Arg> args{"k"};
  for (const int64_t timeout_ms : {1000, 0}) {
    const exec::Condition condition{.keys = args, .timeout_ms = timeout_ms};
    t.base.conditions.wait(t.base.connect(), t.base.keyspace.db(0), entry, condition, args);
  }
  REQUIRE(t.info("clients", "blocked_clients") == "2");
  REQUIRE(t.info("clients", "clients_in_timeout_table") == "1");
}

TEST_CASE("INFO memory splits what is used into overhead and data set") {
  AdminFixture t;
  const auto number = [&t](std::string_view name) { return std::stoll(t.info("memory", name)); };
  t.process.startup_memory = 1000;
  REQUIRE(number("used_memory_startup") == 1000);
  REQUIRE(number("used_memory") > 0);
  REQUIRE(number("used_memory_overhead") >= 1000 + number("mem_clients_normal"));
  REQUIRE(number("used_memory_peak") >= number("used_memory_dataset"));
  REQUIRE(t.info("memory", "maxmemory_policy") == "noeviction");
  REQUIRE(t.info("memory", "lazyfree_pending_objects") == "3");
  REQUIRE(t.info("memory", "lazyfreed_objects") == "7");
}

TEST_CASE("INFO commandstats shows commands and subcommands that were called or refused") {
  AdminFixture t;
  t.commands.find("get")->stats = {.calls = 4, .ticks = 10, .rejected = 1, .failed = 2};
  t.commands.find_full("config|set")->stats.rejected = 1;
  REQUIRE(t.text({"info", "commandstats"}) ==
          "# Commandstats\r\n"
          "cmdstat_get:calls=4,usec=10,usec_per_call=2.50,rejected_calls=1,failed_calls=2\r\n"
          "cmdstat_config|set:calls=0,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0\r\n");
}

TEST_CASE("INFO errorstats counts error codes, and a code cannot forge a line") {
  AdminFixture t;
  t.base.stats.errors.count("WRONGTYPE Operation against a key");
  t.base.stats.errors.count("WRONGTYPE again");
  t.base.stats.errors.count("A\r\nB:C x");
  REQUIRE(t.text({"info", "errorstats"}) ==
          "# Errorstats\r\nerrorstat_A__B_C:count=1\r\nerrorstat_WRONGTYPE:count=2\r\n");
}

TEST_CASE("INFO keyspace shows databases that hold keys") {
  AdminFixture t;
  t.run({"set", "a", "1"});
  t.run({"set", "b", "1", "EX", "100"});
  t.base.me.database = 3;
  t.run({"set", "c", "1"});
  REQUIRE(t.text({"info", "keyspace"}) ==
          "# Keyspace\r\ndb0:keys=2,expires=1,avg_ttl=0\r\ndb3:keys=1,expires=0,avg_ttl=0\r\n");
}

TEST_CASE("INFO stats tells of lookups") {
  config::Settings settings;
  settings.enable_debug_command = config::Allowed::yes;
  AdminFixture t(settings);
  t.run({"set", "a", "1"});
  t.run({"get", "a"});
  t.run({"get", "b"});
  REQUIRE(t.info("stats", "keyspace_hits") == "1");
  REQUIRE(t.info("stats", "keyspace_misses") == "1");
  // How a key is stored is no question about its value.
  for (const std::string key : {"a", "b"}) {
    t.run({"memory", "usage", key});
    t.run({"debug", "object", key});
  }
  REQUIRE(t.info("stats", "keyspace_hits") == "1");
  REQUIRE(t.info("stats", "keyspace_misses") == "1");
  REQUIRE(t.info("stats", "expired_stale_perc") == "0.00");
  REQUIRE(t.info("stats", "expire_cycle_cpu_milliseconds") == "0");
}

TEST_CASE("INFO stats tells how long turns of the loop take, and commands within") {
  AdminFixture t;
  t.base.session.stats.event_loop_turns = 50;
  t.base.session.stats.event_loop_us = 7000;
  t.commands.find("get")->stats.ticks = 300;  // a tick is a microsecond here
  t.commands.find_full("config|get")->stats.ticks = 20;
  t.commands.find("exec")->stats.ticks = 300;  // of the GETs that it ran
  REQUIRE(t.info("stats", "eventloop_cycles") == "50");
  REQUIRE(t.info("stats", "eventloop_duration_sum") == "7000");
  const std::string in_commands = t.info("stats", "eventloop_duration_cmd_sum");
  const int64_t infos = static_cast<int64_t>(t.commands.find("info")->stats.ticks);
  REQUIRE(std::stoll(in_commands) >= 320);
  REQUIRE(std::stoll(in_commands) <= 320 + infos);
  REQUIRE(t.info("stats", "instantaneous_eventloop_duration_usec") == "0");
  for (int i = 0; i < 16; ++i) {
    const MonoUs now{1'000'000 + i * 100'000};
    t.base.session.stats.turns.sample(static_cast<uint64_t>(i) * 20, now);
    t.base.session.stats.turn_us.sample(static_cast<uint64_t>(i) * 20 * 35, now);
  }
  const int64_t turns = std::stoll(t.info("stats", "instantaneous_eventloop_cycles_per_sec"));
  REQUIRE((turns > 150 && turns <= 200));
  REQUIRE(t.info("stats", "instantaneous_eventloop_duration_usec") == "35");
}

TEST_CASE("INFO tells what active defragmentation does and did") {
  AdminFixture t;
  REQUIRE(t.info("memory", "active_defrag_running") == "0");
  t.host.defrag_figures = {.running_percent = 13,
                           .total_us = 5'000'000,
                           .current_us = 2'000'000,
                           .moved = {.hits = 1, .misses = 2, .key_hits = 3, .key_misses = 4}};
  REQUIRE(t.info("memory", "active_defrag_running") == "13");
  REQUIRE(t.info("stats", "active_defrag_hits") == "1");
  REQUIRE(t.info("stats", "active_defrag_misses") == "2");
  REQUIRE(t.info("stats", "active_defrag_key_hits") == "3");
  REQUIRE(t.info("stats", "active_defrag_key_misses") == "4");
  REQUIRE(t.info("stats", "total_active_defrag_time") == "5000");
  REQUIRE(t.info("stats", "current_active_defrag_time") == "2000");
}

}  // namespace redpoll::testing
