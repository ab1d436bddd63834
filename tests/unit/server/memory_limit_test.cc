// maxmemory: what is evicted, what is refused, and what INFO tells of it.
#include "server/memory_limit.h"

#include <algorithm>
#include <string>

#include "dispatcher_fixture.h"
#include "mem/zmalloc.h"
#include "server_fixture.h"
#include "store/slot.h"
#include "support/session_fixture.h"

namespace redpoll::server {

namespace {

const std::string kNoMemory = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
const std::string kDone = "+OK\r\n";

struct LimitFixture : ServerFixture {
  // Limits memory to what is used now and `more` (which may be negative).
  void limit(const std::string& policy, int64_t more) {
    const auto limit = static_cast<int64_t>(mem::zmalloc_used_memory()) + more;
    REQUIRE(run("CONFIG SET maxmemory-policy " + policy + " maxmemory " + std::to_string(limit)) == kDone);
  }
  void fill(const std::string& prefix, int count, int bytes, const std::string& options = "") {
    const std::string value(static_cast<size_t>(bytes), 'x');
    for (int i = 0; i < count; ++i) {
      REQUIRE(run("SET " + prefix + std::to_string(i) + " " + value + options) == kDone);
    }
  }
  std::string info(const std::string& name) {
    const std::string all = run("INFO stats");
    const size_t at = all.find("\n" + name + ":");
    if (at == std::string::npos) return "(none)";
    const size_t from = at + name.size() + 2;
    return all.substr(from, all.find('\r', from) - from);
  }
  size_t keys() { return server->keyspace().db(0).size(); }
  // A turn of the loop, without waiting.
  void turn() {
    server->loop().skip_next_wait();
    server->loop().run_once();
  }
};

}  // namespace

TEST_CASE("At the limit each write takes the place of another, under every policy for all keys") {
  for (const char* policy : {"allkeys-lru", "allkeys-lfu", "allkeys-lrm", "allkeys-random"}) {
    LimitFixture t;
    t.fill("warm", 100, 1000);
    t.limit(policy, 200'000);
    const uint64_t limit = t.config.settings().maxmemory;
    t.fill("k", 2000, 1000);
    REQUIRE(mem::zmalloc_used_memory() < limit + 20'000);
    REQUIRE(t.keys() > 150);
    REQUIRE(t.keys() < 400);
    REQUIRE(t.info("evicted_keys") == std::to_string(2100 - t.keys()));
    REQUIRE(t.info("current_eviction_exceeded_time") == "0");
  }
}

TEST_CASE("Volatile policies evict keys with a deadline, and refuse when none is left") {
  for (const char* policy :
       {"volatile-lru", "volatile-lfu", "volatile-lrm", "volatile-random", "volatile-ttl"}) {
    LimitFixture t;
    // However slow the machine is, all that may go goes at once.
    REQUIRE(t.run("CONFIG SET maxmemory-eviction-tenacity 100") == kDone);
    t.fill("kept", 100, 1000);
    t.fill("volatile", 100, 1000, " EX 1000");
    t.limit(policy, -20'000);
    REQUIRE(t.run("SET k v") == kDone);
    REQUIRE(t.keys() < 191);
    REQUIRE(t.keys() > 101);
    t.limit(policy, -250'000);
    REQUIRE(t.run("SET k v") == kNoMemory);
    REQUIRE(t.keys() == 101);
    REQUIRE(t.run("GET k") == "$1\r\nv\r\n");
    REQUIRE(t.run("CONFIG SET maxmemory 0\r\nSET k w") == kDone + kDone);
  }
}

TEST_CASE("Over maxmemory with noeviction, what may use memory is refused at once") {
  LimitFixture t;
  REQUIRE(t.run("SET k v") == kDone);
  t.limit("noeviction", 1'000'000);
  // Within one batch: the first takes all there is.
  REQUIRE(t.run("SETRANGE big 2000000 x\r\nSET k w\r\nGET k\r\nDEL big\r\nSET k w") ==
          ":2000001\r\n" + kNoMemory + "$1\r\nv\r\n:1\r\n" + kDone);
}

TEST_CASE("EXEC is refused for what is in its queue, and a queue may not grow") {
  LimitFixture t;
  REQUIRE(t.run("SET k v") == kDone);
  REQUIRE(t.run("CONFIG SET maxmemory 1") == kDone);
  REQUIRE(t.run("MULTI\r\nGET k\r\nEXEC") ==
          kDone + kNoMemory + "-EXECABORT Transaction discarded because of previous errors.\r\n");
  REQUIRE(t.run("MULTI\r\nWATCH k\r\nMULTI\r\nDISCARD\r\nMULTI\r\nRESET\r\nWATCH k") ==
          kDone + kNoMemory + kNoMemory + kDone + kDone + "+RESET\r\n" + kDone);
  REQUIRE(t.run("CONFIG SET maxmemory 0") == kDone);
  REQUIRE(t.run("MULTI\r\nWATCH k") == kDone + "-ERR WATCH inside MULTI is not allowed\r\n");
  REQUIRE(t.run("MULTI\r\nCONFIG SET maxmemory 1\r\nSET k w\r\nEXEC\r\nSET k x") ==
          kDone + "+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n+OK\r\n" + kNoMemory);
}

TEST_CASE("A limit below everything leaves no key, and what needs memory is refused") {
  LimitFixture t;
  REQUIRE(t.run("SET k v") == kDone);
  REQUIRE(t.run("CONFIG SET maxmemory-policy allkeys-lru maxmemory 1\r\nSET k w\r\nEXISTS k") ==
          kDone + kNoMemory + ":0\r\n");
}

TEST_CASE("A limit lowered by far is worked off in slices, and writes are served meanwhile") {
  LimitFixture t;
  REQUIRE(t.run("CONFIG SET maxmemory-eviction-tenacity 1") == kDone);
  t.fill("k", 20'000, 100);
  const size_t before = t.keys();
  t.limit("allkeys-lru", -2'500'000);
  REQUIRE(t.run("SET more v") == kDone);
  REQUIRE(t.keys() > before / 2);
  int turns = 0;
  for (; mem::zmalloc_used_memory() > t.config.settings().maxmemory && turns < 10'000; ++turns) t.turn();
  REQUIRE(turns > 2);
  REQUIRE(turns < 10'000);
  REQUIRE(t.keys() > 0);
  REQUIRE(t.info("current_eviction_exceeded_time") == "0");
  REQUIRE(t.info("total_eviction_exceeded_time") != "0");
}

TEST_CASE("A policy without a limit leaves nothing to be done") {
  DispatcherFixture t;
  config::Settings settings;
  settings.maxmemory_policy = config::MaxmemoryPolicy::allkeys_lru;
  t.memory.follow(settings);
  REQUIRE_FALSE(t.memory.in_haste());
  settings.maxmemory = 1;
  t.memory.follow(settings);
  REQUIRE(t.memory.in_haste());
  settings.maxmemory = 0;
  t.memory.follow(settings);
  REQUIRE_FALSE(t.memory.in_haste());
}

TEST_CASE("While clients are paused, nothing is evicted") {
  LimitFixture t;
  t.fill("k", 100, 1000);
  REQUIRE(t.run("CLIENT PAUSE 100000 WRITE") == kDone);
  t.limit("allkeys-lru", -50'000);
  t.turn();
  REQUIRE(t.run("EXISTS k0") == ":1\r\n");
  REQUIRE(t.keys() == 100);
  REQUIRE(t.run("CLIENT UNPAUSE") == kDone);
  t.turn();
  REQUIRE(t.keys() < 100);
}

TEST_CASE("A watched key that is evicted fails the transaction") {
  LimitFixture t;
  REQUIRE(t.run("SET k v") == kDone);
  REQUIRE(t.run("WATCH k\r\nCONFIG SET maxmemory-policy allkeys-lru maxmemory 1\r\nSET x y\r\n"
                "CONFIG SET maxmemory 0\r\nMULTI\r\nPING\r\nEXEC") ==
          kDone + kDone + kNoMemory + kDone + kDone + "+QUEUED\r\n*-1\r\n");
}

TEST_CASE("The time of a slice follows maxmemory-eviction-tenacity as in Redis 7.0") {
  REQUIRE(MemoryLimit::slice_us(0) == 0);
  REQUIRE(MemoryLimit::slice_us(1) == 50);
  REQUIRE(MemoryLimit::slice_us(10) == 500);
  REQUIRE(MemoryLimit::slice_us(11) == 575);
  REQUIRE(MemoryLimit::slice_us(20) == 2022);
  REQUIRE(MemoryLimit::slice_us(100) > 1'000'000'000'000);
}

TEST_CASE("OBJECT REFCOUNT of small integers is 1 where each key has a clock of its own") {
  LimitFixture t;
  REQUIRE(t.run("SET n 5") == kDone);
  REQUIRE(t.run("CONFIG SET maxmemory-policy allkeys-lru\r\nOBJECT REFCOUNT n") == kDone + ":2147483647\r\n");
  REQUIRE(t.run("CONFIG SET maxmemory 1gb\r\nOBJECT REFCOUNT n") == kDone + ":1\r\n");
  REQUIRE(t.run("CONFIG SET maxmemory-policy allkeys-random\r\nOBJECT REFCOUNT n") ==
          kDone + ":2147483647\r\n");
}

// Each look at this clock takes two milliseconds.
static MonoUs slow_clock() {
  static MonoUs now{1'000'000};
  return now = now + 2000;
}

TEST_CASE("Eviction that takes long is an event of the latency monitor, and so is each key") {
  testing::SessionFixture t;
  admin::LatencyMonitor latency;
  ReclaimWorker worker;
  MemoryLimit memory(t.keyspace, t.executor, worker, latency, {.mono = slow_clock});
  config::Settings settings;
  settings.maxmemory = 1;
  settings.maxmemory_policy = config::MaxmemoryPolicy::allkeys_random;
  const auto evict = [&] {
    t.keyspace.db(0).probe("k").store(store::String::encode("v"));
    memory.follow(settings);
    memory.go_on();
    REQUIRE(t.keyspace.db(0).size() == 0);
  };
  evict();
  REQUIRE(latency.all().empty());  // it is off
  latency.threshold_ms = 1;
  evict();
  REQUIRE(latency.all().size() == 2);
  REQUIRE(latency.find("eviction-cycle")->worst_ms() > 2);
  REQUIRE(latency.find("eviction-del")->worst_ms() == 2);
  REQUIRE(latency.forget("eviction-del"));
  memory.go_on();
  REQUIRE(latency.find("eviction-del") == nullptr);  // there was no key left
}

}  // namespace redpoll::server
