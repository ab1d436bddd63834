#include "session/transaction.h"

#include <catch2/catch.hpp>

#include "mem/zmalloc.h"
#include "session/client_info.h"
#include "support/session_fixture.h"

namespace redpoll::testing {

using session::Client;
using session::Transaction;

namespace {

const std::string kQueued = "+QUEUED\r\n";

// One client, and a data set that others change.
struct TransactionFixture : SessionFixture {
  // Nobody but who watches reads changes.
  explicit TransactionFixture(config::Settings settings = {}) : SessionFixture(std::move(settings)) {
    recorder.listen(false);
  }
  void put(std::string_view key, int db = 0) { keyspace.db(db).probe(key).store(store::String::encode("v")); }
  void put_until(std::string_view key, int64_t in_ms) {
    store::Slot slot = keyspace.db(0).probe(key);
    slot.store(store::String::encode("v"));
    slot.expire_at(now + in_ms);
  }
  void erase(std::string_view key, int db = 0) { keyspace.db(db).probe(key).erase(); }
  void advance_ms(int64_t ms) {
    now = now + ms;
    keyspace.terms().now = now;
  }
  // Whether EXEC of an empty transaction of `me` finds that what it watches was touched.
  bool exec_is_refused() {
    REQUIRE(run({"multi"}) == kOk);
    const std::string reply = run({"exec"});
    REQUIRE((reply == "*0\r\n" || reply == "*-1\r\n"));
    return reply == "*-1\r\n";
  }
  void watch(std::string_view key) { REQUIRE(run({"watch", std::string(key)}) == kOk); }
};

}  // namespace

TEST_CASE("A queue keeps copies of requests, in order, and adds up what they need") {
  Transaction queue;
  exec::CommandEntry a, b;
  a.needs = exec::needs::kWriting;
  b.needs = exec::needs::kMemory;
  {
    Words words{"SET", "", "value"};
    const std::vector<resp::Arg> args(words.begin(), words.end());
    queue.queue(a, args);
    queue.queue(b, std::span(args).first(1));
    words = {"xxx", "x", "xxxxx"};
  }
  REQUIRE(queue.size() == 2);
  REQUIRE(queue.needs() == (exec::needs::kWriting | exec::needs::kMemory));
  Lines seen;
  queue.each([&](exec::CommandEntry& entry, std::span<const resp::Arg> args) {
    std::string line = &entry == &a ? "a" : "b";
    for (const resp::Arg arg : args) line.append(" '").append(arg.view()).append("'");
    seen.push_back(line);
  });
  REQUIRE(seen == Lines{"a 'SET' '' 'value'", "b 'SET'"});
  REQUIRE_FALSE(queue.failed());
  queue.fail();
  REQUIRE(queue.failed());
}

TEST_CASE("The bytes of a queue grow with its requests, and memory is no less than they are") {
  Transaction queue;
  exec::CommandEntry entry;
  const std::string large(100'000, 'x');
  const resp::Arg args[] = {"SET", "k", std::string_view(large)};
  REQUIRE(queue.argument_bytes() == 0);
  queue.queue(entry, args);
  const Bytes one = queue.argument_bytes();
  REQUIRE(one > large.size());
  queue.queue(entry, args);
  REQUIRE(queue.argument_bytes() == 2 * one);
  REQUIRE(queue.memory_bytes() >= queue.argument_bytes());
  REQUIRE(queue.memory_bytes() < 3 * queue.argument_bytes());
}

TEST_CASE("A client's queue counts as its memory and as its input, until the transaction ends") {
  TransactionFixture t;
  const Bytes before = t.me.memory_bytes();
  REQUIRE(t.run({"multi"}) == kOk);
  REQUIRE(t.run({"client", "setname", std::string(100'000, 'x')}) == kQueued);
  REQUIRE(t.me.memory_bytes() > before + 100'000);
  REQUIRE(t.me.input_held() > 100'000);
  REQUIRE(t.run({"discard"}) == kOk);
  REQUIRE(t.me.memory_bytes() == before);
  REQUIRE(t.me.input_held() == 0);
}

TEST_CASE("A client whose queue is larger than its input may be is closed") {
  config::Settings settings;
  settings.client_query_buffer_limit = 1 << 20;
  TransactionFixture t(settings);
  t.run({"multi"});
  for (int i = 0; i < 10; ++i) REQUIRE(t.run({"client", "setname", std::string(100'000, 'x')}) == kQueued);
  REQUIRE_FALSE(t.leaves(t.me));
  t.run({"client", "setname", std::string(100'000, 'x')});
  REQUIRE(t.leaves(t.me));
  REQUIRE(t.stats.query_buffer_limit_disconnections == 1);
}

TEST_CASE("A key that is changed, made or removed after WATCH refuses EXEC, and one that is not does not") {
  TransactionFixture t;
  t.put("there");
  t.watch("there");
  REQUIRE_FALSE(t.exec_is_refused());
  t.watch("there");
  t.put("there");
  REQUIRE(t.exec_is_refused());
  REQUIRE_FALSE(t.exec_is_refused());
  t.watch("there");
  t.erase("there");
  REQUIRE(t.exec_is_refused());
  t.watch("there");
  t.put("there");
  REQUIRE(t.exec_is_refused());
  t.watch("there");
  t.put("other");
  t.put("there", 1);
  REQUIRE_FALSE(t.exec_is_refused());
}

TEST_CASE("A key that goes and comes again, or comes and goes, is touched") {
  TransactionFixture t;
  t.put("a");
  t.watch("a");
  t.erase("a");
  t.put("a");
  REQUIRE(t.exec_is_refused());
  t.watch("b");
  t.put("b");
  t.erase("b");
  REQUIRE(t.exec_is_refused());
}

TEST_CASE("A key that expires after WATCH is touched, one that had expired is not, unless it comes anew") {
  TransactionFixture t;
  t.keyspace.terms().now = t.now;
  for (const bool looked_up : {false, true}) {
    t.put_until("k", 10);
    t.watch("k");
    t.advance_ms(11);
    if (looked_up) static_cast<void>(t.keyspace.db(0).lookup("k"));
    REQUIRE(t.exec_is_refused());
    t.put_until("k", 10);
    t.advance_ms(11);
    t.watch("k");
    if (looked_up) static_cast<void>(t.keyspace.db(0).lookup("k"));
    REQUIRE_FALSE(t.exec_is_refused());
    t.watch("k");
    t.put("k");
    REQUIRE(t.exec_is_refused());
    t.erase("k");
  }
}

TEST_CASE("A flush touches what was there and nothing else") {
  TransactionFixture t;
  t.put("a");
  t.watch("a");
  t.watch("b");
  t.keyspace.db(1).clear(store::Reclaim::now);
  REQUIRE_FALSE(t.exec_is_refused());
  t.watch("b");
  t.keyspace.db(0).clear(store::Reclaim::now);
  REQUIRE_FALSE(t.exec_is_refused());
  t.put("a");
  t.watch("a");
  t.keyspace.db(0).clear(store::Reclaim::now);
  REQUIRE(t.exec_is_refused());
}

TEST_CASE("Databases that change places touch what is in either, also if they change back") {
  TransactionFixture t;
  t.put("first", 0);
  t.put("second", 1);
  for (const int swaps : {1, 2}) {
    for (const std::string key : {"first", "second"}) {
      t.watch(key);
      for (int i = 0; i < swaps; ++i) t.keyspace.swap(0, 1);
      REQUIRE(t.exec_is_refused());
    }
    t.watch("neither");
    for (int i = 0; i < swaps; ++i) t.keyspace.swap(1, 0);
    REQUIRE_FALSE(t.exec_is_refused());
  }
  t.watch("first");
  t.keyspace.swap(2, 3);
  t.keyspace.swap(0, 0);
  REQUIRE_FALSE(t.exec_is_refused());
}

TEST_CASE("A key is watched in the database that the client had chosen") {
  TransactionFixture t;
  t.me.database = 2;
  t.watch("k");
  t.me.database = 0;
  t.put("k", 0);
  REQUIRE_FALSE(t.exec_is_refused());
  t.me.database = 2;
  t.watch("k");
  t.me.database = 0;
  t.put("k", 2);
  REQUIRE(t.exec_is_refused());
}

TEST_CASE("EXEC, DISCARD, UNWATCH and RESET end what was watched, a refused EXEC as well") {
  TransactionFixture t;
  t.put("k");
  const auto end_by = [&](std::vector<Words> requests) {
    t.watch("k");
    t.put("k");
    for (const Words& words : requests) t.run(words);
    REQUIRE(t.watches.keys() == 0);
    REQUIRE_FALSE(t.exec_is_refused());
  };
  end_by({{"unwatch"}});
  end_by({{"multi"}, {"discard"}});
  end_by({{"multi"}, {"exec"}});
  end_by({{"multi"}, {"exec", "x"}});
  end_by({{"multi"}, {"nosuch"}, {"exec"}});
  end_by({{"reset"}});
  end_by({{"multi"}, {"reset"}});
}

TEST_CASE("An error of EXEC comes before what was touched") {
  TransactionFixture t;
  t.watch("k");
  t.put("k");
  t.run({"multi"});
  t.run({"nosuch"});
  REQUIRE(t.run({"exec"}).starts_with("-EXECABORT"));
}

TEST_CASE("EXEC, DISCARD or WATCH that fail outside or inside change nothing") {
  TransactionFixture t;
  t.watch("k");
  t.put("k");
  REQUIRE(t.run({"exec"}) == "-ERR EXEC without MULTI\r\n");
  REQUIRE(t.run({"discard"}) == "-ERR DISCARD without MULTI\r\n");
  REQUIRE(t.watches.keys() == 1);
  REQUIRE(t.exec_is_refused());
  REQUIRE(t.run({"multi"}) == kOk);
  REQUIRE(t.run({"multi"}) == "-ERR MULTI calls can not be nested\r\n");
  REQUIRE(t.run({"watch", "k"}) == "-ERR WATCH inside MULTI is not allowed\r\n");
  REQUIRE(t.run({"unwatch"}) == kQueued);
  REQUIRE(t.run({"exec"}) == "*1\r\n+OK\r\n");
}

TEST_CASE("Each of several clients learns of a change, and whoever leaves takes only its own with it") {
  TransactionFixture t;
  Client& other = t.connect();
  t.watch("k");
  REQUIRE(t.run_as(other, {"watch", "k", "j"}) == kOk);
  REQUIRE(t.watches.keys() == 2);
  t.put("k");
  t.watches.forget(other);
  REQUIRE(t.watches.keys() == 1);
  REQUIRE_FALSE(t.watches.touched(other));
  REQUIRE(t.exec_is_refused());
}

TEST_CASE("Changes are read as long as a key is watched") {
  TransactionFixture t;
  REQUIRE_FALSE(t.journal.wants(exec::interest::kChanges));
  t.watch("k");
  REQUIRE(t.journal.wants(exec::interest::kChanges));
  t.run({"unwatch"});
  REQUIRE_FALSE(t.journal.wants(exec::interest::kChanges));
  t.watch("k");
  session::forget_client(t.session, t.me);
  REQUIRE_FALSE(t.journal.wants(exec::interest::kChanges));
  REQUIRE(t.watches.keys() == 0);
}

TEST_CASE(
    "Whoever watches a key a million times holds no more memory than for a few, and the first time counts") {
  TransactionFixture t;
  t.watch("k");
  t.watch("j");
  t.put("k");
  const std::vector<resp::Arg> names(1000, resp::Arg("k"));
  for (int i = 0; i < 1000; ++i) t.watches.watch(t.me, 0, names);
  REQUIRE(t.me.watched->size() <= 8);
  REQUIRE(t.watches.keys() == 2);
  REQUIRE(t.exec_is_refused());
  REQUIRE(t.watches.keys() == 0);
}

TEST_CASE("What is watched counts as the client's memory, and comes back") {
  TransactionFixture t;
  t.watch("warm");
  t.run({"unwatch"});
  const Bytes client_before = t.me.memory_bytes();
  const Bytes before = mem::zmalloc_used_memory();
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "key of some length " + std::to_string(i);
    const resp::Arg names[] = {std::string_view(name)};
    t.watches.watch(t.me, 0, names);
  }
  REQUIRE(t.me.memory_bytes() > client_before + 500'000);
  t.run({"unwatch"});
  REQUIRE(t.me.memory_bytes() == client_before);
  for (int i = 0; i < 2000; ++i) {  // the table becomes small again step by step
    t.watch("k");
    t.run({"unwatch"});
  }
  REQUIRE(mem::zmalloc_used_memory() < before + 100'000);
}

TEST_CASE("CLIENT INFO shows the queue of a transaction, and no queue outside of one") {
  TransactionFixture t;
  const auto multi = [&] {
    const std::string text = session::describe(t.me, mono_now());
    const size_t at = text.find(" multi=");
    return text.substr(at + 7, text.find(' ', at + 1) - at - 7);
  };
  REQUIRE(multi() == "-1");
  t.run({"multi"});
  REQUIRE(multi() == "0");
  t.run({"ping"});
  t.run({"ping"});
  REQUIRE(multi() == "2");
  t.run({"exec"});
  REQUIRE(multi() == "-1");
}

TEST_CASE("A queue that EXEC will refuse grows no more") {
  TransactionFixture t;
  const auto queue_after_touch = [&t](const std::string& key) {
    REQUIRE(t.run({"multi"}) == kOk);
    REQUIRE(t.run({"ping"}) == kQueued);
    t.put(key);
    for (int i = 0; i < 3; ++i) REQUIRE(t.run({"ping"}) == kQueued);
    const size_t size = t.me.transaction->size();
    REQUIRE(t.run({"exec"}) == "*-1\r\n");
    return size;
  };
  t.watch("a");
  t.watch("b");
  REQUIRE(queue_after_touch("b") == 1);
  // Where many keys are watched, EXEC finds what a glance has missed.
  for (int i = 0; i < 1000; ++i) t.watch("k" + std::to_string(i));
  REQUIRE(queue_after_touch("k999") == 4);
  t.watch("a");
  REQUIRE(t.run({"multi"}) == kOk);
  t.put("of no interest");
  REQUIRE(t.run({"ping"}) == kQueued);
  REQUIRE(t.run({"exec"}) == "*1\r\n+PONG\r\n");
}

TEST_CASE("EXEC answers each request for itself, errors too, and none of them waits") {
  TransactionFixture t;
  t.run({"multi"});
  REQUIRE(t.run({"echo", "a"}) == kQueued);
  REQUIRE(t.run({"client", "setname", "with space"}) == kQueued);
  REQUIRE(t.run({"select", "3"}) == kQueued);
  REQUIRE(t.run({"PING", "x"}) == kQueued);
  const std::string reply = t.run({"exec"});
  REQUIRE(reply.starts_with("*4\r\n$1\r\na\r\n-ERR Client names cannot contain"));
  REQUIRE(reply.ends_with("\r\n+OK\r\n$1\r\nx\r\n"));
  REQUIRE(t.me.database == 3);
  REQUIRE(t.table.find("echo")->stats.calls == 1);
  REQUIRE(t.table.find("exec")->stats.calls == 1);
  REQUIRE(t.me.last_command == t.table.find("exec"));
}

TEST_CASE("CLIENT REPLY within a transaction mutes what comes behind it") {
  const auto replies_of = [](std::vector<std::string> modes) {
    TransactionFixture t;
    t.run({"multi"});
    t.run({"echo", "1"});
    for (const std::string& mode : modes) t.run({"client", "reply", mode});
    t.run({"echo", "2"});
    const std::string exec = t.run({"exec"});
    return exec + "then " + t.run({"ping"});
  };
  REQUIRE(replies_of({"off"}) == "*3\r\n$1\r\n1\r\nthen ");
  REQUIRE(replies_of({"skip"}) == "*3\r\n$1\r\n1\r\n$1\r\n2\r\nthen ");
}

}  // namespace redpoll::testing
