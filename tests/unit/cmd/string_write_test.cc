// SET and relatives, GETSET, GETDEL, GETEX, MSET, MSETNX. Replies, events and propagation are those of
// Redis 7.0.15.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

static std::string bad_expire(std::string_view command) {
  return error_reply("ERR invalid expire time in '" + std::string(command) + "' command");
}

TEST_CASE("SET stores, tells and propagates") {
  CommandFixture t;
  REQUIRE(t.run({"set", "k", "v"}) == kOk);
  REQUIRE(t.events() == Lines{"0 n new k", "0 $ set k"});
  REQUIRE(t.propagated() == Lines{"0 set k v"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.run({"get", "k"}) == bulk_reply("v"));
  REQUIRE(t.run({"set", "k", "w"}) == kOk);
  REQUIRE(t.events() == Lines{"0 $ set k"});
}

TEST_CASE("SET replaces a value of any type and drops the TTL") {
  CommandFixture t;
  t.put_list("k");
  REQUIRE(t.run({"set", "k", "v"}) == kOk);
  REQUIRE(t.run({"get", "k"}) == bulk_reply("v"));
  t.given({"set k v EX 10", "set k w"});
  REQUIRE(t.pttl("k") == -1);
}

TEST_CASE("SET NX and XX look whether the key is there") {
  CommandFixture t;
  REQUIRE(t.run({"set", "k", "v", "XX"}) == kNull);
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.propagated().empty());
  REQUIRE(t.run({"set", "k", "v", "nx"}) == kOk);
  REQUIRE(t.run({"set", "k", "w", "NX"}) == kNull);
  REQUIRE(t.run({"set", "k", "w", "xx", "XX"}) == kOk);
  REQUIRE(t.run({"set", "k", "w", "NX", "XX"}) == kSyntaxError);
}

TEST_CASE("SET GET returns the old value and is not propagated with the option") {
  CommandFixture t;
  REQUIRE(t.run({"set", "k", "1", "GET"}) == kNull);
  REQUIRE(t.events() == Lines{"0 m keymiss k", "0 n new k", "0 $ set k"});
  REQUIRE(t.run({"set", "k", "2", "get", "KEEPTTL", "GET"}) == bulk_reply("1"));
  REQUIRE(t.propagated() == Lines{"0 set k 2 KEEPTTL"});
  REQUIRE(t.run({"set", "k", "3", "NX", "GET"}) == bulk_reply("2"));
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.run({"set", "absent", "3", "XX", "GET"}) == kNull);
  t.put_list("list");
  REQUIRE(t.run({"set", "list", "v", "GET"}) == kWrongType);
}

TEST_CASE("SET with a deadline propagates it as an absolute time") {
  CommandFixture t;
  const std::string at = std::to_string(t.now.v + 10'000);
  const std::string at_s = std::to_string(t.now.v / 1000 + 10);
  for (const auto& [option, value] :
       {std::pair{"EX", "10"}, {"px", "10000"}, {"EXAT", at_s.c_str()}, {"pxat", at.c_str()}}) {
    REQUIRE(t.run({"set", "k", "v", option, value}) == kOk);
    REQUIRE(t.pttl("k") == 10'000);
    REQUIRE(t.propagated() == Lines{"0 SET k v PXAT " + at});
    REQUIRE(t.events().back() == "0 g expire k");
    REQUIRE(t.dirty() == 1);
  }
  REQUIRE(t.run({"set", "k", "w", "GET", "XX", "PX", "5"}) == bulk_reply("v"));
  REQUIRE(t.propagated() == Lines{"0 SET k w PXAT " + std::to_string(t.now.v + 5)});
}

TEST_CASE("SET KEEPTTL keeps the TTL") {
  CommandFixture t;
  t.given({"set k v PX 500", "set k a-longer-value-that-does-not-fit KEEPTTL"});
  REQUIRE(t.pttl("k") == 500);
  REQUIRE(t.propagated() == Lines{"0 set k a-longer-value-that-does-not-fit KEEPTTL"});
  t.given({"set fresh v KEEPTTL"});
  REQUIRE(t.pttl("fresh") == -1);
}

TEST_CASE("SET accepts a deadline in the past: the next look removes the key") {
  CommandFixture t;
  REQUIRE(t.run({"set", "k", "v", "PXAT", "1"}) == kOk);
  REQUIRE(t.db().size() == 1);
  REQUIRE(t.run({"get", "k"}) == kNull);
  REQUIRE(t.events() == Lines{"0 x expired k", "0 m keymiss k"});
  REQUIRE(t.propagated() == Lines{"0 DEL k"});
  REQUIRE(t.db().size() == 0);
}

TEST_CASE("SET refuses bad options before it looks at the key") {
  CommandFixture t;
  t.put_list("list");
  const auto with = [&](Words options) {
    Words words{"set", "list", "v"};
    words.insert(words.end(), options.begin(), options.end());
    return t.run(words);
  };
  for (const Words& options : {Words{"EX"},
                               {"EX", "1", "PX", "1"},
                               {"EX", "1", "KEEPTTL"},
                               {"KEEPTTL", "PXAT", "1"},
                               {"PERSIST"},
                               {"bogus"},
                               {"", "GET"},
                               {std::string("\0NX", 3)},
                               {"NX", "EX"}}) {
    REQUIRE(with(options) == kSyntaxError);
  }
  for (const char* number : {"0", "-1", "9223372036854775807", "9223372036854775"}) {
    REQUIRE(with({"GET", "EX", number}) == bad_expire("set"));
  }
  REQUIRE(with({"PX", "9223372036854775807"}) == bad_expire("set"));
  REQUIRE(with({"PXAT", "9223372036854775807", "NX"}) == kNull);
  REQUIRE(with({"EX", "ten"}) == error_reply("ERR value is not an integer or out of range"));
  REQUIRE(with({"EX", "1", "EX", "2"}) == kOk);
  REQUIRE(t.pttl("list") == 2000);
}

TEST_CASE("SETNX answers whether it stored") {
  CommandFixture t;
  REQUIRE(t.run({"setnx", "k", "v"}) == ":1\r\n");
  REQUIRE(t.events() == Lines{"0 n new k", "0 $ set k"});
  REQUIRE(t.run({"setnx", "k", "w"}) == ":0\r\n");
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.run({"get", "k"}) == bulk_reply("v"));
}

TEST_CASE("SETEX and PSETEX set value and deadline") {
  CommandFixture t;
  REQUIRE(t.run({"setex", "k", "10", "v"}) == kOk);
  REQUIRE(t.propagated() == Lines{"0 SET k v PXAT " + std::to_string(t.now.v + 10'000)});
  REQUIRE(t.events() == Lines{"0 n new k", "0 $ set k", "0 g expire k"});
  REQUIRE(t.run({"psetex", "k", "10", "v"}) == kOk);
  REQUIRE(t.pttl("k") == 10);
  REQUIRE(t.run({"setex", "k", "0", "v"}) == bad_expire("setex"));
  REQUIRE(t.run({"psetex", "k", "-1", "v"}) == bad_expire("psetex"));
  REQUIRE(t.run({"setex", "k", "x", "v"}) == error_reply("ERR value is not an integer or out of range"));
}

TEST_CASE("GETSET exchanges the value and propagates as SET") {
  CommandFixture t;
  REQUIRE(t.run({"getset", "k", "1"}) == kNull);
  t.given({"set k 1 EX 10"});
  REQUIRE(t.run({"getset", "k", "2"}) == bulk_reply("1"));
  REQUIRE(t.propagated() == Lines{"0 SET k 2"});
  REQUIRE(t.pttl("k") == -1);
  t.put_list("list");
  REQUIRE(t.run({"getset", "list", "2"}) == kWrongType);
}

TEST_CASE("GETDEL removes the key and propagates as DEL") {
  CommandFixture t;
  t.given({"set k v"});
  REQUIRE(t.run({"getdel", "k"}) == bulk_reply("v"));
  REQUIRE(t.events() == Lines{"0 g del k"});
  REQUIRE(t.propagated() == Lines{"0 DEL k"});
  REQUIRE(t.run({"getdel", "k"}) == kNull);
  REQUIRE(t.dirty() == 0);
  t.put_list("list");
  REQUIRE(t.run({"getdel", "list"}) == kWrongType);
}

TEST_CASE("GETEX without options changes nothing") {
  CommandFixture t;
  t.given({"set k v PX 100"});
  REQUIRE(t.run({"getex", "k"}) == bulk_reply("v"));
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.pttl("k") == 100);
}

TEST_CASE("GETEX sets and removes the deadline") {
  CommandFixture t;
  t.given({"set k v"});
  REQUIRE(t.run({"getex", "k", "EX", "10"}) == bulk_reply("v"));
  REQUIRE(t.propagated() == Lines{"0 PEXPIREAT k " + std::to_string(t.now.v + 10'000)});
  REQUIRE(t.events() == Lines{"0 g expire k"});
  REQUIRE(t.run({"getex", "k", "persist"}) == bulk_reply("v"));
  REQUIRE(t.propagated() == Lines{"0 PERSIST k"});
  REQUIRE(t.events() == Lines{"0 g persist k"});
  REQUIRE(t.run({"getex", "k", "PERSIST"}) == bulk_reply("v"));
  REQUIRE(t.dirty() == 0);
}

TEST_CASE("GETEX with a time in the past removes the key") {
  CommandFixture t;
  t.given({"set k v"});
  REQUIRE(t.run({"getex", "k", "PXAT", "1"}) == bulk_reply("v"));
  REQUIRE(t.propagated() == Lines{"0 DEL k"});
  REQUIRE(t.events() == Lines{"0 g del k"});
  REQUIRE(t.db().size() == 0);
  t.keyspace.lazy_expire = true;
  t.given({"set k v", "getex k EXAT 1"});
  REQUIRE(t.propagated() == Lines{"0 UNLINK k"});
}

TEST_CASE("GETEX checks the number only when there is a string") {
  CommandFixture t;
  REQUIRE(t.run({"getex", "k", "EX", "-1"}) == kNull);
  t.put_list("list");
  REQUIRE(t.run({"getex", "list", "EX", "-1"}) == kWrongType);
  REQUIRE(t.run({"getex", "list", "EX", "1", "PERSIST"}) == kSyntaxError);
  REQUIRE(t.run({"getex", "list", "KEEPTTL"}) == kSyntaxError);
  t.given({"set k v"});
  REQUIRE(t.run({"getex", "k", "EX", "-1"}) == bad_expire("getex"));
}

TEST_CASE("MSET sets every pair and the last one of a key wins") {
  CommandFixture t;
  REQUIRE(t.run({"mset", "a", "1", "b", "2", "a", "3"}) == kOk);
  REQUIRE(t.events() == Lines{"0 n new a", "0 $ set a", "0 n new b", "0 $ set b", "0 $ set a"});
  REQUIRE(t.propagated() == Lines{"0 mset a 1 b 2 a 3"});
  REQUIRE(t.dirty() == 3);
  REQUIRE(t.run({"mget", "a", "b"}) == "*2\r\n$1\r\n3\r\n$1\r\n2\r\n");
  REQUIRE(t.run({"mset", "a", "1", "b"}) == error_reply("ERR wrong number of arguments for 'mset' command"));
}

TEST_CASE("MSETNX sets all or nothing") {
  CommandFixture t;
  REQUIRE(t.run({"msetnx", "a", "1", "b", "2"}) == ":1\r\n");
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.run({"msetnx", "c", "1", "b", "3"}) == ":0\r\n");
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.run({"get", "c"}) == kNull);
  REQUIRE(t.run({"msetnx", "c", "1", "b"}) ==
          error_reply("ERR wrong number of arguments for 'msetnx' command"));
}

TEST_CASE("Nothing is composed for propagation when nobody takes it") {
  CommandFixture t;
  t.recorder.listen(false);
  t.given({"set k v EX 10", "getdel k"});
  REQUIRE(t.propagated().empty());
}

TEST_CASE("Commands work on the selected database") {
  CommandFixture t;
  t.select(3);
  t.given({"set k v"});
  REQUIRE(t.events() == Lines{"3 n new k", "3 $ set k"});
  REQUIRE(t.propagated() == Lines{"3 set k v"});
  t.select(0);
  REQUIRE(t.run({"get", "k"}) == kNull);
}

}  // namespace redpoll::testing
