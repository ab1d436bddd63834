// The gate: what is told of changes, when, and to whom; and the terms on which keys are looked at.
#include "store/slot.h"

#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/hash.h"
#include "store/list.h"
#include "store/set.h"
#include "store/sorted_set.h"

namespace redpoll::store {

namespace {

constexpr UnixMs kNow{1'000'000};
using Lines = std::vector<std::string>;

std::string_view name_of(Change what) {
  constexpr std::string_view kNames[] = {"created", "modified",     "deadline", "removed",
                                         "expired", "hash_expired", "evicted"};
  return kNames[static_cast<size_t>(what)];
}

// Writes down what it hears: "what key type", with "!" if the key came to hold that type; "before key value".
class Recorder : public ChangeObserver {
 public:
  void before_change(const Database&, const Entry& entry) override {
    std::string line = "before " + std::string(entry.key());
    if (entry.type() == Type::string) {
      StringView::Digits digits;
      line.append(" ").append(StringView(entry).text(digits));
    } else {
      line.append(" ").append(encoding_name(entry));
    }
    lines.push_back(line);
  }
  void key_changed(Database&, std::string_view key, const KeyChange& change) override {
    std::string line(name_of(change.what));
    line.append(" ").append(key).append(" ").append(type_name(change.type));
    if (change.came_to_type) line += "!";
    lines.push_back(line);
  }
  void fields_expired(Database&, std::string_view key, std::span<const std::string>) override {
    lines.push_back("fields " + std::string(key));
  }
  void before_clear(Database& db) override { lines.push_back("clear " + std::to_string(db.size())); }
  void swapped(Database&, Database&) override { lines.push_back("swapped"); }
  void key_missed(Database&, std::string_view key) override { lines.push_back("missed " + std::string(key)); }

  Lines take() { return std::exchange(lines, {}); }
  Lines lines;
};

struct Fixture {
  Fixture() {
    keys.terms().now = kNow;
    keys.listen(kChanges, true);
  }
  void put(std::string_view key, std::string_view value, std::optional<UnixMs> deadline = std::nullopt) {
    db.probe(key).store(String::encode(value), deadline);
  }
  Slot slot(std::string_view key) { return db.probe(key); }

  Recorder recorder;
  Keyspace keys{2, SipKey{1, 2}, nullptr, &recorder};
  Database& db = keys.db(0);
};

}  // namespace

TEST_CASE("A slot tells once what became of its key") {
  Fixture t;
  t.put("k", "v");
  REQUIRE(t.recorder.take() == Lines{"created k string!"});
  {
    Slot slot = t.slot("k");
    slot.store(String::encode("w"));
    slot.store(String::encode("x"), kNow + 10);
    slot.expire_at(kNow + 20);
    REQUIRE(t.recorder.lines.empty());
  }
  REQUIRE(t.recorder.take() == Lines{"modified k string"});
  t.slot("k").expire_at(kNow + 30);
  t.slot("k").persist();
  REQUIRE(t.recorder.take() == Lines{"deadline k string", "deadline k string"});
  t.slot("k").persist();
  t.slot("k");
  t.slot("absent");
  REQUIRE(t.recorder.take().empty());
  t.slot("k").erase();
  REQUIRE(t.recorder.take() == Lines{"removed k string"});
}

TEST_CASE("A key that comes and goes in one slot is nothing, one that goes and comes is changed") {
  Fixture t;
  {
    Slot slot = t.slot("k");
    slot.store(String::encode("v"));
    slot.erase();
  }
  REQUIRE(t.recorder.take().empty());
  {
    Slot slot = t.slot("k");
    slot.store(String::encode("v"));
    slot.expire_at(kNow + 10);
    slot.store(String::encode("w"));
  }
  REQUIRE(t.recorder.take() == Lines{"created k string!"});
  {
    Slot slot = t.slot("k");
    slot.erase();
    slot.store(Value::packed(Type::list, "x"));
  }
  REQUIRE(t.recorder.take() == Lines{"modified k list!"});
  t.slot("k").adopt(EntryPtr(Entry::create("k", Value::packed(Type::list, "y"), std::nullopt)));
  REQUIRE(t.recorder.take() == Lines{"modified k list"});
}

TEST_CASE("Nobody is told who does not listen") {
  Fixture t;
  t.keys.listeners = 0;
  t.put("k", "v");
  t.put("gone", "v", kNow - 1);
  REQUIRE(t.db.lookup("gone") == nullptr);
  t.db.clear(Reclaim::now);
  t.keys.swap(0, 1);
  REQUIRE(t.recorder.lines.empty());
  // A miss is an event, and no change.
  t.keys.listen(kChanges, true);
  t.db.lookup("absent");
  REQUIRE(t.recorder.lines.empty());
  t.keys.listen(kEvents, true);
  t.keys.listen(kChanges, false);
  t.db.lookup("absent");
  REQUIRE(t.recorder.take() == Lines{"missed absent"});
}

TEST_CASE("An editor that changes nothing touches nothing, and a value stored in another way is the same") {
  Fixture t;
  t.keys.encoding = {.set_max_listpack_entries = 2, .zset_max_listpack_entries = 2};
  t.keys.listeners = 0;
  {
    Slot set = t.slot("s");
    SetEditor(set).add(Element("a"));
    SetEditor(set).add(Element("b"));
  }
  {
    Slot set = t.slot("z");
    SortedSetEditor(set).add("a", 1);
  }
  t.keys.listen(kChanges, true);
  for (int round = 0; round < 2; ++round) {
    Slot set = t.slot("s");
    SetEditor editor(set);
    REQUIRE_FALSE(editor.add(Element("a")));
    REQUIRE_FALSE(editor.remove(Element("z")));
    editor.expect(100);
    REQUIRE(set.entry().encoding() == Encoding::object);
    Slot other = t.keys.db(1).probe("z");
  }
  {
    Slot set = t.slot("z");
    SortedSetEditor editor(set);
    editor.add("a", 1);
    editor.remove("z");
    editor.unpack();
  }
  REQUIRE(t.recorder.take().empty());
  {
    Slot set = t.slot("s");
    SetEditor(set).add(Element("c"));
  }
  REQUIRE(t.recorder.take() == Lines{"modified s set"});
}

TEST_CASE("Who wants pre-images sees each entry once before it changes") {
  Fixture t;
  t.keys.listeners = 0;
  t.put("k", "old");
  t.put("due", "v", kNow - 1);
  t.keys.wants_pre_images = true;
  t.put("new", "v");
  REQUIRE(t.recorder.take().empty());
  {
    Slot slot = t.slot("k");
    slot.resize(4)[3] = '!';
    slot.store(String::encode("x"));
    slot.expire_at(kNow + 10);
  }
  REQUIRE(t.recorder.take() == Lines{"before k old"});
  t.slot("k").expire_at(kNow + 20);
  t.slot("k").persist();
  t.slot("k").adopt(EntryPtr(Entry::create("k", String::encode("y"), std::nullopt)));
  t.slot("k").erase();
  REQUIRE(t.recorder.take() == Lines{"before k x", "before k x", "before k x", "before k y"});
  REQUIRE(t.db.lookup("due") == nullptr);
  REQUIRE(t.recorder.take() == Lines{"before due v"});
  t.put("due", "v", kNow - 1);
  t.db.sweep_step(kNow);
  REQUIRE(t.recorder.take() == Lines{"before due v"});
  t.db.clear(Reclaim::now);
  REQUIRE(t.recorder.take() == Lines{"clear 1"});
}

TEST_CASE("No editor gets at a collection before its pre-image was taken") {
  for (const bool packed : {true, false}) {
    Fixture t;
    if (!packed) {
      t.keys.encoding = {.hash_max_listpack_entries = 0,
                         .set_max_intset_entries = 0,
                         .set_max_listpack_entries = 0,
                         .zset_max_listpack_entries = 0,
                         .list_max_listpack_size = 1};
    }
    t.keys.listeners = 0;
    const auto change_all = [&](std::string_view text) {
      Slot set = t.slot("set");
      SetEditor(set).add(Element(text));
      Slot hash = t.keys.db(1).probe("hash");
      HashEditor(hash).set(text, text);
    };
    const auto change_others = [&](std::string_view text) {
      Slot sorted = t.slot("zset");
      SortedSetEditor(sorted).add(text, 1);
      Slot list = t.keys.db(1).probe("list");
      ListEditor editor(list);
      editor.expect(1, text.size());
      editor.push(ListEnd::tail, text);
    };
    change_all("a");
    change_others("a");
    change_others("b");
    t.keys.wants_pre_images = true;
    change_all("b");
    change_others("c");
    REQUIRE(t.recorder.take() == (packed ? Lines{"before set listpack", "before hash listpack",
                                                 "before zset listpack", "before list listpack"}
                                         : Lines{"before set hashtable", "before hash hashtable",
                                                 "before zset skiplist", "before list quicklist"}));
  }
}

TEST_CASE("Fields that expire change their hash, and with the last one it goes") {
  Fixture t;
  const auto hash = [&](std::initializer_list<const char*> lasting) {
    Slot slot = t.slot("h");
    HashEditor editor(slot);
    for (const char* field : lasting) editor.set(field, "v");
    editor.set("f", "v");
    editor.set_deadline("f", kNow + 10);
  };
  hash({"lasts"});
  REQUIRE(t.recorder.take() == Lines{"created h hash!"});
  t.keys.terms().now = kNow + 11;
  REQUIRE(t.db.lookup("h") != nullptr);
  REQUIRE(t.recorder.take() == Lines{"fields h", "modified h hash"});
  t.keys.terms().now = kNow;
  t.slot("h").erase();
  hash({});
  t.recorder.take();
  t.keys.terms().now = kNow + 11;
  REQUIRE(t.db.lookup("h") == nullptr);
  REQUIRE(t.recorder.take() == Lines{"hash_expired h hash"});
}

TEST_CASE("The terms of a scope end with it, and scopes nest") {
  Fixture t;
  t.put("due", "v", kNow + 5);
  {
    const AccessScope outer(t.keys, {.now = kNow + 10, .touch = false, .expired = Expired::hide});
    REQUIRE(t.db.lookup("due") == nullptr);
    REQUIRE(t.db.size() == 1);
    {
      const AccessScope inner(t.keys, {.now = kNow + 1});
      REQUIRE(t.keys.terms().touch);
      REQUIRE(t.db.lookup("due") != nullptr);
      t.keys.terms().now = kNow + 3;
    }
    REQUIRE(t.keys.terms().now == kNow + 10);
    REQUIRE_FALSE(t.keys.terms().touch);
    REQUIRE(t.db.lookup("due") == nullptr);
  }
  REQUIRE(t.keys.terms().now == kNow);
  REQUIRE(t.keys.terms().expired == Expired::remove);
  REQUIRE(t.db.lookup("due") != nullptr);
}

TEST_CASE("Whoever ignores deadlines sees what is due, and may change it") {
  Fixture t;
  t.put("due", "v", kNow - 5);
  {
    Slot slot = t.slot("h");
    HashEditor editor(slot);
    editor.set("f", "v");
    editor.set_deadline("f", kNow + 5);
  }
  const AccessScope scope(t.keys, {.now = kNow + 10, .expired = Expired::ignore});
  REQUIRE(t.db.lookup("due") != nullptr);
  REQUIRE(t.db.find<Hash>("h").value->get("f"));
  REQUIRE(t.slot("due").occupied());
  {
    Slot slot = t.slot("h");
    HashEditor editor(slot);
    REQUIRE(editor.size() == 1);
    editor.set("g", "v");
    REQUIRE(editor.size() == 2);
  }
  REQUIRE(t.db.random() != nullptr);
  REQUIRE(t.db.size() == 2);
}

TEST_CASE("Hints are used in their order, the last one again and again") {
  Fixture t;
  t.put("a", "1");
  t.put("b", "2");
  const std::string a = "a", b = "b", other = "a";
  const auto there = [&](const std::string& key) { return t.db.lookup(key) != nullptr; };
  // Wrong ones show where they are used.
  const HashHint hints[] = {{a.data(), 1, ~t.db.hash_of(a)}, {b.data(), 1, ~t.db.hash_of(b)}};
  const AccessScope scope(t.keys, {.now = kNow, .hints = hints});
  REQUIRE(there(b));  // not the next one
  REQUIRE(there(other));
  REQUIRE_FALSE(there(a));
  REQUIRE(there(a));
  REQUIRE_FALSE(there(b));
  REQUIRE_FALSE(there(b));
  t.keys.terms().hints = kNoHint;
  REQUIRE(there(b));
}

TEST_CASE("While resizing is avoided the tables inside values keep their size, too") {
  const auto buckets_of_set = [](int members) {
    Fixture t;
    Slot slot = t.slot("s");
    SetEditor editor(slot);
    for (int i = 0; i < members; ++i) editor.add(Element("member:" + std::to_string(i)));
    return slot.entry().object().table_stats()->buckets;
  };
  const size_t usual = buckets_of_set(5000);
  ds::set_resize_policy(ds::ResizePolicy::avoid);
  const size_t avoided = buckets_of_set(5000);
  ds::set_resize_policy(ds::ResizePolicy::normal);
  REQUIRE(avoided * 3 < usual);
}

}  // namespace redpoll::store
