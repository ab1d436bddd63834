// Fields of a hash by chance: each as likely as another, and none whose time has come.
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "store/hash.h"
#include "store/keyspace.h"

namespace redpoll::store {

namespace {

constexpr UnixMs kNow{1'000'000};

struct Fixture {
  Fixture() { keys.terms().now = kNow; }
  void fill(int count) {
    Slot slot = db.probe("h");
    for (int i = 0; i < count; ++i) HashEditor(slot).set("f" + std::to_string(i), "v" + std::to_string(i));
  }
  void grow() {
    Slot slot = db.probe("h");
    HashEditor(slot).expect(keys.encoding.hash_max_listpack_entries + 1);
  }
  void expire(std::string_view field, UnixMs deadline) {
    Slot slot = db.probe("h");
    HashEditor(slot).set_deadline(field, deadline);
  }
  HashView view() { return HashView(*db.peek("h"), keys.terms().now); }

  Keyspace keys{1, SipKey{1, 2}};
  Database& db = keys.db(0);
};

}  // namespace

TEST_CASE("Random fields live, differ if they shall, and each is drawn sometimes") {
  for (const bool table : {false, true}) {
    Fixture t;
    t.fill(60);
    if (table) t.grow();
    for (int i = 0; i < 40; ++i) t.expire("f" + std::to_string(i), kNow + 10);
    t.keys.terms().now = kNow + 11;
    Rng rng(7);
    std::map<std::string, int> drawn, sampled;
    Element::Digits digits;
    for (int i = 0; i < 4000; ++i) ++drawn[std::string(t.view().random(rng).field.text(digits))];
    REQUIRE(drawn.size() == 20);
    for (const auto& [field, times] : drawn) REQUIRE((times > 100 && times < 300));
    for (const size_t count : {size_t{1}, size_t{3}, size_t{10}, size_t{19}}) {
      for (int i = 0; i < 200; ++i) {
        std::set<std::string> once;
        t.view().sample(rng, count, [&](const HashPair& pair) {
          once.emplace(pair.field.text(digits));
          REQUIRE(pair.value.equals("v" + std::string(pair.field.text(digits).substr(1))));
        });
        REQUIRE(once.size() == count);
        for (const std::string& field : once) ++sampled[field];
      }
    }
    REQUIRE(sampled.size() == 20);
    for (const auto& [field, times] : sampled) REQUIRE((times > 250 && times < 400));
    int calls = 0;
    t.view().sample(rng, 20, [&](const HashPair&) { ++calls; });
    REQUIRE(calls == 20);
    t.view().sample(rng, 0, [&](const HashPair&) { FAIL("nothing was asked for"); });
  }
}

TEST_CASE("A random field is found even where nearly all are due") {
  Fixture t;
  t.fill(2000);
  for (int i = 1; i < 2000; ++i) t.expire("f" + std::to_string(i), kNow + 10);
  t.keys.terms().now = kNow + 11;
  t.keys.terms().expired = Expired::hide;
  Rng rng(3);
  for (int i = 0; i < 20; ++i) REQUIRE(t.view().random(rng).field.equals("f0"));
  int calls = 0;
  t.view().sample(rng, 1, [&](const HashPair& pair) {
    ++calls;
    REQUIRE(pair.field.equals("f0"));
  });
  REQUIRE(calls == 1);
}

TEST_CASE("Where nearly all are due, what lives is followed through every change") {
  Fixture t;
  t.fill(2000);
  for (int i = 4; i < 2000; ++i) t.expire("f" + std::to_string(i), kNow + 10);
  t.keys.terms().now = kNow + 11;
  t.keys.terms().expired = Expired::hide;
  Rng rng(3);
  const auto living = [&] {
    std::map<std::string, int> drawn;
    Element::Digits digits;
    for (int i = 0; i < 400; ++i) ++drawn[std::string(t.view().random(rng).field.text(digits))];
    std::string names, all;
    for (const auto& [name, times] : drawn) names += name + " ";
    std::set<std::string> visited;
    t.view().each([&](const Element& field, const Element&) { visited.emplace(field.text(digits)); });
    for (const std::string& name : visited) all += name + " ";
    REQUIRE(names == all);
    t.db.peek("h")->object().validate();
    return names;
  };
  const auto edit = [&](auto&& change) {
    Slot slot = t.db.probe("h");
    HashEditor hash(slot);
    change(hash);
  };
  REQUIRE(living() == "f0 f1 f2 f3 ");
  t.expire("f1", kNow + 1000);
  REQUIRE(living() == "f0 f1 f2 f3 ");
  t.expire("f1", kNow + 5);
  REQUIRE(living() == "f0 f2 f3 ");
  edit([](HashEditor& hash) { hash.erase("f2"); });
  REQUIRE(living() == "f0 f3 ");
  edit([](HashEditor& hash) { hash.set("f3", std::string(300, 'x')); });
  edit([](HashEditor& hash) { hash.set("new", "v"); });
  REQUIRE(living() == "f0 f3 new ");
  edit([](HashEditor& hash) { hash.set_deadline("f0", std::nullopt); });
  edit([](HashEditor& hash) { hash.set("f7", "alive again"); });
  REQUIRE(living() == "f0 f3 f7 new ");
  edit([](HashEditor& hash) { hash.expire(500); });
  REQUIRE(living() == "f0 f3 f7 new ");
}

TEST_CASE(
    "Where nearly all fields of a table are due, those that live are drawn, with a deadline or without") {
  Fixture t;
  t.fill(2000);
  for (int i = 2; i < 2000; ++i) t.expire("f" + std::to_string(i), kNow + 10);
  t.expire("f1", kNow + 1000);
  t.keys.terms().now = kNow + 11;
  t.keys.terms().expired = Expired::hide;
  Rng rng(3);
  std::map<std::string, int> drawn;
  t.view().draw(rng, 100, [&](const HashPair& pair) {
    Element::Digits digits;
    ++drawn[std::string(pair.field.text(digits))];
    return true;
  });
  REQUIRE(drawn.size() == 2);
  REQUIRE(drawn["f0"] + drawn["f1"] == 100);
  REQUIRE(drawn["f0"] > 20);
  REQUIRE(drawn["f1"] > 20);
  int calls = 0;
  t.view().draw(rng, 100, [&](const HashPair&) { return ++calls < 7; });
  REQUIRE(calls == 7);
}

}  // namespace redpoll::store
