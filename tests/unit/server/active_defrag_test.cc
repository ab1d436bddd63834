// Active defragmentation: what moves stays what it was, sparse memory is given back, and the share of time
// follows the directives.
#include "server/active_defrag.h"

#include <string>
#include <vector>

#include "mem/relocator.h"
#include "mem/zmalloc.h"
#include "server_fixture.h"
#include "store/defragmenter.h"

namespace redpoll::server {

namespace {

constexpr Bytes kMegabyte = 1 << 20;

constexpr const char* kQuestions[] = {
    "GET number",
    "GET short",
    "GET blob",
    "PEXPIRETIME short",
    "LRANGE list 0 -1",
    "HGETALL packed",
    "HGETALL hash",
    "HPEXPIRETIME hash FIELDS 3 f1 f2 f397",
    "SMEMBERS set",
    "SMEMBERS intset",
    "ZRANGE zset 0 -1 WITHSCORES",
    "ZRANK zset m217",
    "ZRANGE zset -inf +inf BYSCORE LIMIT 100 50",
    "DBSIZE",
};

struct DefragFixture : ServerFixture {
  // Sweeps through all databases in slices of no time, so that each is left where it stands.
  int sweep(store::Defragmenter& defragmenter, size_t whole) {
    int slices = 1;
    while (!defragmenter.sweep_for(0, whole)) ++slices;
    return slices;
  }
  std::string run_in(int db, const std::string& line) {
    return run("SELECT " + std::to_string(db) + "\r\n" + line);
  }
  std::vector<std::string> contents() {
    std::vector<std::string> replies;
    for (const int db : {0, 2}) {
      for (const char* question : kQuestions) replies.push_back(run_in(db, question));
    }
    return replies;
  }
  void validate() {
    for (const int db : {0, 2}) {
      server->keyspace().db(db).validate();
      server->keyspace().db(db).each([](const store::Entry& entry) {
        if (entry.encoding() == store::Encoding::object) entry.object().validate();
      });
    }
  }
  // Entries and collections of every kind, in two databases.
  void fill_with_everything();
};

void DefragFixture::fill_with_everything() {
  for (const int db : {0, 2}) {
    run_in(db, "SET number 12345");
    run_in(db, "SET short value PXAT 99999999999999");
    run_in(db, "SET blob " + std::string(9000, 'b'));
    run_in(db, "RPUSH list a b c");
    run_in(db, "HSET packed f v g w");
    run_in(db, "SADD intset 1 2 3");
    for (int i = 0; i < 600; ++i) {
      const std::string n = std::to_string(i);
      run_in(db, "HSET hash f" + n + " value" + n);
      if (i % 3 == 1)
        run_in(db, "HPEXPIREAT hash " + std::to_string(9'999'999'999'000 - i) + " FIELDS 1 f" + n);
      run_in(db, "SADD set member" + n + " " + n);
      run_in(db, "ZADD zset " + std::to_string(i % 7) + " m" + n);
      run_in(db, "RPUSH list " + std::string(100, 'l') + n);
    }
  }
}

}  // namespace

TEST_CASE("Whatever is moved stays what it was, in slices as small as can be") {
  DefragFixture t;
  t.fill_with_everything();
  const auto before = t.contents();
  REQUIRE(t.run("HPEXPIRETIME hash FIELDS 1 f1") == "*1\r\n:9999999998999\r\n");
  // As many elements at once as any collection has, and so few that each large one is done bit by bit.
  for (const size_t whole : {size_t{10'000}, size_t{10}}) {
    store::Defragmenter defragmenter(t.server->keyspace(), {},
                                     mem::Relocator(mem::Relocator::Choice::everything));
    REQUIRE(t.sweep(defragmenter, whole) > 2);
    // In each database: nine keys, the bytes of one value, 600 fields, 600 members that are no number and 600
    // with scores.
    REQUIRE(defragmenter.stats().hits == 2 * (9 + 1 + 600 + 600 + 600));
    REQUIRE(defragmenter.stats().misses == 0);
    REQUIRE(defragmenter.stats().key_hits >= 2 * 9);
    REQUIRE(t.contents() == before);
    t.validate();
  }
  // What moves is found by who changes it: by its name, by its deadline, by its rank.
  REQUIRE(t.run("HPEXPIRE hash 100000 FIELDS 1 f1") == "*1\r\n:1\r\n");
  REQUIRE(t.run("HDEL hash f1 f2 f4") == ":3\r\n");
  REQUIRE(t.run("ZADD zset 100 m3") == ":0\r\n");
  REQUIRE(t.run("ZREVRANK zset m3") == ":0\r\n");
  REQUIRE(t.run("SREM set member7 7") == ":2\r\n");
  REQUIRE(t.run("FLUSHALL") == "+OK\r\n");
}

TEST_CASE("A collection that goes while it is being moved is left alone") {
  DefragFixture t;
  for (int i = 0; i < 2000; ++i) t.run("SADD set member" + std::to_string(i));
  store::Defragmenter defragmenter(t.server->keyspace(), {},
                                   mem::Relocator(mem::Relocator::Choice::everything));
  REQUIRE_FALSE(defragmenter.sweep_for(0, 10));
  const uint64_t moved = defragmenter.stats().hits;
  t.run("DEL set");
  t.run("SET set text");
  t.sweep(defragmenter, 10);
  REQUIRE(defragmenter.stats().hits - moved < 10);
  REQUIRE(t.run("GET set") == "$4\r\ntext\r\n");
}

TEST_CASE("Memory that is mostly holes is given back") {
  if (!mem::Relocator::possible()) return;
  DefragFixture t;
  constexpr int kKeys = 200'000;
  const std::string value(100, 'x');
  for (int i = 0; i < kKeys; ++i) t.run("SET key:" + std::to_string(i) + " " + value);
  for (int i = 0; i < kKeys; ++i) {
    if (i % 4 != 0) t.run("DEL key:" + std::to_string(i));
  }
  const auto waste = [] {
    const mem::AllocatorStats stats = mem::zmalloc_allocator_stats();
    return stats.active - stats.allocated;
  };
  const Bytes before = waste();
  REQUIRE(before > 15 * kMegabyte);
  store::Defragmenter defragmenter(t.server->keyspace(), {});
  t.sweep(defragmenter, 1000);
  REQUIRE(waste() < before / 2);
  REQUIRE(t.run("GET key:196000").ends_with(value + "\r\n"));
  // What lies well is left where it is.
  t.sweep(defragmenter, 1000);
  const uint64_t moved = defragmenter.stats().hits;
  t.sweep(defragmenter, 1000);
  REQUIRE(defragmenter.stats().hits - moved < kKeys / 4 / 4);
}

TEST_CASE("The share of the time rises from the lower threshold to the upper one") {
  config::Settings settings;
  const auto share = [&](Bytes megabytes, Bytes in_pages) {
    return ActiveDefrag::share(megabytes * kMegabyte, in_pages * kMegabyte, settings);
  };
  REQUIRE(share(1000, 1000) == 0);
  REQUIRE(share(1000, 1099) == 0);  // less than 100 MB
  REQUIRE(share(2000, 2199) == 0);  // less than 10 %
  REQUIRE(share(2000, 2200) == 1);
  REQUIRE(share(1000, 1550) == 13);
  REQUIRE(share(1000, 2000) == 25);
  REQUIRE(share(1000, 9000) == 25);
  REQUIRE(share(10, 90) == 0);
  settings.active_defrag_ignore_bytes = kMegabyte;
  REQUIRE(share(10, 90) == 25);
  settings.active_defrag_threshold_lower = settings.active_defrag_threshold_upper = 50;
  REQUIRE(share(1000, 1499) == 0);
  REQUIRE(share(1000, 1500) == 25);
  settings.active_defrag_cycle_min = 40;
  REQUIRE(share(1000, 1500) == 40);
}

TEST_CASE("With activedefrag the server works until the waste is gone") {
  DefragFixture t;
  if (!mem::Relocator::possible()) {
    REQUIRE(t.run("CONFIG SET activedefrag yes").starts_with("-ERR CONFIG SET failed"));
    REQUIRE(t.run("CONFIG SET activedefrag no") == "+OK\r\n");
    return;
  }
  for (int i = 0; i < 100'000; ++i) t.run("SET key:" + std::to_string(i) + " " + std::string(100, 'x'));
  for (int i = 0; i < 100'000; ++i) {
    if (i % 5 != 0) t.run("DEL key:" + std::to_string(i));
  }
  REQUIRE(t.run("CONFIG SET activedefrag yes active-defrag-ignore-bytes 1mb") == "+OK\r\n");
  admin::LatencyMonitor latency;
  ActiveDefrag defrag(t.server->session(), t.server->keyspace(), latency);
  REQUIRE(defrag.figures().running_percent == 0);
  defrag.consider();
  REQUIRE(defrag.figures().running_percent == 25);
  for (int turn = 0; turn < 10'000 && defrag.figures().running_percent > 0; ++turn)
    t.server->loop().run_once();
  REQUIRE(defrag.figures().running_percent == 0);
  REQUIRE(defrag.figures().moved.hits > 10'000);
  REQUIRE(defrag.figures().moved.key_hits > 10'000);
  REQUIRE(defrag.figures().total_us > 0);
  REQUIRE(defrag.figures().current_us == 0);
  defrag.consider();
  REQUIRE(defrag.figures().running_percent == 0);
  defrag.reset_stats();
  REQUIRE(defrag.figures().moved.hits == 0);
}

}  // namespace redpoll::server
