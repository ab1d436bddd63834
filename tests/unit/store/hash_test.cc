// Hashes: encodings and when they change, deadlines of fields, what views show and what is purged when.
#include "store/hash.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mem/zmalloc.h"
#include "store/expiry_cycle.h"
#include "store/keyspace.h"
#include "store/slot.h"

namespace redpoll::store {

namespace {

constexpr UnixMs kNow{1'000'000};
using Lines = std::vector<std::string>;

class Recorder : public ChangeObserver {
 public:
  void key_changed(Database&, std::string_view key, const KeyChange& change) override {
    if (change.what == Change::expired) lines.push_back("key " + std::string(key));
    if (change.what == Change::hash_expired) lines.push_back("hash " + std::string(key));
  }
  void fields_expired(Database&, std::string_view key, std::span<const std::string> fields) override {
    std::string line = "fields " + std::string(key);
    for (const std::string& field : fields) line += " " + field;
    lines.push_back(line);
    fields_gone += fields.size();
  }
  void key_missed(Database&, std::string_view) override {}
  void before_clear(Database&) override {}
  void swapped(Database&, Database&) override {}
  Lines lines;
  size_t fields_gone = 0;
};

struct Fixture {
  Fixture() { keys.terms().now = kNow, keys.listen(kEvents, true); }
  bool set(std::string_view field, std::string_view value, FieldTtl ttl = FieldTtl::drop) {
    Slot slot = db.probe("h");
    return HashEditor(slot).set(field, value, ttl);
  }
  bool erase(std::string_view field) {
    Slot slot = db.probe("h");
    return HashEditor(slot).erase(field);
  }
  void expire(std::string_view field, std::optional<UnixMs> deadline) {
    Slot slot = db.probe("h");
    HashEditor(slot).set_deadline(field, deadline);
  }
  void fill(int count) {
    for (int i = 0; i < count; ++i) set("f" + std::to_string(i), "v" + std::to_string(i));
  }
  std::string_view encoding() { return encoding_name(entry()); }
  const Entry& entry() { return *db.peek("h"); }
  HashView view() { return HashView(entry(), keys.terms().now); }
  std::string get(std::string_view field) {
    const auto hit = db.find<Hash>("h");
    const auto value = hit.value ? hit.value->get(field) : std::nullopt;
    Element::Digits digits;
    return value ? std::string(value->text(digits)) : "(none)";
  }
  // Names and values in the order in which they lie.
  std::string fields() {
    std::string all;
    view().each([&](const Element& field, const Element& value) {
      Element::Digits digits;
      all += std::string(field.text(digits)) + "=";
      all += std::string(value.text(digits)) + " ";
    });
    return all;
  }
  // Makes it a table.
  void grow() {
    set("long", std::string(100, 'x'));
    erase("long");
    REQUIRE(encoding() == "hashtable");
  }
  void validate() {
    if (entry().encoding() == Encoding::object) entry().object().validate();
    db.validate();
  }

  Recorder recorder;
  Keyspace keys{2, SipKey{1, 2}, nullptr, &recorder};
  Database& db = keys.db(0);
};

// The deadlines of the fields that live.
std::map<std::string, int64_t> deadlines(Fixture& t) {
  std::map<std::string, int64_t> all;
  t.view().each([&](const Element& field, const Element&) {
    Element::Digits digits;
    const std::string name(field.text(digits));
    const auto deadline = t.view().find(name)->deadline;
    all[name] = deadline ? deadline->v : 0;
  });
  return all;
}

}  // namespace

TEST_CASE("A hash is created with its first field and keeps the order of its fields while it is packed") {
  Fixture t;
  REQUIRE(t.set("b", "1"));
  REQUIRE(t.set("a", "text"));
  REQUIRE_FALSE(t.set("b", "2"));
  REQUIRE(t.encoding() == "listpack");
  REQUIRE(t.fields() == "b=2 a=text ");
  REQUIRE(t.get("a") == "text");
  REQUIRE(t.get("c") == "(none)");
  REQUIRE(t.view().size() == 2);
  REQUIRE(t.erase("b"));
  REQUIRE_FALSE(t.erase("b"));
  REQUIRE(t.fields() == "a=text ");
}

TEST_CASE("A value that equals a field's name is not taken for the field") {
  Fixture t;
  t.set("a", "b");
  REQUIRE(t.get("b") == "(none)");
  REQUIRE(t.set("b", "a"));
  t.expire("a", kNow + 10);
  REQUIRE(t.get(std::to_string((kNow + 10).v)) == "(none)");
}

TEST_CASE("A hash becomes a table with its 513th field and stays one") {
  Fixture t;
  t.fill(512);
  REQUIRE(t.encoding() == "listpack");
  t.set("f512", "v");
  REQUIRE(t.encoding() == "hashtable");
  REQUIRE(t.view().size() == 513);
  REQUIRE(t.get("f77") == "v77");
  for (int i = 1; i < 513; ++i) t.erase("f" + std::to_string(i));
  REQUIRE(t.encoding() == "hashtable");
  REQUIRE(t.fields() == "f0=v0 ");
  t.validate();
}

TEST_CASE("A hash becomes a table with a field or value that is longer than the limit") {
  for (const bool long_field : {false, true}) {
    Fixture t;
    const std::string fits(64, 'x'), too_long(65, 'x');
    t.set(long_field ? fits : "f", long_field ? "v" : fits);
    REQUIRE(t.encoding() == "listpack");
    t.set(long_field ? too_long : "g", long_field ? "w" : too_long);
    REQUIRE(t.encoding() == "hashtable");
    REQUIRE(t.view().size() == 2);
    REQUIRE(t.get(long_field ? fits : "f") == (long_field ? "v" : fits));
  }
}

TEST_CASE("The limits are those of the moment") {
  Fixture t;
  t.keys.encoding.hash_max_listpack_entries = 2;
  t.keys.encoding.hash_max_listpack_value = 3;
  t.set("a", "1");
  t.set("b", "123");
  REQUIRE(t.encoding() == "listpack");
  t.set("a", "1234");
  REQUIRE(t.encoding() == "hashtable");
  t.db.probe("h").erase();
  t.fill(2);
  REQUIRE(t.encoding() == "listpack");
  t.set("c", "1");
  REQUIRE(t.encoding() == "hashtable");
}

TEST_CASE("A hash that is to get more fields than may be packed is a table from the start") {
  Fixture t;
  {
    Slot slot = t.db.probe("h");
    HashEditor(slot).expect(512);
  }
  REQUIRE(t.encoding() == "listpack");
  t.db.probe("h").erase();
  {
    Slot slot = t.db.probe("h");
    HashEditor(slot).expect(513);
  }
  REQUIRE(t.encoding() == "hashtable");
}

TEST_CASE("The first deadline makes a packed hash one with deadlines, for good") {
  Fixture t;
  t.fill(3);
  t.expire("f1", std::nullopt);
  REQUIRE(t.encoding() == "listpack");
  REQUIRE_FALSE(t.entry().has_field_deadlines());
  t.expire("f1", kNow + 10);
  REQUIRE(t.encoding() == "listpackex");
  REQUIRE(t.entry().has_field_deadlines());
  REQUIRE(t.fields() == "f1=v1 f0=v0 f2=v2 ");
  t.expire("f1", std::nullopt);
  REQUIRE(t.encoding() == "listpackex");
  REQUIRE_FALSE(t.entry().has_field_deadlines());
  REQUIRE(t.fields() == "f0=v0 f2=v2 f1=v1 ");
}

TEST_CASE("Packed fields with deadlines are ordered by them, those without come last") {
  Fixture t;
  t.fill(4);
  t.expire("f0", kNow + 30);
  t.expire("f1", kNow + 10);
  t.expire("f2", kNow + 20);
  REQUIRE(t.fields() == "f1=v1 f2=v2 f0=v0 f3=v3 ");
  t.expire("f3", kNow + 20);
  REQUIRE(t.fields() == "f1=v1 f3=v3 f2=v2 f0=v0 ");
  t.expire("f1", kNow + 40);
  REQUIRE(t.fields() == "f3=v3 f2=v2 f0=v0 f1=v1 ");
  t.set("f4", "v4");
  REQUIRE(t.fields() == "f3=v3 f2=v2 f0=v0 f1=v1 f4=v4 ");
  // A value that changes while the deadline stays is replaced where it lies; without its deadline a field
  // moves.
  t.set("f2", "w", FieldTtl::keep);
  t.set("f3", "w");
  REQUIRE(t.fields() == "f2=w f0=v0 f1=v1 f4=v4 f3=w ");
  REQUIRE(deadlines(t) == std::map<std::string, int64_t>{
                              {"f0", 1'000'030}, {"f1", 1'000'040}, {"f2", 1'000'020}, {"f3", 0}, {"f4", 0}});
}

TEST_CASE("A packed hash with deadlines becomes a table by the same limits and keeps them") {
  Fixture t;
  t.fill(512);
  t.expire("f7", kNow + 10);
  REQUIRE(t.encoding() == "listpackex");
  t.set("f512", "v");
  REQUIRE(t.encoding() == "hashtable");
  REQUIRE(t.view().find("f7")->deadline == kNow + 10);
  REQUIRE_FALSE(t.view().find("f8")->deadline);
  REQUIRE(t.entry().has_field_deadlines());
  t.validate();
}

TEST_CASE("A table keeps deadlines in step with its fields") {
  Fixture t;
  t.fill(10);
  t.grow();
  REQUIRE_FALSE(t.entry().has_field_deadlines());
  t.expire("f1", kNow + 10);
  t.expire("f2", kNow + 10);
  REQUIRE(t.entry().has_field_deadlines());
  t.set("f1", std::string(300, 'w'), FieldTtl::keep);
  REQUIRE(t.view().find("f1")->deadline == kNow + 10);
  t.validate();
  t.set("f1", "w");
  REQUIRE_FALSE(t.view().find("f1")->deadline);
  t.expire("f2", kNow + 20);
  t.validate();
  REQUIRE(t.erase("f2"));
  t.validate();
  REQUIRE_FALSE(t.entry().has_field_deadlines());
}

TEST_CASE("A hash with deadlines of fields is swept, and not counted as a key that expires") {
  Fixture t;
  t.fill(2);
  REQUIRE(t.db.expiring_count() == 0);
  t.expire("f0", kNow + 10);
  REQUIRE(t.db.expiring_count() == 1);
  REQUIRE(t.db.volatile_count() == 0);
  t.db.probe("h").expire_at(kNow + 50);
  REQUIRE(t.db.volatile_count() == 1);
  t.expire("f0", std::nullopt);
  REQUIRE(t.db.volatile_count() == 1);
  t.db.probe("h").persist();
  REQUIRE(t.db.expiring_count() == 0);
  t.expire("f0", kNow + 10);
  t.keys.swap(0, 1);
  REQUIRE(t.db.expiring_count() == 0);
  REQUIRE(t.keys.db(1).expiring_count() == 1);
  REQUIRE(t.keys.db(1).volatile_count() == 0);
  t.keys.swap(0, 1);
  EntryPtr taken = Entry::renamed(t.db.probe("h").detach(), "other");
  REQUIRE(t.db.expiring_count() == 0);
  t.db.probe("other").adopt(std::move(taken));
  REQUIRE(t.db.expiring_count() == 1);
  REQUIRE(t.db.volatile_count() == 0);
  t.db.probe("other").store(String::encode("v"));
  REQUIRE(t.db.expiring_count() == 0);
  t.fill(1);
  t.expire("f0", kNow + 10);
  t.db.clear(Reclaim::now);
  REQUIRE(t.db.volatile_count() == 0);
  t.db.probe("k").store(String::encode("v"), kNow + 5);
  REQUIRE(t.db.volatile_count() == 1);
}

TEST_CASE("Clones and renamed entries keep the deadlines of fields") {
  for (const bool table : {false, true}) {
    Fixture t;
    t.fill(3);
    if (table) t.grow();
    t.expire("f1", kNow + 10);
    const EntryPtr twin(t.entry().clone("twin", std::nullopt));
    REQUIRE(twin->has_field_deadlines());
    REQUIRE(HashView(*twin, kNow).find("f1")->deadline == kNow + 10);
    REQUIRE(encoding_name(*twin) == t.encoding());
    t.set("f1", "changed");
    REQUIRE(HashView(*twin, kNow).find("f1")->deadline == kNow + 10);
    REQUIRE_FALSE(twin->expired(kNow + 11));
    REQUIRE_FALSE(t.entry().has_field_deadlines());
  }
}

TEST_CASE("A packed hash that outgrows its entry still knows of its deadlines") {
  Fixture t;
  t.keys.encoding.hash_max_listpack_value = 3000;
  t.set("a", std::string(3000, 'a'));
  t.expire("a", kNow + 10);
  t.set("b", std::string(3000, 'b'));
  REQUIRE(t.entry().encoding() == Encoding::blob);
  REQUIRE(t.encoding() == "listpackex");
  REQUIRE(t.entry().has_field_deadlines());
  REQUIRE(t.view().find("a")->deadline == kNow + 10);
}

TEST_CASE("A field is gone for whoever looks once its time has passed") {
  for (const bool table : {false, true}) {
    Fixture t;
    t.fill(4);
    if (table) t.grow();
    t.expire("f1", kNow + 10);
    t.expire("f2", kNow + 20);
    t.keys.terms().now = kNow + 10;
    REQUIRE(t.get("f1") == "v1");
    t.keys.terms().now = kNow + 11;
    REQUIRE(t.get("f1") == "(none)");
    REQUIRE(t.get("f2") == "v2");
    REQUIRE(t.view().size() == 3);
    REQUIRE(t.recorder.lines == Lines{"fields h f1"});
    REQUIRE(t.keys.stats.expired_fields == 1);
    REQUIRE(t.keys.stats.expired == 0);
    REQUIRE(t.set("f1", "again"));
    REQUIRE_FALSE(t.view().find("f1")->deadline);
    t.validate();
  }
}

TEST_CASE("While expired keys are hidden fields stay, unseen by reads") {
  for (const bool table : {false, true}) {
    Fixture t;
    t.fill(3);
    if (table) t.grow();
    t.expire("f1", kNow + 10);
    t.keys.terms().now = kNow + 11;
    t.keys.terms().expired = Expired::hide;
    REQUIRE(t.get("f1") == "(none)");
    REQUIRE(t.db.find<Hash>("h").value->size() == 2);
    std::set<std::string> seen;
    t.view().each([&](const Element& field, const Element&) {
      Element::Digits digits;
      seen.emplace(field.text(digits));
    });
    REQUIRE(seen == std::set<std::string>{"f0", "f2"});
    REQUIRE(field_count(t.entry()) == 3);
    REQUIRE(t.recorder.lines.empty());
    t.keys.terms().expired = Expired::remove;
    REQUIRE(t.get("f1") == "(none)");
    REQUIRE(field_count(t.entry()) == 2);
  }
}

TEST_CASE("A hash ends with its last field") {
  for (const bool table : {false, true}) {
    Fixture t;
    t.fill(3);
    if (table) t.grow();
    for (const char* field : {"f0", "f1", "f2"}) t.expire(field, kNow + 10);
    t.keys.terms().now = kNow + 11;
    t.keys.terms().expired = Expired::hide;
    REQUIRE(t.entry().expired(t.keys.terms().now));
    REQUIRE(t.db.lookup("h") == nullptr);
    REQUIRE(t.db.size() == 1);
    t.keys.terms().expired = Expired::remove;
    REQUIRE(t.db.lookup("h") == nullptr);
    REQUIRE(t.db.size() == 0);
    REQUIRE(t.recorder.lines == Lines{"hash h"});
    REQUIRE(t.keys.stats.expired == 0);
    REQUIRE(t.keys.stats.expired_fields == 3);
    REQUIRE(t.db.expiring_count() == 0);
  }
}

TEST_CASE("A probe finds no hash of which nothing lives") {
  Fixture t;
  t.fill(2);
  t.expire("f0", kNow + 10);
  t.expire("f1", kNow + 20);
  t.keys.terms().now = kNow + 21;
  {
    Slot slot = t.db.probe("h");
    REQUIRE_FALSE(slot.occupied());
    REQUIRE(HashEditor(slot).set("f1", "new"));
    REQUIRE(slot.created());
  }
  REQUIRE(t.fields() == "f1=new ");
}

TEST_CASE("A look takes out a bounded number of fields and hides the others") {
  for (const bool table : {false, true}) {
    Fixture t;
    t.fill(101);
    if (table) t.grow();
    for (int i = 0; i < 100; ++i) t.expire("f" + std::to_string(i), kNow + 10 + i % 7);
    t.keys.terms().now = kNow + 100;
    size_t before = field_count(t.entry());
    REQUIRE(before == 101);
    int looks = 0;
    for (; field_count(t.entry()) > 1; ++looks) {
      REQUIRE(t.get("f100") == "v100");
      REQUIRE(t.view().size() == 1);
      REQUIRE(before - field_count(t.entry()) <= 16);
      before = field_count(t.entry());
    }
    REQUIRE(looks == 7);
    REQUIRE(t.recorder.fields_gone == 100);
    REQUIRE_FALSE(t.entry().has_field_deadlines());
    t.validate();
  }
}

TEST_CASE("An editor takes a field whose time has come for one that is not there") {
  for (const bool table : {false, true}) {
    Fixture t;
    t.fill(60);
    if (table) t.grow();
    for (int i = 0; i < 50; ++i) t.expire("f" + std::to_string(i), kNow + 10 + i);
    t.keys.terms().now = kNow + 100;
    // A probe has taken out the first sixteen.
    REQUIRE_FALSE(t.erase("f48"));
    REQUIRE(t.set("f49", "new", FieldTtl::keep));
    REQUIRE_FALSE(t.view().find("f49")->deadline);
    REQUIRE(t.view().size() == 11);
    t.validate();
  }
}

TEST_CASE("A sweep takes out fields in bounded steps and stays where more are due") {
  for (const bool table : {false, true}) {
    Fixture t;
    t.keys.encoding.hash_max_listpack_entries = 5000;
    t.fill(1001);
    if (table) t.grow();
    for (int i = 0; i < 1000; ++i) t.expire("f" + std::to_string(i), kNow + 10);
    t.keys.terms().now = kNow + 11;
    size_t steps = 0;
    for (; field_count(t.entry()) > 1; ++steps) {
      const size_t before = field_count(t.entry());
      const auto step = t.db.sweep_step(t.keys.terms().now);
      REQUIRE(step.expired == before - field_count(t.entry()));
      REQUIRE(step.expired <= 64);
      REQUIRE(step.visited >= step.expired);
      REQUIRE(step.lasting == 0);
      REQUIRE(steps < 100);
    }
    REQUIRE(steps >= 1000 / 64);
    REQUIRE(t.keys.stats.expired_fields == 1000);
    REQUIRE(t.fields() == "f1000=v1000 ");
    REQUIRE(t.db.expiring_count() == 0);
    t.validate();
  }
}

TEST_CASE("The expiry cycle removes fields and hashes that nobody looks at") {
  Fixture t;
  ExpiryCycle cycle(t.keys, {});
  for (int key = 0; key < 200; ++key) {
    const std::string name = "hash" + std::to_string(key);
    Slot slot = t.db.probe(name);
    HashEditor hash(slot);
    for (int i = 0; i < 20; ++i) {
      const std::string field = "f" + std::to_string(i);
      hash.set(field, "v");
      if (key % 2 == 0 || i < 10) hash.set_deadline(field, kNow + 10);
    }
  }
  t.db.probe("eternal").store(String::encode("v"));
  t.keys.terms().now = kNow + 11;
  for (int slice = 0; slice < 1000 && t.db.expiring_count() > 0; ++slice) cycle.begin(10, 1);
  REQUIRE(t.db.size() == 101);
  REQUIRE(t.keys.stats.expired_fields == 100 * 20 + 100 * 10);
  REQUIRE(t.keys.stats.expired == 0);
  REQUIRE(t.db.average_ttl_ms == 0);
  t.db.each([](const Entry& entry) {
    if (entry.type() == Type::hash) REQUIRE(field_count(entry) == 10);
  });
}

TEST_CASE("A scan visits every field that stays, and all of a packed hash at once") {
  Fixture t;
  t.fill(100);
  std::set<std::string> seen;
  const auto note = [&](const Element& field, const Element&) {
    Element::Digits digits;
    seen.emplace(field.text(digits));
  };
  REQUIRE(t.view().scan(0, note) == 0);
  REQUIRE(seen.size() == 100);
  t.grow();
  seen.clear();
  uint64_t cursor = 0;
  int added = 0;
  do {
    cursor = t.view().scan(cursor, note);
    t.set("more" + std::to_string(added++), "v");
  } while (cursor != 0);
  for (int i = 0; i < 100; ++i) REQUIRE(seen.count("f" + std::to_string(i)) == 1);
}

TEST_CASE("A table tells the memory that it takes and how long it takes to free") {
  Fixture t;
  const Bytes before = mem::zmalloc_used_memory();
  {
    HashTable table(SipKey{1, 2});
    for (int i = 0; i < 5000; ++i) table.add("field" + std::to_string(i), std::string(50, 'v'), std::nullopt);
    for (int i = 0; i < 1000; ++i) table.set_deadline("field" + std::to_string(i), kNow);
    const auto used = static_cast<double>(mem::zmalloc_used_memory() - before);
    const auto own = static_cast<double>(mem::good_size(sizeof(HashTable)));
    REQUIRE(static_cast<double>(table.memory_bytes(0)) == Approx(used + own).epsilon(0.01));
    REQUIRE(static_cast<double>(table.memory_bytes(100)) == Approx(used).epsilon(0.1));
    REQUIRE(table.free_effort() == 5000);
    table.validate();
  }
  REQUIRE(mem::zmalloc_used_memory() == before);
}

}  // namespace redpoll::store
