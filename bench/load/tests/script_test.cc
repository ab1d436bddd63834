#include "bench/load/script.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>
#include <vector>

#include "bench/load/workload.h"

namespace redpoll::load {

namespace {

Script compiled(std::vector<Step> steps, ScriptOptions options = {}) {
  Result<Script> script = Script::compile(steps, options);
  INFO((script.ok() ? "" : script.error()));
  REQUIRE(script.ok());
  return std::move(*script);
}

}  // namespace

TEST_CASE("words become a request with numbers and values filled in") {
  Script script = compiled({{"SET k:{seq:3} {value}", "status:OK"}}, {.value_bytes = 2, .first_seq = 998});
  REQUIRE(script.number(0, 1) == "*3\r\n$3\r\nSET\r\n$5\r\nk:998\r\n$2\r\nvv\r\n");
  REQUIRE(script.number(0, 1) == "*3\r\n$3\r\nSET\r\n$5\r\nk:999\r\n$2\r\nvv\r\n");
  // Only the last digits, so that the length of the request stays the same.
  REQUIRE(script.number(0, 1) == "*3\r\n$3\r\nSET\r\n$5\r\nk:000\r\n$2\r\nvv\r\n");
}

TEST_CASE("each request of a batch gets numbers of its own, and a slice only its own requests") {
  Script script = compiled({{"GET {seq:2}", "any"}}, {.pipeline = 4});
  REQUIRE(script.size() == 4);
  const std::string get = "*2\r\n$3\r\nGET\r\n$2\r\n";
  REQUIRE(script.number(0, 2) == get + "00\r\n" + get + "01\r\n");
  REQUIRE(script.number(2, 2) == get + "02\r\n" + get + "03\r\n");
}

TEST_CASE("scattered numbers differ from each other") {
  Script script = compiled({{"{scatter}", "any"}});
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.emplace(script.number(0, 1));
  REQUIRE(seen.size() == 1000);
}

TEST_CASE("keys stay within the key space and reach all of it") {
  for (const Distribution distribution : {Distribution::uniform, Distribution::zipf}) {
    Script script = compiled({{"{key:2}", "any"}}, {.keys = 10, .distribution = distribution});
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(std::string(script.number(0, 1).substr(8, 2)));
    REQUIRE(seen.size() == 10);
    REQUIRE(*seen.begin() == "00");
    REQUIRE(*seen.rbegin() == "09");
  }
}

TEST_CASE("steps that are to come in order do, in every batch") {
  const std::vector<Step> steps{
      {"MULTI", "status:OK"}, {"PING", "status:QUEUED"}, {"EXEC", "statuses:1:PONG"}};
  Script script = compiled(steps, {.pipeline = 6, .in_order = true});
  REQUIRE(script.size() % 6 == 0);
  const std::string once = "*1\r\n$5\r\nMULTI\r\n*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nEXEC\r\n";
  REQUIRE(script.number(0, 6) == once + once);
  REQUIRE_FALSE(Script::compile(steps, {.pipeline = 4, .in_order = true}).ok());
}

TEST_CASE("steps come in proportion to their weights, each with its reply") {
  Script script = compiled({{"GET a", "bulk:{value}", 8}, {"SET a b", "status:OK", 2}},
                           {.value_bytes = 7, .pipeline = 3});
  REQUIRE(script.size() % 3 == 0);
  int gets = 0;
  for (size_t i = 0; i < script.size(); ++i) {
    const bool is_get = script.number(i, 1).find("GET") != std::string_view::npos;
    REQUIRE(script.reply(i).text() == (is_get ? "bulk:7" : "status:OK"));
    gets += is_get;
  }
  const double share = gets / static_cast<double>(script.size());
  REQUIRE(share > 0.74);
  REQUIRE(share < 0.86);
}

TEST_CASE("the popular keys of a Zipf distribution are as popular as its law says") {
  // With exponent 1 - 0.01 and 1000 ranks, the first has 1/H of all, H = sum of r^-0.99.
  const Zipf zipf(1000, 0.99);
  double sum = 0;
  for (int r = 1; r <= 1000; ++r) sum += std::pow(r, -0.99);
  Rng rng(6);
  std::vector<int> hits(1001);
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) ++hits.at(zipf.draw(rng));
  REQUIRE(hits[0] == 0);
  for (const int rank : {1, 2, 3, 10, 100}) {
    const double expected = kDraws * std::pow(rank, -0.99) / sum;
    CAPTURE(rank, expected, hits[static_cast<size_t>(rank)]);
    REQUIRE(std::abs(hits[static_cast<size_t>(rank)] - expected) < 6 * std::sqrt(expected));
  }
}

TEST_CASE("a request that cannot be understood is refused") {
  for (const char* request :
       {"", "  ", "GET {kex}", "GET {key", "GET {key:}", "GET {key:0}", "GET {key:21}", "{value:3}"}) {
    CAPTURE(request);
    const std::vector<Step> steps{{request, "any"}};
    REQUIRE_FALSE(Script::compile(steps, {}).ok());
  }
  const std::vector<Step> steps{{"PING", "pong"}};
  REQUIRE_FALSE(Script::compile(steps, {}).ok());
  REQUIRE_FALSE(Script::compile({}, {}).ok());
}

TEST_CASE("every workload of the table compiles, and its name is its own") {
  std::set<std::string> names;
  for (const Workload& workload : workloads()) {
    CAPTURE(workload.name);
    REQUIRE(names.insert(workload.name).second);
    const Script script = compiled(workload.steps, {.pipeline = 16, .keys = 1000});
    REQUIRE(script.size() % 16 == 0);
    if (!workload.fill.empty()) compiled(workload.fill);
    REQUIRE(find_workload(workload.name) == &workload);
    REQUIRE_FALSE(commands_of(workload).empty());
  }
  REQUIRE(find_workload("no such") == nullptr);
}

}  // namespace redpoll::load
