// The line that describes a client, and the memory of one.
#include "session/client_info.h"

#include <catch2/catch.hpp>

#include "support/session_fixture.h"

namespace redpoll::testing {

using session::Client;
using session::describe;

// The value of one field of a line.
static std::string field(const std::string& line, const std::string& name) {
  const size_t at = (" " + line).find(" " + name + "=");
  REQUIRE(at != std::string::npos);
  const size_t begin = at + name.size() + 1;
  return line.substr(begin, line.find(' ', begin) - begin);
}

TEST_CASE("A client is described by the fields of Redis in their order") {
  SessionFixture t;
  const MonoUs created{1'000'000'000};
  Client& client = t.connect("10.0.0.2", 77, created);
  const std::string memory = std::to_string(client.memory_bytes());
  REQUIRE(describe(client, created + 2'900'000) ==
          "id=2 addr=10.0.0.2:77 laddr=?:0 fd=-1 name= age=2 idle=2 flags=N db=0 sub=0 psub=0 ssub=0 "
          "multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=" +
              memory + " events= cmd=NULL user=default redir=-1 resp=2 lib-name= lib-ver=");
}

TEST_CASE("A description follows the client's state") {
  SessionFixture t;
  Client& client = t.connect_tcp();
  t.run_as(client, {"client", "setname", "worker"});
  t.run_as(client, {"select", "7"});
  t.run_as(client, {"hello", "3"});
  client.last_interaction = client.created + 5'000'000;
  client.pending.append(std::string(100, 'x'));
  client.no_evict = client.no_touch = true;
  client.waits = session::Waits::pause;
  const std::string line = describe(client, client.created + 9'000'000);
  REQUIRE(field(line, "addr") == client.connection.peer_name());
  REQUIRE(field(line, "laddr").starts_with("127.0.0.1:"));
  REQUIRE(field(line, "fd") == std::to_string(client.connection.fd()));
  REQUIRE(field(line, "name") == "worker");
  REQUIRE(field(line, "age") == "9");
  REQUIRE(field(line, "idle") == "4");
  REQUIRE(field(line, "flags") == "beT");
  REQUIRE(field(line, "db") == "7");
  REQUIRE(field(line, "qbuf") == "100");
  REQUIRE(field(line, "cmd") == "hello");
  REQUIRE(field(line, "resp") == "3");
  REQUIRE(field(line, "events") == "r");
  client.waits_for_writable = true;
  REQUIRE(field(describe(client, client.created), "events") == "rw");
  client.close_after_reply = client.closing = true;
  REQUIRE(field(describe(client, client.created), "flags") == "bcAeT");
}

TEST_CASE("A description counts the output that waits") {
  SessionFixture t;
  Client& client = t.connect();
  {
    resp::ReplyWriter writer(client.replies);
    writer.bulk(std::string(10, 'x'));
  }
  std::string line = describe(client, client.created);
  REQUIRE(field(line, "obl") == "17");
  REQUIRE(field(line, "rbp") == "17");
  REQUIRE(field(line, "oll") == "0");
  REQUIRE(field(line, "omem") == "0");
  REQUIRE(std::stoul(field(line, "rbs")) == client.replies.memory_bytes());
  {
    resp::ReplyWriter writer(client.replies);
    writer.bulk(std::string(100'000, 'x'));
  }
  line = describe(client, client.created);
  REQUIRE(std::stoul(field(line, "oll")) == client.replies.pieces() - 1);
  REQUIRE(std::stoul(field(line, "obl")) == 16'384);
  REQUIRE(std::stoul(field(line, "omem")) == client.replies.quota().list_bytes());
  REQUIRE(std::stoul(field(line, "omem")) > 83'000);
  REQUIRE(std::stoul(field(line, "tot-mem")) > 100'000);
}

TEST_CASE("A description tells what a transaction holds, and that what the client watches was touched") {
  SessionFixture t;
  Client& client = t.connect();
  t.run_as(client, {"watch", "k"});
  REQUIRE(field(t.run_as(client, {"client", "info"}), "flags") == "N");
  { static_cast<void>(t.keyspace.db(0).probe("k").store(store::String::encode("v"))); }
  REQUIRE(field(t.run_as(client, {"client", "info"}), "flags") == "d");
  REQUIRE(field(t.run_as(client, {"client", "list", "id", std::to_string(client.id)}), "flags") == "d");
  t.run_as(client, {"unwatch"});
  t.run_as(client, {"multi"});
  REQUIRE(t.run_as(client, {"ping"}) == "+QUEUED\r\n");
  std::string line = describe(client, client.created, &t.session.watches);
  REQUIRE(field(line, "flags") == "x");
  REQUIRE(field(line, "multi") == "1");
  // What cannot be run any more is not kept.
  t.run_as(client, {"nosuch"});
  t.run_as(client, {"unwatch"});
  line = describe(client, client.created, &t.session.watches);
  REQUIRE(field(line, "multi") == "1");
  REQUIRE(field(line, "cmd") == "unwatch");
}

TEST_CASE("The memory of a client counts what it holds") {
  SessionFixture t;
  Client& client = t.connect();
  const Bytes idle = client.memory_bytes();
  REQUIRE(idle <= 1024);
  client.pending.append(std::string(10'000, 'x'));
  client.set_label(&Client::Labels::library_version, std::string(500, 'v'));
  REQUIRE(client.memory_bytes() >= idle + 10'500);
}

}  // namespace redpoll::testing
