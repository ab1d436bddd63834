#include <catch2/catch.hpp>

#include "admin/debug_reports.h"
#include "support/admin_fixture.h"

namespace redpoll::testing {

static config::Settings debugging() { return {.enable_debug_command = config::Allowed::yes}; }

static std::string wrong(std::string_view subcommand) {
  return error_reply("ERR unknown subcommand or wrong number of arguments for '" + std::string(subcommand) +
                     "'. Try DEBUG HELP.");
}

TEST_CASE("DEBUG is refused unless the configuration allows it") {
  const std::string refused = error_reply(
      "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it "
      "from a local connection, otherwise you need to set this option in the configuration file, and then "
      "restart the server.");
  AdminFixture t;
  REQUIRE(t.run({"debug", "help"}) == refused);
  // The fixture's client comes from the loopback address.
  AdminFixture local(config::Settings{.enable_debug_command = config::Allowed::local});
  REQUIRE(local.run({"debug", "sleep", "0"}) == kOk);
}

TEST_CASE("DEBUG names the subcommand it does not know or that has a wrong number of arguments") {
  AdminFixture t(debugging());
  REQUIRE(t.run({"debug", "foo"}) == wrong("foo"));
  REQUIRE(t.run({"debug", "SLEEP"}) == wrong("SLEEP"));
  REQUIRE(t.run({"debug", "object", "a", "b"}) == wrong("object"));
}

TEST_CASE("DEBUG OBJECT describes a key in the form of Redis") {
  AdminFixture t(debugging());
  t.run({"set", "k", "bar"});
  t.base.now = t.base.now + 5000;
  const std::string reply = t.run({"debug", "object", "k"});
  REQUIRE(reply.substr(0, 12) == "+Value at:0x");
  const uint32_t clock = store::AccessTracker::lru_clock(t.base.now - 5000);
  const std::string rest = " refcount:1 encoding:embstr serializedlength:4 lru:" + std::to_string(clock) +
                           " lru_seconds_idle:5\r\n";
  REQUIRE(reply.substr(reply.find(' ', 10)) == rest);
  REQUIRE(t.run({"debug", "object", "missing"}) == error_reply("ERR no such key"));
}

TEST_CASE("DEBUG OBJECT and MEMORY USAGE show a key that has expired and is still there") {
  AdminFixture t(debugging());
  t.run({"set", "k", "bar", "px", "10"});
  t.base.now = t.base.now + 20;
  REQUIRE(t.run({"debug", "object", "k"}).substr(0, 9) == "+Value at");
  REQUIRE(t.run({"memory", "usage", "k"}).substr(0, 1) == ":");
  REQUIRE(t.run({"dbsize"}) == ":1\r\n");
  REQUIRE(t.run({"get", "k"}) == kNull);
  REQUIRE(t.run({"debug", "object", "k"}) == error_reply("ERR no such key"));
}

TEST_CASE("DEBUG QUICKLIST-PACKED-THRESHOLD takes what that of Redis takes") {
  AdminFixture t(debugging());
  for (const std::string size : {"0", "1", "100b", "1k", "4293918720", ""})
    REQUIRE(t.run({"debug", "quicklist-packed-threshold", size}) == kOk);
  for (const std::string size : {"-1", "abc", "5gb", "4293918721"}) {
    REQUIRE(t.run({"debug", "quicklist-packed-threshold", size}) ==
            error_reply("ERR argument must be a memory value bigger than 1 and smaller than 4gb"));
  }
}

TEST_CASE("The serialized length is that of an RDB string") {
  AdminFixture t;
  const auto length = [&t](const std::string& value) {
    t.run({"set", "k", value});
    return admin::serialized_length(*t.base.keyspace.db(0).lookup("k"));
  };
  REQUIRE(length("12") == 2);
  REQUIRE(length("-129") == 3);
  REQUIRE(length("70000") == 5);
  REQUIRE(length("4294967296") == 11);
  REQUIRE(length("bar") == 4);
  REQUIRE(length(std::string(63, 'x')) == 64);
  REQUIRE(length(std::string(64, 'x')) == 66);
  REQUIRE(length(std::string(20'000, 'x')) == 20'005);
}

TEST_CASE("DEBUG HTSTATS shows how a table is filled") {
  AdminFixture t(debugging());
  REQUIRE(t.text({"debug", "htstats", "0"}) ==
          "[Dictionary HT]\nNo stats available for empty dictionaries\n");
  t.run({"set", "a", "1", "EX", "10"});
  t.run({"set", "b", "1"});
  const std::string stats = t.text({"debug", "htstats", "0"});
  REQUIRE(stats.find(" number of elements: 2\n elements with expiry: 1\n") != std::string::npos);
  REQUIRE(t.run({"debug", "htstats", "16"}) == error_reply("ERR Out of range database"));
  REQUIRE(t.run({"debug", "htstats", "x"}) == error_reply("ERR value is not an integer or out of range"));
}

TEST_CASE("DEBUG HTSTATS-KEY shows how the table of a collection is filled, if it has one") {
  AdminFixture t(debugging());
  const std::string kNoTable =
      error_reply("ERR The value stored at the specified key is not represented using an hash table");
  REQUIRE(t.run({"debug", "htstats-key", "missing"}) == error_reply("ERR no such key"));
  t.run({"set", "string", "x"});
  REQUIRE(t.run({"debug", "htstats-key", "string"}) == kNoTable);
  struct Case {
    const char* key;
    std::vector<std::string> add;   // what comes before the number of the element
    std::vector<std::string> then;  // and behind it
    bool has_table;
  };
  const Case cases[] = {{"set", {"sadd", "set"}, {}, true},
                        {"hash", {"hset", "hash"}, {"value"}, true},
                        {"zset", {"zadd", "zset", "1"}, {}, true},
                        {"list", {"rpush", "list"}, {}, false}};
  for (const Case& each : cases) {
    CAPTURE(each.key);
    const auto add = [&](int number) {
      std::vector<std::string> words = each.add;
      words.push_back("element:" + std::to_string(number));
      words.insert(words.end(), each.then.begin(), each.then.end());
      t.run(words);
    };
    add(0);
    REQUIRE(t.run({"debug", "htstats-key", each.key}) == kNoTable);
    for (int i = 1; i < 1000; ++i) add(i);
    if (each.has_table) {
      REQUIRE(t.text({"debug", "htstats-key", each.key}).find(" number of elements: 1000\n") !=
              std::string::npos);
    } else {
      REQUIRE(t.run({"debug", "htstats-key", each.key}) == kNoTable);
    }
  }
}

TEST_CASE("DEBUG changes and checks the server") {
  AdminFixture t(debugging());
  t.base.log.set_level(LogLevel::warning);
  REQUIRE(t.run({"debug", "set-active-expire", "0"}) == kOk);
  REQUIRE(!t.expiry.enabled);
  REQUIRE(t.run({"debug", "set-active-expire", "1"}) == kOk);
  REQUIRE(t.expiry.enabled);
  REQUIRE(t.run({"debug", "sleep", "0.001"}) == kOk);
  REQUIRE(t.run({"debug", "sleep", "-1"}) == kOk);
  REQUIRE(t.run({"debug", "sleep", "x"}) == kOk);
  for (int i = 0; i < 1000; ++i) t.run({"set", "key:" + std::to_string(i), "x"});
  REQUIRE(t.run({"debug", "validate"}) == kOk);
  REQUIRE(t.run({"debug", "stringmatch-len", "a*c", "abc"}) == ":1\r\n");
  REQUIRE(t.run({"debug", "stringmatch-len", "a*c", "abd"}) == ":0\r\n");
}

TEST_CASE("DEBUG ERROR replies with the error given, which is no error of its own") {
  AdminFixture t(debugging());
  REQUIRE(t.run({"debug", "error", "MINE a\r\nb"}) == "-MINE a  b\r\n");
  REQUIRE(t.run({"debug", "error", ""}) == "-\r\n");
}

TEST_CASE("DEBUG PROTOCOL replies with each type, downgraded in RESP2") {
  AdminFixture t(debugging());
  const auto in = [&t](resp::Protocol protocol, const char* type) {
    t.base.me.protocol = protocol;
    return t.run({"debug", "protocol", type});
  };
  struct Expected {
    const char* type;
    const char* resp2;
    const char* resp3;
  };
  const Expected all[] = {
      {"string", "$11\r\nHello World\r\n", "$11\r\nHello World\r\n"},
      {"integer", ":12345\r\n", ":12345\r\n"},
      {"double", "$5\r\n3.141\r\n", ",3.141\r\n"},
      {"null", "$-1\r\n", "_\r\n"},
      {"array", "*3\r\n:0\r\n:1\r\n:2\r\n", "*3\r\n:0\r\n:1\r\n:2\r\n"},
      {"set", "*3\r\n:0\r\n:1\r\n:2\r\n", "~3\r\n:0\r\n:1\r\n:2\r\n"},
      {"map", "*6\r\n:0\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n", "%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n"},
      {"attrib", "$39\r\nSome real reply following the attribute\r\n",
       "|1\r\n$14\r\nkey-popularity\r\n*2\r\n$7\r\nkey:123\r\n:90\r\n$39\r\nSome real reply following the "
       "attribute\r\n"},
      {"push", "-ERR RESP2 is not supported by this command\r\n",
       ">2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n$40\r\nSome real reply following the push reply\r\n"},
      {"verbatim", "$25\r\nThis is a verbatim\nstring\r\n", "=29\r\ntxt:This is a verbatim\nstring\r\n"},
      {"true", ":1\r\n", "#t\r\n"},
      {"false", ":0\r\n", "#f\r\n"},
      {"bignum", "$37\r\n1234567999999999999999999999999999999\r\n",
       "(1234567999999999999999999999999999999\r\n"},
  };
  for (const Expected& expected : all) {
    INFO(expected.type);
    REQUIRE(in(resp::Protocol::resp2, expected.type) == expected.resp2);
    REQUIRE(in(resp::Protocol::resp3, expected.type) == expected.resp3);
  }
  REQUIRE(in(resp::Protocol::resp2, "nope") ==
          error_reply("ERR Wrong protocol type name. Please use one of the following: "
                      "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false"));
}

}  // namespace redpoll::testing
