// Dispatcher: requests that arrive together run one after the other, whatever was prepared for them; and what
// a reply may grow to.
#include <catch2/catch.hpp>
#include <string>

#include "dispatcher_fixture.h"

namespace redpoll::server {

namespace {

// A collection of `members` elements under `key`: a table, if there are more than 128.
void fill(DispatcherFixture& t, session::Client& client, std::string_view command, std::string_view key,
          int members) {
  std::string lines;
  for (int i = 0; i < members; ++i) {
    const std::string number = std::to_string(i);
    lines.append(command).append(" ").append(key);
    lines.append(command == "SADD" ? " " : " " + number + " ").append("m" + number + "\r\n");
  }
  t.send(client, lines);
  t.replies(client);
}

}  // namespace

TEST_CASE("Requests about elements of large collections run in a batch") {
  DispatcherFixture t;
  session::Client& client = t.connect();
  fill(t, client, "HSET", "h", 600);
  fill(t, client, "SADD", "s", 600);
  fill(t, client, "ZADD", "z", 600);
  REQUIRE(t.run(client, "OBJECT ENCODING h") == "$9\r\nhashtable\r\n");
  REQUIRE(t.run(client, "OBJECT ENCODING s") == "$9\r\nhashtable\r\n");
  REQUIRE(t.run(client, "OBJECT ENCODING z") == "$8\r\nskiplist\r\n");
  t.send(
      client,
      "HGET h 599\r\nHGET h none\r\nSISMEMBER s m599\r\nSISMEMBER s 599\r\nZSCORE z m599\r\nZRANK z m599\r\n"
      "ZADD z XX CH 5.5 m599\r\nZRANK z m599\r\nHGET s m1\r\nHGET\r\nHGET h\r\n");
  REQUIRE(t.replies(client) ==
          "$4\r\nm599\r\n$-1\r\n:1\r\n:0\r\n$3\r\n599\r\n:599\r\n:1\r\n:6\r\n"
          "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"
          "-ERR wrong number of arguments for 'hget' command\r\n"
          "-ERR wrong number of arguments for 'hget' command\r\n");
}

TEST_CASE(
    "What is hashed beforehand is found, numbers in a set among it, whatever became of the collection") {
  DispatcherFixture t;
  session::Client& client = t.connect();
  fill(t, client, "HSET", "h", 600);
  fill(t, client, "SADD", "s", 600);
  fill(t, client, "ZADD", "z", 600);
  t.run(client, "SADD s 17");
  t.send(client,
         "SISMEMBER s 17\r\nSADD s 17 m1\r\nSADD s 18\r\nSISMEMBER s 18\r\nSREM s 17 m599 none\r\n"
         "SISMEMBER s 17\r\nSISMEMBER s m599\r\nSMOVE s other m598\r\nSCARD s\r\n");
  REQUIRE(t.replies(client) == ":1\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n:0\r\n:1\r\n:599\r\n");
  t.send(client,
         "HSET h 17 new 600 m600\r\nHGET h 17\r\nHGET h 600\r\nHINCRBY h n 5\r\nHGET h n\r\nHDEL h n 1\r\n"
         "HGET h n\r\nHLEN h\r\n");
  REQUIRE(t.replies(client) == ":1\r\n$3\r\nnew\r\n$4\r\nm600\r\n:5\r\n$1\r\n5\r\n:2\r\n$-1\r\n:600\r\n");
  t.send(client, "ZADD z 7 m7 8 m700\r\nZSCORE z m700\r\nZINCRBY z 1 m700\r\nZREM z m700 m7\r\nZCARD z\r\n");
  REQUIRE(t.replies(client) == ":1\r\n$1\r\n8\r\n$1\r\n9\r\n:2\r\n:599\r\n");
  // In the set the number was hashed as a number.
  t.send(client, "DEL s\r\nRENAME h s\r\nHGET s 18\r\nHSET s 19 v\r\nHGET s 19\r\n");
  REQUIRE(t.replies(client) == ":1\r\n+OK\r\n$3\r\nm18\r\n:0\r\n$1\r\nv\r\n");
  t.send(client, "RENAME s h\r\nSADD s 1\r\nRENAME s other\r\nRENAME h s\r\nHGET s 20\r\n");
  REQUIRE(t.replies(client) == "+OK\r\n:1\r\n+OK\r\n+OK\r\n$3\r\nm20\r\n");
}

TEST_CASE("A collection that goes in the middle of a batch is gone for the rest of it") {
  DispatcherFixture t;
  session::Client& client = t.connect();
  fill(t, client, "HSET", "h", 600);
  t.send(client, "HGET h 7\r\nDEL h\r\nHGET h 7\r\nSADD h m7\r\nSISMEMBER h m7\r\nHGET h 7\r\n");
  REQUIRE(t.replies(client) ==
          "$2\r\nm7\r\n:1\r\n$-1\r\n:1\r\n:1\r\n"
          "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n");
}

TEST_CASE("Who shows the password in a pipeline may ask for large replies behind it") {
  DispatcherFixture t(config::Settings{.requirepass = "secret"});
  REQUIRE(t.run(t.connect(), "AUTH secret\r\nSETRANGE k 199999 v") == "+OK\r\n:200000\r\n");
  session::Client& client = t.connect();
  client.set_authenticated(false);
  t.send(client, "AUTH secret\r\nGET k\r\n");
  REQUIRE(!client.closing);
  REQUIRE(t.replies(client) == "+OK\r\n$200000\r\n" + std::string(199'999, '\0') + "v\r\n");
}

TEST_CASE("What is to be repeated too often is not begun, also for who wants no replies") {
  DispatcherFixture t;
  session::Client& client = t.connect();
  t.run(client, "SADD s member");
  t.run(client, "HSET h field value");
  t.run(client, "ZADD z 1 member");
  // A gigabyte of memory would do for a gigabyte of replies.
  t.parts.base.outbox.set_memory(Bytes{8} << 30);
  for (const std::string_view command : {"SRANDMEMBER s", "HRANDFIELD h", "ZRANDMEMBER z"}) {
    CAPTURE(command);
    session::Client& greedy = t.connect();
    if (command == "HRANDFIELD h") t.send_line(greedy, "CLIENT REPLY OFF");
    t.send_line(greedy, std::string(command) + " -4611686018427387904");
    REQUIRE(greedy.closing == (command != "HRANDFIELD h"));
    REQUIRE(greedy.replies.empty());
  }
}

TEST_CASE("A reply for which there is no limit ends at an eighth of the memory") {
  DispatcherFixture t;
  t.parts.base.outbox.set_memory(8 << 20);
  session::Client& client = t.connect();
  t.run(client, "SADD s member");
  t.run(client, "HSET h field value");
  t.run(client, "ZADD z 1 member");
  for (const std::string_view command : {"SRANDMEMBER s", "HRANDFIELD h", "ZRANDMEMBER z"}) {
    CAPTURE(command);
    session::Client& greedy = t.connect();
    t.send_line(greedy, std::string(command) + " -4611686018427387904");
    REQUIRE(greedy.closing);
    // What it would have got takes no room any more.
    REQUIRE(greedy.replies.empty());
    REQUIRE(t.parts.base.pool.lent_bytes() < 64 * 1024);
  }
  REQUIRE(t.parts.base.stats.output_buffer_limit_disconnections == 3);
  REQUIRE(t.run(client, "SRANDMEMBER s -2") == "*2\r\n$6\r\nmember\r\n$6\r\nmember\r\n");
}

}  // namespace redpoll::server
