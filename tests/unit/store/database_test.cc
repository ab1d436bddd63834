// Database and Slot: lookup, the gate for changes, expiry on access, random keys, sweeping.
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "store/hash.h"
#include "store/keyspace.h"
#include "store/set.h"
#include "store/slot.h"
#include "store/sorted_set.h"

namespace redpoll::store {

namespace {

constexpr UnixMs kNow{1'000'000};

class Recorder : public ChangeObserver, public Reclaimer {
 public:
  void key_changed(Database& db, std::string_view key, const KeyChange& change) override {
    const std::string name = std::to_string(db.index()) + ":" + std::string(key);
    if (change.what == Change::expired) expired.push_back(name);
    if (change.came_to_type && change.type != Type::string) ready.push_back(name);
  }
  void fields_expired(Database& db, std::string_view key, std::span<const std::string> fields) override {
    for (const std::string& field : fields) {
      expired_fields.push_back(std::to_string(db.index()) + ":" + std::string(key) + ":" + field);
    }
  }
  void key_missed(Database& db, std::string_view key) override {
    missed.push_back(std::to_string(db.index()) + ":" + std::string(key));
  }
  void before_clear(Database&) override {}
  void swapped(Database& a, Database& b) override {
    swaps.push_back(std::to_string(a.index()) + "," + std::to_string(b.index()));
  }
  void reclaim(EntryDict dict) override { dicts.push_back(dict.size()); }
  void reclaim(EntryPtr entry) override {
    if (entry->encoding() == Encoding::object) {
      ++objects;
    } else {
      values.push_back(entry->packed().size());
    }
  }

  std::vector<std::string> expired, expired_fields, missed, ready, swaps;
  std::vector<size_t> dicts, values;
  size_t objects = 0;
};

struct Fixture {
  Fixture() {
    keys.terms().now = kNow;
    keys.listen(kEvents, true);
  }

  void put(std::string_view key, std::string_view value, std::optional<UnixMs> deadline = std::nullopt) {
    db.probe(key).store(String::encode(value), deadline);
  }
  std::string get(std::string_view key) {
    const auto hit = db.find<String>(key);
    StringView::Digits digits;
    return hit.value ? std::string(hit.value->text(digits)) : "(none)";
  }

  Recorder recorder;
  Keyspace keys{4, SipKey{1, 2}, &recorder, &recorder};
  Database& db = keys.db(1);
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("Lookups count hits and misses and report the misses") {
  Fixture t;
  t.put("k", "v");
  REQUIRE(t.keys.stats.hits + t.keys.stats.misses == 0);
  REQUIRE(t.get("k") == "v");
  REQUIRE(t.get("absent") == "(none)");
  t.db.probe("absent");
  t.db.probe("absent", Count::lookup);
  t.db.probe("k", Count::lookup);
  REQUIRE(t.keys.stats.hits == 2);
  REQUIRE(t.keys.stats.misses == 2);
  REQUIRE(t.recorder.missed == Lines{"1:absent", "1:absent"});
}

TEST_CASE("An empty key that lies nowhere does not match a hint that was not given") {
  Fixture t;
  t.put(std::string_view("").substr(0), "v");
  const std::string_view nowhere;
  REQUIRE(nowhere.data() == nullptr);
  REQUIRE(t.get(nowhere) == "v");
  t.keys.terms().hints = kNoHint;
  REQUIRE(t.get(nowhere) == "v");
}

TEST_CASE("A large value that another replaces goes to the worker if lazy_server_delete says so") {
  Fixture t;
  const std::string large(1 << 20, 'x');
  t.put("k", large);
  t.put("k", "v");
  REQUIRE(t.recorder.values.empty());
  t.keys.lazy_server_delete = true;
  t.put("k", large, kNow + 10);
  t.put("k", large);
  REQUIRE(t.recorder.values == std::vector<size_t>{large.size()});
  REQUIRE(t.get("k") == large);
  t.db.probe("k").adopt(EntryPtr(Entry::create("k", String::encode("w"), std::nullopt)));
  REQUIRE(t.recorder.values.size() == 2);
  t.put("k", "small");
  t.put("k", "v");
  REQUIRE(t.recorder.values.size() == 2);
  REQUIRE(t.get("k") == "v");
}

TEST_CASE("A probe removes an expired key even while they are only hidden") {
  Fixture t;
  t.put("k", "v", kNow - 1);
  t.keys.terms().expired = Expired::hide;
  REQUIRE(t.get("k") == "(none)");
  REQUIRE(t.db.size() == 1);
  REQUIRE_FALSE(t.db.probe("k").occupied());
  REQUIRE(t.db.size() == 0);
}

TEST_CASE("A find of another type is a mismatch") {
  Fixture t;
  t.db.probe("list").adopt(EntryPtr(Entry::create("list", Value::packed(Type::list, "x"), std::nullopt)));
  const auto hit = t.db.find<String>("list");
  REQUIRE(hit.mismatch);
  REQUIRE_FALSE(hit.value);
  REQUIRE_FALSE(t.db.probe("list").accepts<String>());
  REQUIRE(t.db.probe("absent").accepts<String>());
}

TEST_CASE("A slot tells whether the key came to be through it") {
  Fixture t;
  Slot slot = t.db.probe("k");
  REQUIRE_FALSE(slot.occupied());
  REQUIRE_FALSE(slot.created());
  slot.store(String::encode("1"));
  REQUIRE(slot.occupied());
  REQUIRE(slot.created());
  slot.store(String::encode("2"));
  REQUIRE(slot.created());
}

TEST_CASE("A slot that found the key did not create it") {
  Fixture t;
  t.put("k", "v");
  Slot slot = t.db.probe("k");
  slot.store(String::encode("w"));
  REQUIRE_FALSE(slot.created());
  slot.erase();
  REQUIRE_FALSE(slot.occupied());
  slot.store(String::encode("x"));
  REQUIRE(slot.created());
  REQUIRE(t.get("k") == "x");
}

TEST_CASE("Storing drops or keeps the deadline, and the database counts it") {
  Fixture t;
  t.put("k", "v", kNow + 10);
  REQUIRE(t.db.volatile_count() == 1);
  t.db.probe("k").store(String::encode("a value too long for the old place, surely it is"), Ttl::keep);
  REQUIRE(t.db.probe("k").deadline() == kNow + 10);
  t.db.probe("k").store(String::encode("w"));
  REQUIRE_FALSE(t.db.probe("k").deadline());
  REQUIRE(t.db.volatile_count() == 0);
  t.db.probe("k").expire_at(kNow + 20);
  REQUIRE(t.db.volatile_count() == 1);
  REQUIRE(t.db.probe("k").persist());
  REQUIRE_FALSE(t.db.probe("k").persist());
  REQUIRE(t.db.volatile_count() == 0);
  t.db.validate();
}

TEST_CASE("Adopting puts a complete entry there, deadline included") {
  Fixture t;
  t.put("k", "old");
  t.db.probe("k").adopt(EntryPtr(Entry::create("k", String::encode("new"), kNow + 5)));
  REQUIRE(t.get("k") == "new");
  REQUIRE(t.db.volatile_count() == 1);
  t.db.probe("fresh").adopt(EntryPtr(Entry::create("fresh", String::encode("x"), kNow + 5)));
  REQUIRE(t.db.volatile_count() == 2);
  t.db.validate();
}

TEST_CASE("A detached entry belongs to the caller") {
  Fixture t;
  t.put("k", "v", kNow + 10);
  EntryPtr entry = t.db.probe("k").detach();
  REQUIRE(t.db.size() == 0);
  REQUIRE(t.db.volatile_count() == 0);
  entry = Entry::renamed(std::move(entry), "other");
  t.db.probe("other").adopt(std::move(entry));
  REQUIRE(t.get("other") == "v");
  REQUIRE(t.db.probe("other").deadline() == kNow + 10);
}

TEST_CASE("Resizing through a slot makes a string of anything") {
  Fixture t;
  Slot(t.db.probe("k")).resize(3)[1] = 'x';
  REQUIRE(t.get("k") == std::string("\0x\0", 3));
  t.put("n", "123", kNow + 10);
  t.db.probe("n").resize(5)[4] = '5';
  REQUIRE(t.get("n") == std::string("123\0"
                                    "5",
                                    5));
  REQUIRE(t.db.probe("n").deadline() == kNow + 10);
  t.db.probe("n").resize(2);
  REQUIRE(t.get("n") == "12");
}

TEST_CASE("The first look at an expired key removes it and tells") {
  Fixture t;
  t.put("a", "v", kNow + 1);
  t.put("b", "v", kNow + 1);
  t.put("c", "v", kNow + 1);
  t.keys.terms().now = kNow + 1;
  REQUIRE(t.get("a") == "v");
  t.keys.terms().now = kNow + 2;
  REQUIRE(t.get("a") == "(none)");
  REQUIRE_FALSE(t.db.probe("b").occupied());
  REQUIRE_FALSE(t.db.probe("c").occupied());
  REQUIRE(t.recorder.expired == Lines{"1:a", "1:b", "1:c"});
  REQUIRE(t.keys.stats.expired == 3);
  REQUIRE(t.db.size() == 0);
}

TEST_CASE("While expired keys are hidden they stay, unseen by reads") {
  Fixture t;
  t.put("k", "v", kNow + 1);
  t.keys.terms().now = kNow + 2;
  t.keys.terms().expired = Expired::hide;
  REQUIRE(t.get("k") == "(none)");
  REQUIRE(t.db.size() == 1);
  REQUIRE(t.recorder.expired.empty());
  REQUIRE(t.db.random() != nullptr);
  t.keys.terms().expired = Expired::remove;
  REQUIRE(t.get("k") == "(none)");
  REQUIRE(t.db.size() == 0);
}

TEST_CASE("A random key is a live one") {
  Fixture t;
  REQUIRE(t.db.random() == nullptr);
  for (int i = 0; i < 400; ++i) t.put("dead" + std::to_string(i), "v", kNow + 1);
  t.put("alive", "v");
  t.keys.terms().now = kNow + 2;
  REQUIRE(t.db.random()->key() == "alive");
  t.db.probe("alive").erase();
  REQUIRE(t.db.random() == nullptr);
  REQUIRE(t.db.size() == 0);
}

TEST_CASE("A random key costs no more than so many draws, however many have expired") {
  Fixture t;
  constexpr size_t kKeys = 20'000, kMost = 500;
  for (size_t i = 0; i < kKeys; ++i) t.put("dead" + std::to_string(i), "v", kNow + 1);
  t.keys.terms().now = kNow + 2;
  size_t calls = 1;
  for (; t.db.random() != nullptr; ++calls) {
    REQUIRE(t.keys.stats.expired <= calls * kMost);
    // A sparse table would make each draw dear.
    REQUIRE(t.db.table_slots() <= 8 * t.db.size() + 64);
  }
  REQUIRE(t.db.size() == 0);
  REQUIRE(calls >= kKeys / kMost);
  REQUIRE(calls <= kKeys / kMost + 2);
}

TEST_CASE("Among thousands that have expired, a random key is one that lives if some do") {
  Fixture t;
  for (int i = 0; i < 20'000; ++i) t.put("dead" + std::to_string(i), "v", kNow + 1);
  for (int i = 0; i < 200; ++i) t.put("alive" + std::to_string(i), "v");
  t.keys.terms().now = kNow + 2;
  for (int i = 0; i < 20; ++i) REQUIRE(t.db.random()->key().substr(0, 5) == "alive");
}

TEST_CASE("Every key is drawn sometimes") {
  Fixture t;
  std::set<std::string> drawn;
  for (int i = 0; i < 50; ++i) t.put("key" + std::to_string(i), "v");
  for (int i = 0; i < 5000; ++i) drawn.emplace(t.db.random()->key());
  REQUIRE(drawn.size() == 50);
}

TEST_CASE("A scan visits every key that stays") {
  Fixture t;
  std::set<std::string> wanted, seen;
  for (int i = 0; i < 3000; ++i) {
    t.put("key" + std::to_string(i), "v");
    wanted.insert("key" + std::to_string(i));
  }
  uint64_t cursor = 0;
  int added = 0;
  do {
    cursor = t.db.scan(cursor, [&](const Entry& entry) { seen.emplace(entry.key()); });
    t.put("extra" + std::to_string(added++), "v");
  } while (cursor != 0);
  for (const auto& key : wanted) REQUIRE(seen.count(key) == 1);
}

TEST_CASE("A sweep removes what has expired and nothing else") {
  Fixture t;
  for (int i = 0; i < 1000; ++i) t.put("eternal" + std::to_string(i), "v");
  for (int i = 0; i < 1000; ++i) t.put("dead" + std::to_string(i), "v", kNow + i % 100);
  for (int i = 0; i < 500; ++i) t.put("alive" + std::to_string(i), "v", kNow + 5000);
  t.keys.terms().now = kNow + 1000;
  size_t visited = 0, expired = 0;
  Database::SweepStep step;
  // A wrap may come early when buckets merge under the cursor: two sweeps are enough in any case.
  for (int wraps = 0; wraps < 2; wraps += step.wrapped) {
    step = t.db.sweep_step(t.keys.terms().now);
    visited += step.visited;
    expired += step.expired;
    REQUIRE(step.ttl_sum_ms == static_cast<double>(step.visited - step.expired) * 4000);
  }
  REQUIRE(expired == 1000);
  REQUIRE(visited >= 1500);
  REQUIRE(t.db.size() == 1500);
  REQUIRE(t.db.volatile_count() == 500);
  REQUIRE(t.recorder.expired.size() == 1000);
  t.db.validate();
}

TEST_CASE("Clearing removes everything and tells how much it was") {
  Fixture t;
  for (int i = 0; i < 100; ++i) t.put("key" + std::to_string(i), "v", kNow + 10);
  REQUIRE(t.db.clear(Reclaim::now) == 100);
  REQUIRE(t.db.size() == 0);
  REQUIRE(t.db.volatile_count() == 0);
  REQUIRE(t.recorder.dicts.empty());
  t.put("k", "v");
  REQUIRE(t.keys.clear(Reclaim::background) == 1);
  REQUIRE(t.recorder.dicts == std::vector<size_t>{1});
  REQUIRE(t.get("k") == "(none)");
  REQUIRE(t.keys.clear(Reclaim::background) == 0);
}

TEST_CASE("Large values go to the reclaimer only if nobody else refers to them") {
  Fixture t;
  const std::string large(2 << 20, 'x');
  t.put("a", large);
  t.db.probe("a").erase(Reclaim::background);
  REQUIRE(t.recorder.values == std::vector<size_t>{large.size()});
  t.put("b", large);
  const mem::BlobPtr reply = mem::BlobPtr::share(*t.db.probe("b").entry().blob());
  t.db.probe("b").erase(Reclaim::background);
  REQUIRE(t.recorder.values.size() == 1);
  REQUIRE_FALSE(reply->shared());
  t.put("c", large, kNow + 1);
  t.keys.lazy_expire = true;
  t.keys.terms().now = kNow + 2;
  REQUIRE(t.get("c") == "(none)");
  REQUIRE(t.recorder.values.size() == 2);
}

TEST_CASE("What would hold up the loop is freed by the worker, whatever was asked for") {
  Fixture t;
  t.put("k", std::string(size_t{128} << 20, 'x'));
  t.db.probe("k").erase(Reclaim::now);
  REQUIRE(t.recorder.values.size() == 1);
  auto few = std::make_unique<HashTable>(t.keys.seed());
  few->add("f", "v", std::nullopt);
  t.db.probe("few").store(Value::collection(Type::hash, std::move(few)));
  t.db.probe("few").erase(Reclaim::now);
  REQUIRE(t.recorder.values.size() == 1);
  for (const auto remove : {+[](Fixture& f) { f.db.probe("many").erase(Reclaim::now); },
                            +[](Fixture& f) { f.put("many", "another value"); },
                            +[](Fixture& f) { f.keys.terms().now = kNow + 2, f.get("many"); }}) {
    auto many = std::make_unique<HashTable>(t.keys.seed());
    for (int i = 0; i < 2000; ++i) many->add("f" + std::to_string(i), "v", std::nullopt);
    t.db.probe("many").store(Value::collection(Type::hash, std::move(many)), kNow + 1);
    const size_t before = t.recorder.objects;
    remove(t);
    REQUIRE(t.recorder.objects == before + 1);
  }
}

TEST_CASE("Of a database with many keys the table goes to the worker, whatever was asked for") {
  Fixture t;
  for (int i = 0; i < 2000; ++i) t.put("k" + std::to_string(i), "v");
  REQUIRE(t.db.clear(Reclaim::now) == 2000);
  REQUIRE(t.recorder.dicts == std::vector<size_t>{2000});
}

TEST_CASE("An element is looked for by the hash that stands behind that of its key") {
  Fixture t;
  constexpr int kMany = 1000;
  for (int i = 0; i < kMany; ++i) {
    const std::string name = "element" + std::to_string(i);
    Slot h = t.db.probe("h");
    HashEditor(h).set(name, "v");
  }
  for (int i = 0; i < kMany; ++i) {
    const std::string name = "element" + std::to_string(i);
    Slot s = t.db.probe("s");
    SetEditor(s).add(Element(std::string_view(name)));
  }
  for (int i = 0; i < kMany; ++i) {
    const std::string name = "element" + std::to_string(i);
    Slot z = t.db.probe("z");
    SortedSetEditor(z).add(name, i);
  }
  const std::string key[] = {"h", "s", "z"}, element = "element7", same = "element7";
  const auto found = [&](std::string_view name, uint64_t lie) {
    std::string seen;
    for (const std::string& k : key) {
      const uint64_t hash = siphash13(name, t.keys.seed());
      const HashHint hints[] = {{k.data(), k.size(), t.db.hash_of(k)},
                                {element.data(), element.size(), hash ^ lie}};
      t.keys.terms().hints = hints;
      if (k == "h") seen += t.db.find<Hash>(k).value->get(name) ? "h" : "-";
      if (k == "s") seen += t.db.find<Set>(k).value->contains(Element(name)) ? "s" : "-";
      if (k == "z") seen += t.db.find<SortedSet>(k).value->score(name) ? "z" : "-";
      t.keys.terms().hints = kNoHint;
    }
    return seen;
  };
  REQUIRE(found(element, 0) == "hsz");
  // It is believed what it says, but only of these bytes.
  REQUIRE(found(element, 0x9999'9999'9999'9999) == "---");
  REQUIRE(found(same, 0x9999'9999'9999'9999) == "hsz");
}

TEST_CASE("The observer hears each collection that comes, once it listens") {
  Fixture t;
  t.keys.listen(kEvents, false);
  const auto list = [] { return Value::packed(Type::list, "x"); };
  t.db.probe("before").store(list());
  REQUIRE(t.recorder.ready.empty());
  t.keys.swap(0, 2);
  REQUIRE(t.recorder.swaps.empty());
  t.keys.listen(kChanges, true);
  t.db.probe("before").store(list());
  t.put("string", "v");
  REQUIRE(t.recorder.ready.empty());
  t.db.probe("stored").store(list());
  t.db.probe("string").store(list());
  t.db.probe("adopted").adopt(EntryPtr(Entry::create("adopted", list(), std::nullopt)));
  t.db.probe("stored").adopt(EntryPtr(Entry::create("stored", list(), std::nullopt)));
  REQUIRE(t.recorder.ready == Lines{"1:stored", "1:string", "1:adopted"});
  t.keys.swap(0, 1);
  REQUIRE(t.recorder.swaps == Lines{"0,1"});
  t.keys.swap(1, 1);
  REQUIRE(t.recorder.swaps == Lines{"0,1"});
}

TEST_CASE("A packed value is edited where it lies") {
  Fixture t;
  Slot slot = t.db.probe("k");
  slot.store(Value::packed(Type::hash, "abc"), kNow + 5);
  PackedValue bytes(slot);
  for (const size_t size : {4u, 100u, 5000u, 3u}) {
    bytes.resize(size);
    bytes.data()[size - 1] = '!';
    REQUIRE(bytes.view().substr(0, 3).substr(0, 2) == "ab");
    REQUIRE(slot.entry().packed() == bytes.view());
    REQUIRE(slot.deadline() == kNow + 5);
  }
}

TEST_CASE("Swapping exchanges contents, not numbers") {
  Fixture t;
  t.put("k", "v", kNow + 10);
  t.keys.swap(1, 2);
  REQUIRE(t.get("k") == "(none)");
  REQUIRE(t.keys.db(2).find<String>("k").value);
  REQUIRE(t.keys.db(2).volatile_count() == 1);
  REQUIRE(t.keys.db(2).index() == 2);
  t.keys.swap(2, 2);
  REQUIRE(t.keys.db(2).size() == 1);
}

TEST_CASE("The hint of a hash is used for those bytes only") {
  Fixture t;
  t.put("k", "v");
  const std::string key = "k", other = "k";
  HashHint hint{key.data(), key.size(), ~t.db.hash_of(key)};
  const AccessScope scope(t.keys, {.now = kNow, .hints = {&hint, 1}});
  REQUIRE(t.get(key) == "(none)");
  REQUIRE(t.get(other) == "v");
  hint.hash = t.db.hash_of(key);
  REQUIRE(t.get(key) == "v");
}

TEST_CASE("Uses of a key move its access clock unless that is switched off") {
  Fixture t;
  t.put("k", "v");
  const Entry* entry = t.db.lookup("k");
  REQUIRE(t.keys.access.idle_seconds(entry->access_clock(), kNow + 5000) == 5);
  t.keys.terms().now = kNow + 5000;
  t.db.lookup("k", Touch::no);
  REQUIRE(t.keys.access.idle_seconds(entry->access_clock(), t.keys.terms().now) == 5);
  t.keys.terms().touch = false;
  t.db.lookup("k");
  t.db.probe("k");
  REQUIRE(t.keys.access.idle_seconds(entry->access_clock(), t.keys.terms().now) == 5);
  t.keys.terms().touch = true;
  t.db.lookup("k");
  REQUIRE(t.keys.access.idle_seconds(entry->access_clock(), t.keys.terms().now) == 0);
}

}  // namespace redpoll::store
