// What the store tells of changes, command by command.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "support/command_fixture.h"
#include "unit/cmd/touched_rows.h"

namespace redpoll::testing {

namespace {

Words words_of(std::string_view line) {
  Words words;
  for (size_t end; !line.empty(); line.remove_prefix(std::min(end + 1, line.size()))) {
    end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    words.emplace_back(word == "_" ? std::string_view{} : word);
  }
  return words;
}

// The fixture has no connection: it selects itself.
void run(CommandFixture& t, std::string_view line) {
  const Words words = words_of(line);
  if (words[0] == "select") return t.select(std::stoi(words[1]));
  const std::string reply = t.run(words);
  REQUIRE(reply.substr(0, 1) != "-");
}

void give(CommandFixture& t, std::string_view lines) {
  for (size_t end; !lines.empty(); lines.remove_prefix(std::min(end + 2, lines.size()))) {
    end = std::min(lines.find("; "), lines.size());
    run(t, lines.substr(0, end));
  }
}

// How a key looks from outside.
struct Look {
  bool there = false;
  std::optional<UnixMs> deadline;
};
Look look(CommandFixture& t, int db, const std::string& key) {
  const store::Entry* entry = t.keyspace.db(db).peek(key);
  return entry == nullptr ? Look{} : Look{true, entry->maybe_deadline()};
}

bool only_changes_deadlines(std::string_view command) {
  for (const std::string_view name : {"expire", "pexpire", "persist", "getex"}) {
    if (command.substr(0, name.size()) == name) return true;
  }
  return false;
}

std::string_view kind_of(const Look& before, const Look& after, std::string_view command) {
  if (!before.there) return "created";
  if (!after.there) return "removed";
  return only_changes_deadlines(command) ? "deadline" : "modified";
}

using Looks = std::map<std::pair<int, std::string>, Look>;

Looks look_at_all(CommandFixture& t) {
  Looks all;
  for (const int db : {0, 1}) {
    for (const char* key : {"k", "d", "x", "o"}) all[{db, key}] = look(t, db, key);
  }
  return all;
}

// Every change is of the kind that shows from outside, and the keys are those that the row says.
void check(CommandFixture& t, const TouchedRow& row) {
  give(t, row.given);
  const Looks before = look_at_all(t);
  t.run(words_of(row.command));
  std::set<std::string> touched;
  for (const std::string& line : t.changes()) {
    const Words words = words_of(line);  // db what key
    const int db = std::stoi(words[0]);
    const std::string name = db == 0 ? words[2] : words[0] + ":" + words[2];
    const bool first = touched.insert(name).second;
    if (first) REQUIRE(words[1] == kind_of(before.at({db, words[2]}), look(t, db, words[2]), row.command));
  }
  std::string names;
  for (const std::string& name : touched) names.append(names.empty() ? "" : " ").append(name);
  // As text they would come in the order of bytes: "1:k" before "k".
  std::set<std::string> wanted;
  for (const std::string& name : words_of(row.touched)) wanted.insert(name);
  REQUIRE(touched == wanted);
}

}  // namespace

TEST_CASE("A command touches the keys that Redis says it touches") {
  for (const TouchedRow& row : kTouched) {
    for (const bool packed : {true, false}) {
      CommandFixture t;
      if (!packed) {
        t.keyspace.encoding = {.hash_max_listpack_entries = 0,
                               .set_max_intset_entries = 0,
                               .set_max_listpack_entries = 0,
                               .zset_max_listpack_entries = 0,
                               .list_max_listpack_size = 1};
      }
      INFO("given: " << row.given << ", command: " << row.command << (packed ? "" : ", large collections"));
      check(t, row);
    }
  }
}

TEST_CASE("Every command that writes has a row in the table of what is touched") {
  CommandFixture t;
  std::set<std::string> named;
  for (const TouchedRow& row : kTouched) named.insert(words_of(row.command)[0]);
  // Databases as a whole: see below.
  for (const char* name : {"flushdb", "flushall", "swapdb"}) named.insert(name);
  for (const auto& entry : t.table.all()) {
    INFO(entry->full_name);
    REQUIRE((!(entry->command->traits & exec::kWrite) || named.count(std::string(entry->full_name)) == 1));
  }
}

TEST_CASE("Databases that are cleared or swapped are told of as a whole") {
  CommandFixture t;
  t.given({"set k v", "set d v"});
  t.run({"flushdb"});
  REQUIRE(t.changes() == Lines{"0 clear"});
  // Whoever keeps something about keys that are not there is told as well.
  t.run({"flushdb"});
  REQUIRE(t.changes() == Lines{"0 clear"});
  t.run({"flushall"});
  REQUIRE(t.changes().size() == CommandFixture::kDatabases);
  REQUIRE(t.changes()[15] == "15 clear");
  t.run({"swapdb", "1", "3"});
  REQUIRE(t.changes() == Lines{"1 3 swap"});
}

TEST_CASE("What expires is told of when it is found") {
  CommandFixture t;
  t.given({"set k v PX 10", "hset h f v g w", "hpexpire h 10 FIELDS 1 f", "hset all f v",
           "hpexpire all 10 FIELDS 1 f", "set n v PX 10"});
  t.advance_ms(11);
  t.run({"get", "k"});
  REQUIRE(t.changes() == Lines{"0 expired k"});
  t.run({"hlen", "h"});
  REQUIRE(t.changes() == Lines{"0 modified h"});
  t.run({"hlen", "all"});
  REQUIRE(t.changes() == Lines{"0 hash_expired all"});
  // A write finds it, and makes another.
  t.run({"set", "n", "w"});
  REQUIRE(t.changes() == Lines{"0 expired n", "0 created n"});
}

}  // namespace redpoll::testing
