// SORT, SORT_RO. Replies are those of Redis 7.0.15.
#include <algorithm>
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

namespace {

std::string array(const Words& words) {
  std::string reply = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) reply += bulk_reply(word);
  return reply;
}

const std::string kNotNumbers = error_reply("ERR One or more scores can't be converted into double");

}  // namespace

TEST_CASE("SORT orders numbers, and by text with ALPHA") {
  CommandFixture t;
  t.given({"rpush l 10 9 -1 1.5 2", "sadd s 3 1 2", "zadd z 1 30 2 4"});
  REQUIRE(t.run({"sort", "l"}) == array({"-1", "1.5", "2", "9", "10"}));
  REQUIRE(t.run({"sort", "l", "desc"}) == array({"10", "9", "2", "1.5", "-1"}));
  REQUIRE(t.run({"sort", "l", "alpha"}) == array({"-1", "1.5", "10", "2", "9"}));
  REQUIRE(t.run({"sort_ro", "s"}) == array({"1", "2", "3"}));
  REQUIRE(t.run({"sort", "z"}) == array({"4", "30"}));
  REQUIRE(t.run({"sort", "none"}) == "*0\r\n");
  t.given({"rpush words b a"});
  REQUIRE(t.run({"sort", "words"}) == kNotNumbers);
  t.given({"set str x", "hset h f 1"});
  REQUIRE(t.run({"sort", "str"}) == kWrongType);
  REQUIRE(t.run({"sort", "h"}) == kWrongType);
}

TEST_CASE("Texts are in the order of their bytes, however much of them is alike") {
  CommandFixture t;
  Words texts;
  for (const char* end :
       {"", "a", "b", "ab", "aa", "aaaaaaaa", "aaaaaaab", "aaaaaaaab", "aaaaaaaaa", "\x7f", "\xff"}) {
    texts.push_back(std::string("element:") + end);
  }
  texts.push_back(std::string("element:\0", 9));
  texts.push_back(std::string("element:\0\0", 10));
  texts.push_back(std::string("element:a\0b", 11));
  Words push{"rpush", "l"};
  push.insert(push.end(), texts.begin(), texts.end());
  t.run(push);
  std::sort(texts.begin(), texts.end());
  REQUIRE(t.run({"sort", "l", "alpha"}) == array(texts));
  // Where nothing is alike, a text without bytes among them.
  t.run({"rpush", "l", "", "z"});
  texts.insert(texts.begin(), "");
  texts.push_back("z");
  REQUIRE(t.run({"sort", "l", "alpha"}) == array(texts));
  std::reverse(texts.begin(), texts.end());
  REQUIRE(t.run({"sort", "l", "alpha", "desc"}) == array(texts));
}

TEST_CASE("LIMIT takes a window of the whole order") {
  CommandFixture t;
  t.given({"rpush l 5 4 3 2 1"});
  const auto limited = [&t](const char* offset, const char* count) {
    return t.run({"sort", "l", "limit", offset, count});
  };
  REQUIRE(limited("1", "2") == array({"2", "3"}));
  REQUIRE(limited("-5", "2") == array({"1", "2"}));
  REQUIRE(limited("3", "-1") == array({"4", "5"}));
  REQUIRE(limited("0", "0") == "*0\r\n");
  REQUIRE(limited("5", "1") == "*0\r\n");
  REQUIRE(limited("9223372036854775807", "9223372036854775807") == "*0\r\n");
  REQUIRE(limited("4", "9223372036854775807") == array({"5"}));
  REQUIRE(limited("x", "1") == error_reply("ERR value is not an integer or out of range"));
  REQUIRE(t.run({"sort", "l", "limit", "x"}) == kSyntaxError);
}

TEST_CASE("BY and GET follow patterns to strings and fields of hashes") {
  CommandFixture t;
  t.given(
      {"rpush l a b c", "set w_a 3", "set w_b 1", "hset o_a p 1 t A", "hset o_b p 3 t B", "hset o_c p 2"});
  REQUIRE(t.run({"sort", "l", "by", "w_*"}) == array({"c", "b", "a"}));  // a missing weight is 0
  REQUIRE(t.run({"sort", "l", "by", "o_*->p", "get", "#", "get", "w_*"}) ==
          "*6\r\n$1\r\na\r\n$1\r\n3\r\n$1\r\nc\r\n$-1\r\n$1\r\nb\r\n$1\r\n1\r\n");
  REQUIRE(t.run({"sort", "l", "by", "o_*->t", "alpha"}) == array({"c", "a", "b"}));
  REQUIRE(t.run({"sort", "l", "by", "nosort", "get", "constant"}) == "*3\r\n$-1\r\n$-1\r\n$-1\r\n");
  REQUIRE(t.run({"sort", "l", "alpha", "get", "o_*"}) == "*3\r\n$-1\r\n$-1\r\n$-1\r\n");
  t.given({"set w_b->x text"});
  REQUIRE(t.run({"sort", "l", "by", "w_*->"}) ==
          array({"a", "b", "c"}));  // an arrow to nothing: no such keys
  t.given({"set w_c text"});
  REQUIRE(t.run({"sort", "l", "by", "w_*"}) == kNotNumbers);
}

TEST_CASE("BY without a star keeps the order of lists and sorted sets") {
  CommandFixture t;
  t.given({"rpush l 2 3 1", "zadd z 1 c 2 a 3 b"});
  REQUIRE(t.run({"sort", "l", "by", "x"}) == array({"2", "3", "1"}));
  REQUIRE(t.run({"sort", "l", "by", "x", "desc", "limit", "0", "2"}) == array({"1", "3"}));
  REQUIRE(t.run({"sort", "z", "by", "x"}) == array({"c", "a", "b"}));
  REQUIRE(t.run({"sort", "z", "by", "x", "desc", "limit", "1", "5"}) == array({"a", "c"}));
  t.given({"sadd s b c a"});
  REQUIRE(t.run({"sort", "s", "by", "x", "store", "d"}) == ":3\r\n");
  REQUIRE(t.run({"lrange", "d", "0", "-1"}) == array({"a", "b", "c"}));
}

TEST_CASE("A sorted set that SORT sorts becomes a table, and SORT_RO changes nothing") {
  CommandFixture t;
  for (const char* command : {"sort", "sort_ro"}) {
    t.given({"del z", "zadd z 2 1 1 2", "expire z 100"});
    REQUIRE(t.encoding("z") == "listpack");
    REQUIRE(t.run({command, "z", "by", "nosort"}) == array({"2", "1"}));
    REQUIRE(t.encoding("z") == (std::string_view(command) == "sort" ? "skiplist" : "listpack"));
    REQUIRE(t.changes().empty());
    REQUIRE(t.pttl("z") > 0);
    REQUIRE(t.run({"zrange", "z", "0", "-1", "withscores"}) == array({"2", "1", "1", "2"}));
    REQUIRE(t.dirty() == 0);
  }
  t.given({"zadd y 1 1"});
  REQUIRE(t.run({"sort", "y", "limit"}) == kSyntaxError);
  REQUIRE(t.encoding("y") == "listpack");
}

TEST_CASE("One BY without a star is enough among others") {
  CommandFixture t;
  t.given({"rpush l 3 1 2 10", "mset w_1 1 w_2 2 w_3 3 w_10 0"});
  REQUIRE(t.run({"sort", "l", "by", "nosort", "by", "w_*"}) == array({"3", "1", "2", "10"}));
  REQUIRE(t.run({"sort", "l", "by", "w_*", "by", "nosort"}) == array({"3", "1", "2", "10"}));
  REQUIRE(t.run({"sort", "l", "by", "w_*", "by", "w_*"}) == array({"10", "1", "2", "3"}));
}

TEST_CASE("Equal weights leave the order to the elements, and equal texts to the list") {
  CommandFixture t;
  t.given({"rpush l b c a", "set w_a 1", "set w_b 1", "set w_c 1"});
  REQUIRE(t.run({"sort", "l", "by", "w_*"}) == array({"a", "b", "c"}));
  REQUIRE(t.run({"sort", "l", "by", "w_*", "desc"}) == array({"c", "b", "a"}));
  REQUIRE(t.run({"sort", "l", "by", "w_*", "alpha"}) == array({"b", "c", "a"}));
  REQUIRE(t.run({"sort", "l", "by", "w_*", "alpha", "desc", "limit", "1", "2"}) == array({"c", "a"}));
}

TEST_CASE("SORT STORE makes a list and tells so") {
  CommandFixture t;
  t.given({"rpush l 3 1 2", "set d x EX 100", "set w_1 one"});
  REQUIRE(t.run({"sort", "l", "store", "d"}) == ":3\r\n");
  REQUIRE(t.events() == Lines{"0 l sortstore d"});
  REQUIRE(t.dirty() == 3);
  REQUIRE(t.pttl("d") == -1);
  REQUIRE(t.encoding("d") == "listpack");
  REQUIRE(t.run({"sort", "l", "get", "w_*", "store", "l"}) == ":3\r\n");
  REQUIRE(t.run({"lrange", "l", "0", "-1"}) == array({"one", "", ""}));
  REQUIRE(t.run({"sort", "none", "store", "d"}) == ":0\r\n");
  REQUIRE(t.events() == Lines{"0 m keymiss none", "0 g del d"});
  REQUIRE(t.run({"sort", "none", "store", "d"}) == ":0\r\n");
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.run({"sort_ro", "l", "store", "d"}) == kSyntaxError);
  REQUIRE(t.run({"sort", "l", "store"}) == kSyntaxError);
}

TEST_CASE("The key that SORT stores to is found wherever it stands") {
  CommandFixture t;
  const auto keys = [&t](std::vector<resp::Arg> args) {
    const auto found = exec::find_keys(*t.table.find(args[0])->command, args);
    std::vector<size_t> indices;
    for (const exec::KeyPosition& key : *found) indices.push_back(key.index);
    return indices;
  };
  using Indices = std::vector<size_t>;
  REQUIRE(keys({"sort", "k"}) == Indices{1});
  REQUIRE(keys({"sort", "k", "limit", "0", "1", "STORE", "d"}) == Indices{1, 6});
  REQUIRE(keys({"sort", "k", "by", "store", "get", "store"}) == Indices{1});
  REQUIRE(keys({"sort", "k", "store", "a", "store", "b"}) == Indices{1, 5});
  REQUIRE(keys({"sort_ro", "k", "get", "x*"}) == Indices{1});
}

}  // namespace redpoll::testing
