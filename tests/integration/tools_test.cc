// The tools that people have: redis-cli and redis-benchmark.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "integration/support/contains.h"
#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

bool there_is(const std::string& program) {
  if (access(program.c_str(), X_OK) == 0) return true;
  WARN("skipped: there is no " << program);
  return false;
}

constexpr const char* kCli = "/usr/bin/redis-cli";
constexpr const char* kBenchmark = "/usr/bin/redis-benchmark";

Finished cli(const ServerProcess& server, std::vector<std::string> args, const std::string& input = {}) {
  std::vector<std::string> argv = {kCli, "-p", std::to_string(server.port())};
  argv.insert(argv.end(), args.begin(), args.end());
  return run_program({.argv = argv, .input = input});
}

}  // namespace

TEST_CASE("redis-cli runs commands and shows replies") {
  if (!there_is(kCli)) return;
  ServerProcess server;
  REQUIRE(cli(server, {"SET", "k", "v"}).output == "OK\n");
  REQUIRE(cli(server, {"GET", "k"}).output == "v\n");
  REQUIRE(cli(server, {"--no-raw", "MGET", "k", "x"}).output == "1) \"v\"\n2) (nil)\n");
  REQUIRE(cli(server, {"-3", "--no-raw", "CONFIG", "GET", "timeout"}).output == "1# \"timeout\" => \"0\"\n");
  REQUIRE(cli(server, {"-n", "3", "-x", "SET", "big"}, std::string(100'000, 'x')).output == "OK\n");
  REQUIRE(cli(server, {"-n", "3", "STRLEN", "big"}).output == "100000\n");
  REQUIRE(cli(server, {}, "SET a 1\nINCR a\nGET a\n").output == "OK\n2\n2\n");
  REQUIRE(contains(cli(server, {"--scan", "--pattern", "k*"}).output, "k\n"));
  REQUIRE(contains(cli(server, {"INFO", "server"}).output, "redis_version:"));
}

TEST_CASE("redis-cli gets what it needs for hints") {
  if (!there_is(kCli)) return;
  ServerProcess server;
  const std::string docs = cli(server, {"--json", "COMMAND", "DOCS", "set"}).output;
  for (const char* part :
       {"\"summary\"", "\"arguments\"", "\"key\"", "\"condition\"", "\"KEEPTTL\"", "\"oneof\"", "\"PXAT\""}) {
    INFO(docs);
    REQUIRE(contains(docs, part));
  }
  // Without arguments: all of it, as the interactive mode asks at its start.
  const std::string all = cli(server, {"COMMAND", "DOCS"}).output;
  for (const char* name : {"get", "client", "client|kill", "config|set", "expire", "object|encoding"}) {
    REQUIRE(contains(all, "\n" + std::string(name) + "\n"));
  }
}

TEST_CASE("redis-cli --pipe loads a stream of requests") {
  if (!there_is(kCli)) return;
  ServerProcess server;
  std::string requests;
  for (int i = 0; i < 20'000; ++i) requests += encode({"SET", "key:" + std::to_string(i), std::to_string(i)});
  const Finished run = cli(server, {"--pipe"}, requests);
  REQUIRE(contains(run.output, "errors: 0, replies: 20000"));
  REQUIRE(SyncClient(server.port()).run("DBSIZE") == ":20000");
}

TEST_CASE("redis-cli --bigkeys and repetition work") {
  if (!there_is(kCli)) return;
  ServerProcess server;
  SyncClient client(server.port());
  REQUIRE(client.call({"SET", "biggest", std::string(5000, 'v')}) == "+OK");
  for (int i = 0; i < 100; ++i) client.run("SET key:" + std::to_string(i) + " v");
  REQUIRE(contains(cli(server, {"--bigkeys"}).output, "Biggest string found '\"biggest\"' has 5000 bytes"));
  REQUIRE(cli(server, {"-r", "3", "-i", "0.01", "PING"}).output == "PONG\nPONG\nPONG\n");
}

TEST_CASE("redis-benchmark runs without errors") {
  if (!there_is(kBenchmark)) return;
  ServerProcess server;
  for (const char* depth : {"1", "16"}) {
    const Finished run = run_program({.argv = {kBenchmark, "-p", std::to_string(server.port()), "-q", "-n",
                                               "1000", "-P", depth, "-t", "ping,set,get,incr,mset"}});
    REQUIRE(run.exit == Exit{0});
    for (const char* test :
         {"PING_INLINE: ", "PING_MBULK: ", "SET: ", "GET: ", "INCR: ", "MSET (10 keys): "}) {
      REQUIRE(contains(run.output, test));
    }
    REQUIRE(!contains(run.output, "rror"));
  }
}

}  // namespace redpoll::testing
