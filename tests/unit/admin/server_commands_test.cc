#include <algorithm>
#include <catch2/catch.hpp>

#include "admin/memory_usage.h"
#include "base/clock.h"
#include "build_info.h"
#include "support/admin_fixture.h"

namespace redpoll::testing {

TEST_CASE("TIME answers seconds and microseconds of the wall clock") {
  AdminFixture t;
  const int64_t before = unix_now_us();
  const std::string reply = t.run({"time"});
  const int64_t after = unix_now_us();
  const size_t at = reply.find("\r\n", 4) + 2;
  const size_t second = reply.find('$', at) + 3;
  const int64_t us = std::stoll(reply.substr(at)) * 1'000'000 + std::stoll(reply.substr(second));
  REQUIRE(reply.substr(0, 4) == "*2\r\n");
  REQUIRE(us >= before);
  REQUIRE(us <= after);
}

TEST_CASE("LOLWUT ends with the version, whichever art is asked for") {
  AdminFixture t;
  const std::string version = "\nRedis ver. " + std::string(build_info::kRedisVersion) + "\n";
  for (const Words& words : {Words{"lolwut"}, Words{"lolwut", "version", "5", "40"}, Words{"lolwut", "x"}}) {
    const std::string art = t.text(words);
    REQUIRE(art.size() > version.size());
    REQUIRE(art.substr(art.size() - version.size()) == version);
  }
  REQUIRE(t.run({"lolwut", "VERSION", "x"}) == error_reply("ERR value is not an integer or out of range"));
}

TEST_CASE("SHUTDOWN hands its options on, answers nothing and lets the client go") {
  AdminFixture t;
  REQUIRE(t.run({"shutdown", "nosave", "NOW", "now", "force"}).empty());
  REQUIRE(t.host.shutdowns.size() == 1);
  REQUIRE(t.host.shutdowns[0].nosave);
  REQUIRE(t.host.shutdowns[0].now);
  REQUIRE(t.host.shutdowns[0].force);
  REQUIRE(!t.host.shutdowns[0].save);
  REQUIRE(SessionFixture::leaves(t.base.me));
}

TEST_CASE("SHUTDOWN refuses options that exclude each other") {
  AdminFixture t;
  for (const Words& words : {Words{"shutdown", "save", "nosave"}, Words{"shutdown", "abort", "now"},
                             Words{"shutdown", "force", "abort"}, Words{"shutdown", "later"}}) {
    REQUIRE(t.run(words) == kSyntaxError);
  }
  REQUIRE(t.host.shutdowns.empty());
}

TEST_CASE("SHUTDOWN that fails keeps the client, and ABORT needs something to abort") {
  AdminFixture t;
  t.host.refusal = "ERR Errors trying to SHUTDOWN. Check logs.";
  REQUIRE(t.run({"shutdown", "save"}) == error_reply("ERR Errors trying to SHUTDOWN. Check logs."));
  REQUIRE(!SessionFixture::leaves(t.base.me));
  REQUIRE(t.run({"shutdown", "abort"}) == error_reply("ERR No shutdown in progress."));
  t.host.shutting_down = true;
  REQUIRE(t.run({"shutdown", "abort", "abort"}) == kOk);
}

TEST_CASE("MEMORY USAGE tells what a key takes, in full for large values") {
  AdminFixture t;
  t.run({"set", "small", "x"});
  t.run({"set", "large", std::string(100'000, 'x')});
  REQUIRE(t.run({"memory", "usage", "missing"}) == kNull);
  const int64_t small = std::stoll(t.run({"memory", "usage", "small"}).substr(1));
  REQUIRE(small >= 16);
  REQUIRE(small < 64);
  REQUIRE(std::stoll(t.run({"memory", "usage", "large", "samples", "0"}).substr(1)) > 100'000);
}

TEST_CASE("MEMORY STATS has the figures of Redis, and one map for each database with keys") {
  AdminFixture t;
  t.run({"set", "a", "1"});
  t.base.me.database = 2;
  t.run({"set", "b", "1"});
  const std::string reply = t.run({"memory", "stats"});
  REQUIRE(reply.substr(0, 5) == "*58\r\n");
  // Each name and value of the reply is there once: a client that reads it by its length finds its end.
  const auto tables = "*6\r\n$23\r\noverhead.hashtable.main\r\n:";
  REQUIRE(reply.find("$4\r\ndb.0\r\n" + std::string(tables)) != std::string::npos);
  REQUIRE(reply.find("$4\r\ndb.2\r\n" + std::string(tables)) != std::string::npos);
  REQUIRE(reply.find("db.1") == std::string::npos);
  REQUIRE(reply.find("$10\r\nkeys.count\r\n:2\r\n") != std::string::npos);
  REQUIRE(std::count(reply.begin(), reply.end(), '\n') ==
          1 + 2 * 29 - 2  // of the map: names and integers, and a line more for each bulk
              + 29 + 6 + 2 + 2 * (6 + 3));
}

TEST_CASE("MEMORY DOCTOR tells of waste that is worth it, and of nothing else") {
  AdminFixture t;
  admin::MemoryUsage usage({t.admin, t.base.session, t.base.keyspace});
  const auto says = [&](std::string_view words) {
    return admin::report_memory(usage, 1).find(words) != std::string::npos;
  };
  constexpr Bytes kMiB = Bytes{1} << 20;
  usage.used = kMiB;
  REQUIRE(says("hardly any data"));
  usage.used = usage.peak = usage.rss = 100 * kMiB;
  usage.allocator = {.allocated = usage.used, .active = usage.used, .resident = usage.used};
  usage.clients = 0;
  REQUIRE(says("nothing to tell"));
  usage.peak = 200 * kMiB;
  REQUIRE(says("200.00M once"));
  REQUIRE(!says("resident for"));
  usage.rss = usage.allocator.resident = 150 * kMiB;
  REQUIRE(says("150.00M are resident for 100.00M"));
  REQUIRE(says("keeps 50.00M resident"));
  usage.allocator.active = 150 * kMiB;
  REQUIRE(says("Fragmentation"));
  REQUIRE(!says("Clients take"));
  usage.clients = kMiB;
  REQUIRE(says("Clients take 1.00M"));
}

TEST_CASE("MEMORY MALLOC-STATS answers with text") {
  AdminFixture t;
  REQUIRE(!t.text({"memory", "malloc-stats"}).empty());
}

TEST_CASE("MEMORY USAGE refuses bad options, MEMORY PURGE always succeeds") {
  AdminFixture t;
  for (const Words& words :
       {Words{"memory", "usage", "k", "samples"}, Words{"memory", "usage", "k", "samples", "-1"},
        Words{"memory", "usage", "k", "foo", "5"}}) {
    REQUIRE(t.run(words) == kSyntaxError);
  }
  REQUIRE(t.run({"memory", "usage", "k", "samples", "x"}) ==
          error_reply("ERR value is not an integer or out of range"));
  REQUIRE(t.run({"memory", "purge"}) == kOk);
}

}  // namespace redpoll::testing
