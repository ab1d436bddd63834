#include "exec/journal.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "mem/zmalloc.h"
#include "store/eviction.h"
#include "store/slot.h"

namespace redpoll::exec::journal_test {

namespace {

using Lines = std::vector<std::string>;

// Writes down each unit as one list of lines: changes, then events, then commands.
class Units final : public JournalReader {
 public:
  std::vector<Lines> seen;
  int cleared = 0;
  int swapped = 0;

 private:
  void committed(const JournalUnit& unit) override {
    Lines& lines = seen.emplace_back();
    unit.each_change([&](const ChangedKey& c) {
      lines.push_back("change " + std::to_string(c.db) + " " + std::string(c.key) + " " +
                      std::to_string(static_cast<int>(c.change.what)));
    });
    unit.each_event([&](const KeyEvent& e) {
      lines.push_back("event " + std::to_string(e.db) + " " + std::string(e.name) + " " + std::string(e.key));
    });
    unit.each_command([&](const PropagatedCommand& c) {
      std::string line = std::to_string(c.db);
      for (const resp::Arg word : c.words) line.append(" ").append(word.view());
      lines.push_back(line);
    });
  }
  void database_cleared(store::Database&) override { ++cleared; }
  void databases_swapped(store::Database&, store::Database&) override { ++swapped; }
};

constexpr Interests kAll = interest::kChanges | interest::kEvents | interest::kCommands;

struct JournalFixture {
  explicit JournalFixture(Interests interests = kAll) {
    journal.observe(keys);
    journal.read_by(units, interests);
    keys.terms().now = UnixMs{1'000};
  }
  void put(std::string_view key) { keys.db(0).probe(key).store(store::String::encode("v")); }
  void put_until(std::string_view key, int64_t deadline) {
    store::Slot slot = keys.db(0).probe(key);
    slot.store(store::String::encode("v"));
    slot.expire_at(UnixMs{deadline});
  }
  void say(std::string_view word) {
    const resp::Arg words[] = {word};
    journal.command(1, words);
  }

  Units units;
  Journal journal;
  store::Keyspace keys{4, SipKey{1, 2}, nullptr, &journal};
};

std::string change(std::string_view key, store::Change what) {
  return "change 0 " + std::string(key) + " " + std::to_string(static_cast<int>(what));
}

}  // namespace

TEST_CASE("What happens outside of a unit is a unit each") {
  JournalFixture t;
  t.put("a");
  t.put("b");
  t.journal.event(Event::generic, "del", 2, "c");
  REQUIRE(t.units.seen == std::vector<Lines>{{change("a", store::Change::created)},
                                             {change("b", store::Change::created)},
                                             {"event 2 del c"}});
}

TEST_CASE("Units nest: what happened is told when the outermost one ends, in order") {
  JournalFixture t;
  t.journal.begin();
  t.put("a");
  t.journal.begin();
  t.say("ONE");
  t.journal.event(Event::string, "set", 0, "a");
  t.journal.end();
  REQUIRE(t.units.seen.empty());
  t.put("b");
  t.say("TWO");
  t.journal.end();
  REQUIRE(t.units.seen ==
          std::vector<Lines>{{change("a", store::Change::created), change("b", store::Change::created),
                              "event 0 set a", "-1 MULTI", "1 ONE", "1 TWO", "-1 EXEC"}});
  t.journal.begin();
  t.say("THREE");
  t.journal.end();
  REQUIRE(t.units.seen.size() == 2);
}

TEST_CASE("A unit of one command has no MULTI and EXEC around it, and one of nothing is not told") {
  JournalFixture t;
  t.journal.begin();
  t.say("ONE");
  t.journal.end();
  REQUIRE(t.units.seen == std::vector<Lines>{{"1 ONE"}});
  t.journal.begin();
  t.journal.begin();
  t.journal.end();
  t.journal.end();
  REQUIRE(t.units.seen.size() == 1);
}

TEST_CASE("A command is put together from text, numbers and arguments") {
  JournalFixture t;
  const resp::Arg several[] = {"a", "", "b"};
  t.journal.begin();
  t.journal.put_word("SET");
  t.journal.put_word(int64_t{INT64_MIN});
  t.journal.put_word(several);
  t.journal.end_command(3);
  t.say("NEXT");
  t.journal.end();
  REQUIRE(t.units.seen ==
          std::vector<Lines>{{"-1 MULTI", "3 SET -9223372036854775808 a  b", "1 NEXT", "-1 EXEC"}});
}

TEST_CASE("What nobody wants to hear of is not written down") {
  JournalFixture t(0);
  REQUIRE_FALSE(t.journal.wants(kAll));
  t.put("a");
  REQUIRE(t.units.seen.empty());
  t.journal.read_by(t.units, interest::kChanges);
  REQUIRE(t.journal.wants(interest::kChanges));
  REQUIRE_FALSE(t.journal.wants(interest::kEvents | interest::kCommands));
  t.put_until("b", 2'000);
  t.keys.terms().now = UnixMs{3'000};
  static_cast<void>(t.keys.db(0).lookup("b"));
  REQUIRE(t.units.seen ==
          std::vector<Lines>{{change("b", store::Change::created)}, {change("b", store::Change::expired)}});
}

TEST_CASE("A reader that goes away hears no more, and the others still do") {
  JournalFixture t(interest::kChanges);
  Units other;
  t.journal.read_by(other, kAll);
  t.journal.read_by(other, 0);
  REQUIRE(t.journal.wants(interest::kChanges));
  REQUIRE_FALSE(t.journal.wants(interest::kEvents));
  t.put("a");
  REQUIRE(other.seen.empty());
  REQUIRE(t.units.seen.size() == 1);
  t.journal.read_by(t.units, 0);
  t.put("b");
  REQUIRE(t.units.seen.size() == 1);
  REQUIRE(t.keys.listeners == 0);
}

TEST_CASE("The end of a key is a change, an event and a command in one unit") {
  JournalFixture t;
  for (const bool lazy : {false, true}) {
    t.keys.lazy_expire = lazy;
    t.keys.terms().now = UnixMs{1'000};
    t.put_until("k", 2'000);
    t.units.seen.clear();
    t.keys.terms().now = UnixMs{2'001};
    static_cast<void>(t.keys.db(0).lookup("k"));
    REQUIRE(t.units.seen.size() == 2);
    REQUIRE(t.units.seen.back() == Lines{"event 0 keymiss k"});
    t.units.seen.pop_back();
    REQUIRE(t.units.seen == std::vector<Lines>{{change("k", store::Change::expired), "event 0 expired k",
                                                lazy ? "0 UNLINK k" : "0 DEL k"}});
  }
}

TEST_CASE("The eviction of a key is a change, an event and a command in one unit") {
  JournalFixture t;
  store::Evictor evictor(t.keys);
  evictor.set_policy({.victims = store::Victims::any});
  for (const bool lazy : {false, true}) {
    t.keys.lazy_eviction = lazy;
    t.put("k");
    t.units.seen.clear();
    REQUIRE(evictor.evict_one() == store::Evictor::Step::removed);
    REQUIRE(t.units.seen == std::vector<Lines>{{change("k", store::Change::evicted), "event 0 evicted k",
                                                lazy ? "0 UNLINK k" : "0 DEL k"}});
  }
}

TEST_CASE("Fields that expire are an event and one HDEL") {
  JournalFixture t;
  const std::string fields[] = {"f", "g"};
  t.journal.fields_expired(t.keys.db(2), "h", fields);
  REQUIRE(t.units.seen == std::vector<Lines>{{"event 2 hexpired h", "2 HDEL h f g"}});
}

TEST_CASE("A hash whose last field expires is deleted, by two events and one command") {
  JournalFixture t;
  t.journal.key_changed(t.keys.db(0), "h", {store::Change::hash_expired, store::Type::hash, false});
  REQUIRE(t.units.seen == std::vector<Lines>{{change("h", store::Change::hash_expired), "event 0 hexpired h",
                                              "event 0 del h", "0 DEL h"}});
}

TEST_CASE("That a database is cleared or swapped is told at once to who listens to changes") {
  JournalFixture t;
  Units events_only;
  t.journal.read_by(events_only, interest::kEvents);
  t.journal.begin();
  t.journal.before_clear(t.keys.db(0));
  t.journal.swapped(t.keys.db(0), t.keys.db(1));
  REQUIRE(t.units.cleared == 1);
  REQUIRE(t.units.swapped == 1);
  t.journal.end();
  REQUIRE(events_only.cleared + events_only.swapped == 0);
  t.journal.read_by(events_only, 0);
}

TEST_CASE("The memory of a large unit is given back") {
  const auto allocated = [] { return mem::zmalloc_used_memory(); };
  JournalFixture t;
  t.say("warm");
  const size_t before = allocated();
  t.journal.begin();
  for (int i = 0; i < 100'000; ++i) t.say("some word that takes room");
  REQUIRE(allocated() > before + 1'000'000);
  t.journal.end();
  t.units.seen.clear();
  t.units.seen.shrink_to_fit();
  REQUIRE(allocated() < before + 300'000);
}

}  // namespace redpoll::exec::journal_test
