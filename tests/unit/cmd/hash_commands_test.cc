// HSET and its relatives, reads, numbers, HRANDFIELD, HSCAN. Replies are those of Redis 7.0.15, but for the
// order of the fields of a table and the values of cursors.
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "base/numbers.h"
#include "support/command_fixture.h"

namespace redpoll::testing {

namespace {

const std::string kNotInteger = error_reply("ERR value is not an integer or out of range");
const std::string kNoKey = ":0\r\n";

// The bulk strings of a reply, whatever arrays they stand in.
Lines bulks(std::string_view reply) {
  Lines found;
  while (!reply.empty()) {
    const size_t end = reply.find("\r\n");
    const auto length = parse_int64(reply.substr(1, end - 1)).value_or(0);
    const bool bulk = reply[0] == '$' && length >= 0;
    reply.remove_prefix(end + 2);
    if (!bulk) continue;
    found.emplace_back(reply.substr(0, static_cast<size_t>(length)));
    reply.remove_prefix(static_cast<size_t>(length) + 2);
  }
  return found;
}

// A hash of that many fields f0, f1, ... with values v0, v1, ...
void fill(CommandFixture& t, const std::string& key, int fields) {
  for (int i = 0; i < fields; ++i) t.run({"hset", key, "f" + std::to_string(i), "v" + std::to_string(i)});
}

}  // namespace

TEST_CASE("HSET counts the fields that are new") {
  CommandFixture t;
  REQUIRE(t.run({"hset", "h", "a", "1", "b", "2"}) == ":2\r\n");
  REQUIRE(t.events() == Lines{"0 n new h", "0 h hset h"});
  REQUIRE(t.propagated() == Lines{"0 hset h a 1 b 2"});
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.run({"hset", "h", "b", "3", "c", "4", "c", "5"}) == ":1\r\n");
  REQUIRE(t.dirty() == 3);
  REQUIRE(t.events() == Lines{"0 h hset h"});
  REQUIRE(t.run({"hgetall", "h"}) ==
          "*6\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n3\r\n$1\r\nc\r\n$1\r\n5\r\n");
  REQUIRE(t.run({"hmset", "h", "a", "x"}) == kOk);
  REQUIRE(t.run({"hget", "h", "a"}) == bulk_reply("x"));
  REQUIRE(t.run({"hset", "h", "a"}) == error_reply("ERR wrong number of arguments for 'hset' command"));
  REQUIRE(t.run({"hset", "h", "a", "b", "c"}) ==
          error_reply("ERR wrong number of arguments for 'hset' command"));
  REQUIRE(t.run({"hmset", "h", "a", "b", "c"}) ==
          error_reply("ERR wrong number of arguments for 'hmset' command"));
}

TEST_CASE("HSET of a new hash packs all fields together, however many bytes they take") {
  for (const int fields : {1, 3, 10, 100, 512}) {
    CommandFixture t;
    Words set{"hset", "h"};
    Lines expected;
    for (int i = 0; i < fields; ++i) {
      expected.push_back("field" + std::to_string(i));
      expected.push_back(i % 2 == 0 ? std::to_string(i) : std::string(60, 'v'));
    }
    set.insert(set.end(), expected.begin(), expected.end());
    REQUIRE(t.run(set) == ":" + std::to_string(fields) + "\r\n");
    REQUIRE(t.encoding("h") == "listpack");
    REQUIRE(bulks(t.run({"hgetall", "h"})) == expected);
  }
  CommandFixture t;
  REQUIRE(t.run({"hset", "h", "a", "1", "b", "2", "a", "3"}) == ":2\r\n");
  REQUIRE(bulks(t.run({"hgetall", "h"})) == Lines{"a", "3", "b", "2"});
  REQUIRE(t.run({"hset", "long", "a", "1", "b", std::string(65, 'x')}) == ":2\r\n");
  REQUIRE(t.encoding("long") == "hashtable");
  REQUIRE(t.run({"hset", "long2", std::string(65, 'x'), "1"}) == ":1\r\n");
  REQUIRE(t.encoding("long2") == "hashtable");
}

TEST_CASE("HSET of more fields than may be packed makes a table at once") {
  CommandFixture t;
  t.keyspace.encoding.hash_max_listpack_entries = 3;
  t.given({"hset h a 1 a 2 a 3"});
  REQUIRE(t.encoding("h") == "listpack");
  t.given({"hset h a 1 a 2 a 3 a 4"});
  REQUIRE(t.encoding("h") == "hashtable");
  REQUIRE(t.run({"hlen", "h"}) == ":1\r\n");
}

TEST_CASE("HSET keeps the deadline of its key") {
  CommandFixture t;
  t.given({"hset h a 1", "pexpire h 5000", "hset h b 2"});
  REQUIRE(t.pttl("h") == 5000);
}

TEST_CASE("HSETNX sets only what is not there") {
  CommandFixture t;
  REQUIRE(t.run({"hsetnx", "h", "f", "v"}) == ":1\r\n");
  REQUIRE(t.events() == Lines{"0 n new h", "0 h hset h"});
  REQUIRE(t.run({"hsetnx", "h", "f", std::string(100, 'x')}) == ":0\r\n");
  REQUIRE(t.events().empty());
  REQUIRE(t.propagated().empty());
  REQUIRE(t.encoding("h") == "listpack");
  REQUIRE(t.run({"hget", "h", "f"}) == bulk_reply("v"));
}

TEST_CASE("HDEL removes fields, and the key with the last one") {
  CommandFixture t;
  t.given({"hset h a 1 b 2 c 3"});
  REQUIRE(t.run({"hdel", "h", "a", "nosuch", "a"}) == ":1\r\n");
  REQUIRE(t.events() == Lines{"0 h hdel h"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.propagated() == Lines{"0 hdel h a nosuch a"});
  REQUIRE(t.run({"hdel", "h", "nosuch"}) == ":0\r\n");
  REQUIRE(t.events().empty());
  REQUIRE(t.run({"hdel", "h", "c", "b", "a"}) == ":2\r\n");
  REQUIRE(t.events() == Lines{"0 h hdel h", "0 g del h"});
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.db().size() == 0);
  REQUIRE(t.run({"hdel", "h", "a"}) == kNoKey);
}

TEST_CASE("HGETDEL returns what it removes") {
  CommandFixture t;
  t.given({"hset h a 1 b 2"});
  REQUIRE(t.run({"hgetdel", "h", "FIELDS", "3", "a", "x", "a"}) == "*3\r\n$1\r\n1\r\n$-1\r\n$-1\r\n");
  REQUIRE(t.events() == Lines{"0 h hdel h"});
  REQUIRE(t.propagated() == Lines{"0 HDEL h a"});
  REQUIRE(t.run({"hgetdel", "h", "fields", "1", "x"}) == "*1\r\n$-1\r\n");
  REQUIRE(t.propagated().empty());
  REQUIRE(t.run({"hgetdel", "h", "FIELDS", "2", "b", "c"}) == "*2\r\n$1\r\n2\r\n$-1\r\n");
  REQUIRE(t.events() == Lines{"0 h hdel h", "0 g del h"});
  REQUIRE(t.run({"hgetdel", "h", "FIELDS", "1", "b"}) == "*1\r\n$-1\r\n");
  REQUIRE(t.run({"hgetdel", "h", "FIELDS", "0", "b"}) ==
          error_reply("ERR Number of fields must be a positive integer"));
  REQUIRE(t.run({"hgetdel", "h", "FIELDS", "2", "b"}) ==
          error_reply("ERR The `numfields` parameter must match the number of arguments"));
  REQUIRE(t.run({"hgetdel", "h", "b", "FIELDS", "1"}) ==
          error_reply("ERR Mandatory argument FIELDS is missing or not at the right position"));
}

TEST_CASE("Reads of a hash") {
  CommandFixture t;
  t.given({"hset h a 1 b text n -17"});
  REQUIRE(t.run({"hget", "h", "b"}) == bulk_reply("text"));
  REQUIRE(t.run({"hget", "h", "x"}) == kNull);
  REQUIRE(t.run({"hmget", "h", "a", "x", "a"}) == "*3\r\n$1\r\n1\r\n$-1\r\n$1\r\n1\r\n");
  REQUIRE(t.run({"hlen", "h"}) == ":3\r\n");
  REQUIRE(t.run({"hstrlen", "h", "b"}) == ":4\r\n");
  REQUIRE(t.run({"hstrlen", "h", "n"}) == ":3\r\n");
  REQUIRE(t.run({"hstrlen", "h", "x"}) == ":0\r\n");
  REQUIRE(t.run({"hexists", "h", "a"}) == ":1\r\n");
  REQUIRE(t.run({"hexists", "h", "1"}) == ":0\r\n");
  REQUIRE(t.run({"hkeys", "h"}) == "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nn\r\n");
  REQUIRE(t.run({"hvals", "h"}) == "*3\r\n$1\r\n1\r\n$4\r\ntext\r\n$3\r\n-17\r\n");
  REQUIRE(t.events().empty());
  REQUIRE(t.propagated().empty());
}

TEST_CASE("Reads of a hash that is not there") {
  CommandFixture t;
  REQUIRE(t.run({"hget", "h", "f"}) == kNull);
  REQUIRE(t.events() == Lines{"0 m keymiss h"});
  REQUIRE(t.run({"hmget", "h", "f", "g"}) == "*2\r\n$-1\r\n$-1\r\n");
  for (const char* command : {"hgetall", "hkeys", "hvals"}) REQUIRE(t.run({command, "h"}) == "*0\r\n");
  REQUIRE(t.run({"hlen", "h"}) == kNoKey);
  REQUIRE(t.run({"hstrlen", "h", "f"}) == kNoKey);
  REQUIRE(t.run({"hexists", "h", "f"}) == kNoKey);
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"hgetall", "h"}) == "%0\r\n");
  REQUIRE(t.run({"hget", "h", "f"}) == "_\r\n");
}

TEST_CASE("A table is read as a packed hash is") {
  CommandFixture t;
  fill(t, "h", 600);
  REQUIRE(t.encoding("h") == "hashtable");
  REQUIRE(t.run({"hlen", "h"}) == ":600\r\n");
  REQUIRE(t.run({"hget", "h", "f599"}) == bulk_reply("v599"));
  const Lines all = bulks(t.run({"hgetall", "h"}));
  REQUIRE(all.size() == 1200);
  for (size_t i = 0; i < all.size(); i += 2) REQUIRE(all[i].substr(1) == all[i + 1].substr(1));
  REQUIRE(std::set<std::string>(all.begin(), all.end()).size() == 1200);
  REQUIRE(bulks(t.run({"hkeys", "h"})).size() == 600);
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"hgetall", "h"}).substr(0, 6) == "%600\r\n");
}

TEST_CASE("Every command on hashes refuses another type") {
  CommandFixture t;
  t.given({"set s v"});
  const Words words[] = {
      {"hset", "s", "f", "v"},
      {"hmset", "s", "f", "v"},
      {"hsetnx", "s", "f", "v"},
      {"hget", "s", "f"},
      {"hmget", "s", "f"},
      {"hgetall", "s"},
      {"hkeys", "s"},
      {"hvals", "s"},
      {"hlen", "s"},
      {"hstrlen", "s", "f"},
      {"hexists", "s", "f"},
      {"hdel", "s", "f"},
      {"hincrby", "s", "f", "1"},
      {"hincrbyfloat", "s", "f", "1"},
      {"hrandfield", "s"},
      {"hrandfield", "s", "1"},
      {"hscan", "s", "0"},
      {"hexpire", "s", "1", "FIELDS", "1", "f"},
      {"hpexpire", "s", "1", "FIELDS", "1", "f"},
      {"hexpireat", "s", "1", "FIELDS", "1", "f"},
      {"hpexpireat", "s", "1", "FIELDS", "1", "f"},
      {"hpersist", "s", "FIELDS", "1", "f"},
      {"httl", "s", "FIELDS", "1", "f"},
      {"hpttl", "s", "FIELDS", "1", "f"},
      {"hexpiretime", "s", "FIELDS", "1", "f"},
      {"hpexpiretime", "s", "FIELDS", "1", "f"},
      {"hgetex", "s", "FIELDS", "1", "f"},
      {"hsetex", "s", "FIELDS", "1", "f", "v"},
      {"hgetdel", "s", "FIELDS", "1", "f"},
  };
  for (const Words& command : words) {
    INFO(command[0]);
    REQUIRE(t.run(command) == kWrongType);
  }
  REQUIRE(t.run({"get", "s"}) == bulk_reply("v"));
}

TEST_CASE("HINCRBY adds to integers within 64 bits") {
  CommandFixture t;
  REQUIRE(t.run({"hincrby", "h", "f", "5"}) == ":5\r\n");
  REQUIRE(t.events() == Lines{"0 n new h", "0 h hincrby h"});
  REQUIRE(t.propagated() == Lines{"0 hincrby h f 5"});
  REQUIRE(t.run({"hincrby", "h", "f", "-7"}) == ":-2\r\n");
  REQUIRE(t.run({"hincrby", "h", "f", "9223372036854775807"}) == ":9223372036854775805\r\n");
  REQUIRE(t.run({"hincrby", "h", "f", "3"}) == error_reply("ERR increment or decrement would overflow"));
  t.given({"hset h min -9223372036854775808 text x spaced a"});
  REQUIRE(t.run({"hincrby", "h", "min", "-1"}) == error_reply("ERR increment or decrement would overflow"));
  REQUIRE(t.run({"hincrby", "h", "text", "1"}) == error_reply("ERR hash value is not an integer"));
  t.run({"hset", "h", "spaced", " 1"});
  REQUIRE(t.run({"hincrby", "h", "spaced", "1"}) == error_reply("ERR hash value is not an integer"));
  REQUIRE(t.run({"hincrby", "h", "f", "1.5"}) == kNotInteger);
  REQUIRE(t.run({"hincrby", "other", "f", "abc"}) == kNotInteger);
  REQUIRE(t.db().size() == 1);
}

TEST_CASE("HINCRBYFLOAT adds as Redis prints it, and propagates the sum") {
  CommandFixture t;
  REQUIRE(t.run({"hincrbyfloat", "h", "f", "10.50"}) == bulk_reply("10.5"));
  REQUIRE(t.events() == Lines{"0 n new h", "0 h hincrbyfloat h"});
  REQUIRE(t.propagated() == Lines{"0 HSET h f 10.5"});
  REQUIRE(t.run({"hincrbyfloat", "h", "f", "0.1"}) == bulk_reply("10.6"));
  REQUIRE(t.run({"hincrbyfloat", "h", "f", "-10.6"}) == bulk_reply("0"));
  t.given({"hset h e 1.0e3 text x"});
  REQUIRE(t.run({"hincrbyfloat", "h", "e", "0"}) == bulk_reply("1000"));
  REQUIRE(t.run({"hincrbyfloat", "h", "text", "1"}) == error_reply("ERR hash value is not a float"));
  REQUIRE(t.run({"hincrbyfloat", "h", "f", "abc"}) == error_reply("ERR value is not a valid float"));
  REQUIRE(t.run({"hincrbyfloat", "h", "f", "nan"}) == error_reply("ERR value is not a valid float"));
  REQUIRE(t.run({"hincrbyfloat", "h", "f", "inf"}) == error_reply("ERR value is NaN or Infinity"));
  t.run({"hincrbyfloat", "h", "big", "1e4932"});
  REQUIRE(t.encoding("h") == "hashtable");
  REQUIRE(t.run({"hincrbyfloat", "h", "big", "1e4932"}) ==
          error_reply("ERR increment would produce NaN or Infinity"));
}

TEST_CASE("HRANDFIELD draws one field, some that differ, or some that may repeat") {
  for (const int fields : {10, 600}) {
    CommandFixture t;
    fill(t, "h", fields);
    REQUIRE(bulks(t.run({"hrandfield", "h"})).size() == 1);
    const auto distinct = [&](const std::string& count) {
      const Lines drawn = bulks(t.run({"hrandfield", "h", count}));
      return std::set<std::string>(drawn.begin(), drawn.end()).size();
    };
    REQUIRE(distinct("7") == 7);
    REQUIRE(distinct("1000") == static_cast<size_t>(fields));
    REQUIRE(bulks(t.run({"hrandfield", "h", "-1000"})).size() == 1000);
    REQUIRE(distinct("-5000") > static_cast<size_t>(fields) * 9 / 10);
    REQUIRE(t.run({"hrandfield", "h", "0"}) == "*0\r\n");
    for (const char* count : {"3", "-3"}) {
      const std::string flat = t.run({"hrandfield", "h", count, "withvalues"});
      REQUIRE(flat.substr(0, 4) == "*6\r\n");
      const Lines pairs = bulks(flat);
      for (size_t i = 0; i < pairs.size(); i += 2) REQUIRE(pairs[i].substr(1) == pairs[i + 1].substr(1));
    }
    t.protocol = resp::Protocol::resp3;
    REQUIRE(t.run({"hrandfield", "h", "2", "WITHVALUES"}).substr(0, 9) == "*2\r\n*2\r\n$");
    REQUIRE(t.run({"hrandfield", "h", "2"}).substr(0, 5) == "*2\r\n$");
  }
}

TEST_CASE("HRANDFIELD without a hash, and with bad arguments") {
  CommandFixture t;
  t.given({"hset h f v", "set s v"});
  REQUIRE(t.run({"hrandfield", "nokey"}) == kNull);
  REQUIRE(t.run({"hrandfield", "nokey", "5"}) == "*0\r\n");
  REQUIRE(t.run({"hrandfield", "nokey", "5", "withvalues"}) == "*0\r\n");
  REQUIRE(t.run({"hrandfield", "s", "abc"}) == kNotInteger);
  REQUIRE(t.run({"hrandfield", "s", "1", "foo"}) == kSyntaxError);
  REQUIRE(t.run({"hrandfield", "h", "1", "withvalues", "x"}) == kSyntaxError);
  REQUIRE(t.run({"hrandfield", "h", "-9223372036854775808"}) ==
          error_reply(
              "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"));
  for (const char* count : {"-9223372036854775807", "9223372036854775807", "-4611686018427387904"}) {
    REQUIRE(t.run({"hrandfield", "h", count, "withvalues"}) == error_reply("ERR value is out of range"));
  }
  REQUIRE(t.run({"hrandfield", "h", "9223372036854775807"}) == "*1\r\n$1\r\nf\r\n");
}

TEST_CASE("HSCAN gives a packed hash at once and a table step by step") {
  CommandFixture t;
  fill(t, "h", 20);
  REQUIRE(bulks(t.run({"hscan", "h", "7", "count", "1"})).size() == 41);
  fill(t, "h", 600);
  std::map<std::string, std::string> seen;
  std::string cursor = "0";
  size_t calls = 0;
  do {
    const Lines reply = bulks(t.run({"hscan", "h", cursor}));
    cursor = reply[0];
    for (size_t i = 1; i < reply.size(); i += 2) seen[reply[i]] = reply[i + 1];
    ++calls;
  } while (cursor != "0");
  REQUIRE(seen.size() == 600);
  for (const auto& [field, value] : seen) REQUIRE(field.substr(1) == value.substr(1));
  REQUIRE(calls > 20);
}

TEST_CASE("A call of HSCAN gives what its steps give one by one, up to the same cursor") {
  CommandFixture t;
  fill(t, "h", 600);
  Lines one_by_one;
  std::string cursor = "0";
  for (int step = 0; step < 5; ++step) {
    Lines reply = bulks(t.run({"hscan", "h", cursor, "match", "*7*", "count", "1"}));
    cursor = reply[0];
    one_by_one.insert(one_by_one.end(), reply.begin() + 1, reply.end());
  }
  // With some COUNT, one call takes the same steps.
  Lines at_once;
  for (int count = 1; count < 600 && (at_once.empty() || at_once[0] != cursor); ++count) {
    at_once = bulks(t.run({"hscan", "h", "0", "match", "*7*", "count", std::to_string(count)}));
  }
  REQUIRE(at_once[0] == cursor);
  REQUIRE(!one_by_one.empty());
  REQUIRE(Lines(at_once.begin() + 1, at_once.end()) == one_by_one);
}

TEST_CASE("HSCAN reads its options as SCAN does, and NOVALUES") {
  CommandFixture t;
  t.given({"hset h f1 a f2 b g c"});
  REQUIRE(t.run({"hscan", "h", "0", "match", "f*"}) ==
          "*2\r\n$1\r\n0\r\n*4\r\n$2\r\nf1\r\n$1\r\na\r\n$2\r\nf2\r\n$1\r\nb\r\n");
  REQUIRE(t.run({"hscan", "h", "0", "novalues", "match", "g"}) == "*2\r\n$1\r\n0\r\n*1\r\n$1\r\ng\r\n");
  REQUIRE(t.run({"hscan", "h", "abc"}) == error_reply("ERR invalid cursor"));
  REQUIRE(t.run({"hscan", "h", "0", "foo"}) == kSyntaxError);
  REQUIRE(t.run({"hscan", "h", "0", "count", "0"}) == kSyntaxError);
  REQUIRE(t.run({"hscan", "h", "0", "count", "x"}) == kNotInteger);
  REQUIRE(t.run({"hscan", "nokey", "0", "foo"}) == "*2\r\n$1\r\n0\r\n*0\r\n");
}

}  // namespace redpoll::testing
