// Sets: their three encodings, when one becomes another, and what views and editors do in each.
#include "store/set.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mem/zmalloc.h"

namespace redpoll::store {

namespace {

using Strings = std::set<std::string>;

std::string text_of(const Element& member) {
  Element::Digits digits;
  return std::string(member.text(digits));
}

Strings members_of(const SetView& set) {
  Strings all;
  size_t count = 0;
  set.each([&](const Element& member) {
    all.insert(text_of(member));
    ++count;
  });
  REQUIRE(count == all.size());
  REQUIRE(count == set.size());
  return all;
}

struct Fixture {
  bool add(const std::string& member) {
    Slot slot = db.probe("s");
    return SetEditor(slot).add(Element(member));
  }
  bool remove(const std::string& member) {
    Slot slot = db.probe("s");
    return SetEditor(slot).remove(Element(member));
  }
  // Adds the numbers from `first` up to `last`.
  void add_numbers(int first, int last) {
    for (int i = first; i <= last; ++i) REQUIRE(add(std::to_string(i)));
  }
  void add_words(int count) {
    for (int i = 0; i < count; ++i) REQUIRE(add("word" + std::to_string(i)));
  }
  SetView view() { return *db.find<Set>("s").value; }
  std::string encoding() { return std::string(encoding_name(*db.lookup("s"))); }
  void clear() { db.clear(Reclaim::now); }
  void validate() {
    const Entry& entry = *db.lookup("s");
    if (entry.encoding() == Encoding::object) return entry.object().validate();
    REQUIRE(
        (entry.variant() ? ds::IntsetView::valid(entry.packed()) : ds::ListpackView::valid(entry.packed())));
  }

  Keyspace keys{1, SipKey{1, 2}};
  Database& db = keys.db(0);
  EncodingLimits& limits = keys.encoding;
};

// Each encoding, as a set of those integers is brought to it.
void bring_to(Fixture& t, SetEncoding encoding) {
  t.limits = {};
  if (encoding == SetEncoding::listpack) t.limits.set_max_intset_entries = 0;
  if (encoding == SetEncoding::table) t.limits.set_max_intset_entries = t.limits.set_max_listpack_entries = 0;
}

constexpr std::array kEncodings = {SetEncoding::intset, SetEncoding::listpack, SetEncoding::table};

}  // namespace

TEST_CASE("A set of integers is an intset up to the limit, and a table beyond") {
  Fixture t;
  t.add_numbers(1, 512);
  REQUIRE(t.encoding() == "intset");
  REQUIRE_FALSE(t.add("512"));
  REQUIRE(t.encoding() == "intset");
  REQUIRE(t.add("513"));
  REQUIRE(t.encoding() == "hashtable");
  REQUIRE(t.view().size() == 513);
  for (int i = 1; i <= 513; ++i) REQUIRE(t.view().contains(Element(std::to_string(i))));
  t.validate();
}

TEST_CASE("The first member that is no integer makes a small intset a listpack") {
  Fixture t;
  t.add_numbers(-3, 123);
  REQUIRE(t.add("word"));
  REQUIRE(t.encoding() == "listpack");
  REQUIRE(t.view().size() == 128);
  REQUIRE(t.view().contains(Element("-3")));
  REQUIRE(t.view().contains(Element("word")));
  REQUIRE(t.add("one more"));
  REQUIRE(t.encoding() == "hashtable");
  REQUIRE(t.view().size() == 129);
  t.validate();
}

TEST_CASE("The first member that is no integer makes an intset a table if a listpack could not hold all") {
  Fixture t;
  t.add_numbers(1, 128);
  REQUIRE(t.add("word"));
  REQUIRE(t.encoding() == "hashtable");
  t.clear();
  t.add_numbers(1, 3);
  REQUIRE(t.add(std::string(65, 'x')));
  REQUIRE(t.encoding() == "hashtable");
  t.clear();
  // The longest number counts as well.
  t.limits.set_max_listpack_value = 5;
  REQUIRE(t.add("-12345"));
  REQUIRE(t.add("1"));
  REQUIRE(t.add("word"));
  REQUIRE(t.encoding() == "hashtable");
  t.clear();
  REQUIRE(t.add("12345"));
  REQUIRE(t.add("word"));
  REQUIRE(t.encoding() == "listpack");
}

TEST_CASE("A set of words is a listpack up to its limits, and a table beyond") {
  Fixture t;
  t.add_words(127);
  REQUIRE(t.add(std::string(64, 'x')));
  REQUIRE(t.encoding() == "listpack");
  REQUIRE_FALSE(t.add("word0"));
  REQUIRE(t.encoding() == "listpack");
  REQUIRE(t.add("7"));
  REQUIRE(t.encoding() == "hashtable");
  t.clear();
  REQUIRE(t.add("word"));
  REQUIRE(t.add(std::string(65, 'x')));
  REQUIRE(t.encoding() == "hashtable");
  t.clear();
  REQUIRE(t.add(std::string(65, 'x')));
  REQUIRE(t.encoding() == "hashtable");
}

TEST_CASE("A set never goes back to a smaller encoding") {
  Fixture t;
  t.add_numbers(1, 600);
  for (int i = 2; i <= 600; ++i) REQUIRE(t.remove(std::to_string(i)));
  REQUIRE(t.encoding() == "hashtable");
  REQUIRE(members_of(t.view()) == Strings{"1"});
  t.clear();
  REQUIRE(t.add("word"));
  REQUIRE(t.add("1"));
  REQUIRE(t.remove("word"));
  REQUIRE(t.encoding() == "listpack");
}

TEST_CASE("How many members are going to come decides about the encoding at once") {
  Fixture t;
  const auto encoding_for = [&](const char* first, size_t expected) {
    t.clear();
    {
      Slot slot = t.db.probe("s");
      SetEditor set(slot);
      set.expect(expected);
      set.add(Element(first));
    }
    return t.encoding();
  };
  REQUIRE(encoding_for("1", 512) == "intset");
  REQUIRE(encoding_for("1", 513) == "hashtable");
  REQUIRE(encoding_for("word", 128) == "listpack");
  REQUIRE(encoding_for("word", 129) == "hashtable");
  t.limits.set_max_intset_entries = 10;
  REQUIRE(encoding_for("1", 11) == "listpack");
  t.limits = {};
  // Of a set that is there as well.
  const auto expect = [&](size_t count) {
    Slot slot = t.db.probe("s");
    SetEditor(slot).expect(count);
  };
  t.clear();
  t.add_numbers(1, 3);
  expect(512);
  REQUIRE(t.encoding() == "intset");
  expect(513);
  REQUIRE(t.encoding() == "hashtable");
  REQUIRE(members_of(t.view()) == Strings{"1", "2", "3"});
  t.clear();
  t.add_words(3);
  expect(128);
  REQUIRE(t.encoding() == "listpack");
  expect(129);
  REQUIRE(t.encoding() == "hashtable");
}

TEST_CASE("An integer is the same member as its text in every encoding, and nothing else is") {
  for (const SetEncoding encoding : kEncodings) {
    Fixture t;
    bring_to(t, encoding);
    const std::vector<std::string> numbers = {"0",
                                              "-1",
                                              "4611686018427387903",
                                              "4611686018427387904",
                                              "-4611686018427387904",
                                              "-4611686018427387905",
                                              "9223372036854775807",
                                              "-9223372036854775808"};
    for (const std::string& number : numbers) REQUIRE(t.add(number));
    for (const std::string& number : numbers) {
      REQUIRE_FALSE(t.add(number));
      REQUIRE(t.view().contains(Element(number)));
      REQUIRE(t.view().contains(Element(*parse_int64(number))));
      REQUIRE_FALSE(t.view().contains(Element("0" + number)));
    }
    REQUIRE((t.view().encoding() == encoding));
    REQUIRE_FALSE(t.view().contains(Element("-0")));
    REQUIRE_FALSE(t.view().contains(Element("")));
    REQUIRE_FALSE(t.view().contains(Element(int64_t{1})));
    REQUIRE_FALSE(t.view().contains(Element("9223372036854775808")));
    REQUIRE(members_of(t.view()) == Strings(numbers.begin(), numbers.end()));
    t.validate();
    for (const std::string& number : numbers) REQUIRE(t.remove(number));
    REQUIRE(t.view().size() == 0);
  }
}

TEST_CASE("The empty member and members of any size are members like others") {
  Fixture t;
  const std::string large(70'000, 'x');
  for (int round = 0; round < 2; ++round) {
    REQUIRE(t.add(""));
    REQUIRE_FALSE(t.add(""));
    REQUIRE(t.add(std::string(8, '\0')));
    REQUIRE(t.view().contains(Element("")));
    REQUIRE_FALSE(t.view().contains(Element(int64_t{0})));
    REQUIRE(t.add(large));
    REQUIRE(t.encoding() == "hashtable");
    REQUIRE(t.view().contains(Element(large)));
    REQUIRE(t.remove(large));
    REQUIRE(t.remove(""));
    REQUIRE(t.remove(std::string(8, '\0')));
    REQUIRE(t.view().size() == 0);
  }
}

TEST_CASE("A set does what std::set does, in every encoding and through all conversions") {
  for (uint64_t seed = 0; seed < 12; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    Fixture t;
    t.limits.set_max_intset_entries = rng.below(200);
    t.limits.set_max_listpack_entries = rng.below(200);
    t.limits.set_max_listpack_value = 10 + rng.below(20);
    const uint64_t words = rng.below(3);  // how often a member is no integer
    Strings model;
    for (int step = 0; step < 3'000; ++step) {
      std::string member = std::to_string(static_cast<int64_t>(rng.below(400)) - 100);
      if (rng.below(10) < words) member.insert(0, rng.below(30), 'w');
      switch (rng.below(4)) {
        case 0:
        case 1: REQUIRE(t.add(member) == model.insert(member).second); break;
        case 2:
          if (model.empty()) break;
          REQUIRE(t.remove(member) == (model.erase(member) == 1));
          break;
        default:
          if (!model.empty()) REQUIRE(t.view().contains(Element(member)) == model.contains(member));
      }
      if (model.empty()) t.clear();
      if (step % 200 != 0 || model.empty()) continue;
      REQUIRE((members_of(t.view()) == model));
      t.validate();
    }
  }
}

// --- chance

namespace {

// How often each of the members 0 to 9 comes. REQUIRES: draw() draws one.
template <class F>
std::map<std::string, int> tally(int draws, F&& draw) {
  std::map<std::string, int> times;
  for (int i = 0; i < draws; ++i) draw([&](const Element& member) { ++times[text_of(member)]; });
  return times;
}

}  // namespace

TEST_CASE("Random members are equally likely in every encoding") {
  constexpr int kDraws = 20'000;
  for (const SetEncoding encoding : kEncodings) {
    Fixture t;
    bring_to(t, encoding);
    t.add_numbers(0, 9);
    const auto times = tally(kDraws, [&](auto&& count) { count(t.view().random(t.keys.rng)); });
    REQUIRE(times.size() == 10);
    // Ten standard deviations.
    for (const auto& [member, n] : times) REQUIRE(std::abs(n - kDraws / 10) < 425);
  }
}

TEST_CASE("A sample has as many different members as asked for, each equally likely") {
  constexpr int kSamples = 20'000;
  for (const SetEncoding encoding : kEncodings) {
    Fixture t;
    bring_to(t, encoding);
    t.add_numbers(0, 9);
    for (size_t count = 0; count <= 10; ++count) {
      Strings sample;
      t.view().sample(t.keys.rng, count, [&](const Element& member) { sample.insert(text_of(member)); });
      REQUIRE(sample.size() == count);
    }
    for (const size_t count : {3u, 5u}) {
      const auto times = tally(kSamples, [&](auto&& note) { t.view().sample(t.keys.rng, count, note); });
      REQUIRE(times.size() == 10);
      const int expected = kSamples * static_cast<int>(count) / 10;
      for (const auto& [member, n] : times) REQUIRE(std::abs(n - expected) < 700);
    }
  }
}

TEST_CASE("Popping hands out every member once") {
  for (const SetEncoding encoding : kEncodings) {
    Fixture t;
    bring_to(t, encoding);
    t.add_numbers(1, 100);
    Strings popped;
    Slot slot = t.db.probe("s");
    SetEditor set(slot);
    while (set.size() > 0)
      set.pop(t.keys.rng, [&](const Element& member) { popped.insert(text_of(member)); });
    REQUIRE(popped.size() == 100);
  }
}

TEST_CASE("The first pop is of any member alike") {
  constexpr int kDraws = 5'000;
  for (const SetEncoding encoding : kEncodings) {
    Fixture t;
    bring_to(t, encoding);
    t.add_numbers(0, 9);
    const auto times = tally(kDraws, [&](auto&& note) {
      std::string gone;
      {
        Slot slot = t.db.probe("s");
        SetEditor(slot).pop(t.keys.rng, [&](const Element& member) {
          note(member);
          gone = text_of(member);
        });
      }
      REQUIRE(t.add(gone));
    });
    for (const auto& [member, n] : times) REQUIRE(std::abs(n - kDraws / 10) < 215);
  }
}

// --- walking

TEST_CASE("A scan returns what was there throughout, whatever comes and goes meanwhile") {
  Fixture t;
  t.add_numbers(1, 2'000);
  Strings seen;
  uint64_t cursor = 0;
  int extra = 10'000;
  do {
    cursor = t.view().scan(cursor, [&](const Element& member) { seen.insert(text_of(member)); });
    for (int i = 0; i < 5; ++i) t.add(std::to_string(extra++));
    t.remove(std::to_string(extra - 3));
  } while (cursor != 0);
  for (int i = 1; i <= 2'000; ++i) REQUIRE(seen.contains(std::to_string(i)));
}

TEST_CASE("A packed set is scanned at once from any cursor") {
  Fixture t;
  t.add_words(100);
  Strings seen;
  REQUIRE(t.view().scan(77, [&](const Element& member) { seen.insert(text_of(member)); }) == 0);
  REQUIRE(seen.size() == 100);
}

TEST_CASE("A walk ends when it is told to") {
  for (const SetEncoding encoding : kEncodings) {
    Fixture t;
    bring_to(t, encoding);
    t.add_numbers(1, 100);
    int visited = 0;
    t.view().each_while([&](const Element&) { return ++visited < 7; });
    REQUIRE(visited == 7);
  }
}

// --- sets apart from keys

TEST_CASE("A set built apart is stored with the encoding that it has got") {
  Fixture t;
  const auto stored = [&](SetEncoding begin_as, int numbers, const char* word, bool compact) {
    SetBuilder set(t.keys, begin_as);
    for (int i = 0; i < numbers; ++i) set.add(Element(int64_t{i}));
    if (word != nullptr) set.add(Element(word));
    if (compact) set.compact();
    const size_t size = set.size();
    t.db.probe("s").store(set.value());
    REQUIRE(t.view().size() == size);
    t.validate();
    return t.encoding();
  };
  REQUIRE(stored(SetEncoding::intset, 10, nullptr, false) == "intset");
  REQUIRE(stored(SetEncoding::intset, 10, "word", false) == "listpack");
  REQUIRE(stored(SetEncoding::intset, 600, nullptr, false) == "hashtable");
  REQUIRE(stored(SetEncoding::listpack, 10, nullptr, false) == "listpack");
  REQUIRE(stored(SetEncoding::listpack, 10, nullptr, true) == "intset");
  REQUIRE(stored(SetEncoding::listpack, 10, "word", true) == "listpack");
  REQUIRE(stored(SetEncoding::listpack, 200, nullptr, false) == "hashtable");
  REQUIRE(stored(SetEncoding::listpack, 200, nullptr, true) == "intset");
  REQUIRE(stored(SetEncoding::listpack, 200, "word", true) == "hashtable");
  REQUIRE(stored(SetEncoding::listpack, 600, nullptr, true) == "hashtable");
}

TEST_CASE("A set built apart may lose members again") {
  Fixture t;
  SetBuilder set(t.keys, SetEncoding::intset);
  REQUIRE(set.size() == 0);
  REQUIRE_FALSE(set.remove(Element("1")));
  REQUIRE(set.add(Element("1")));
  REQUIRE(set.add(Element("word")));
  REQUIRE(set.remove(Element("word")));
  REQUIRE(set.remove(Element("1")));
  REQUIRE(set.size() == 0);
}

// --- the table

TEST_CASE("A table of sixteen-byte members costs little more than their bytes, one of numbers even less") {
  const auto bytes_each = [](auto&& member) {
    constexpr int kMembers = 50'000;
    Fixture t;
    for (int i = 0; i < kMembers; ++i) t.add(member(i));
    const Entry& entry = *t.db.lookup("s");
    const size_t whole = entry.memory_bytes();
    const size_t estimate = entry.memory_bytes(100);
    REQUIRE(estimate > whole / 10 * 9);
    REQUIRE(estimate < whole / 10 * 11);
    return static_cast<double>(whole) / kMembers;
  };
  REQUIRE(bytes_each([](int i) { return "m" + std::to_string(100'000'000'000'000 + i); }) <
          static_cast<double>(mem::good_size(16)) + 16);
  REQUIRE(bytes_each([](int i) { return std::to_string(100'000 + i); }) < 16);
}

TEST_CASE("A copy of a table shares nothing with it") {
  Fixture t;
  t.add_words(300);
  t.add_numbers(1, 300);
  const Strings before = members_of(t.view());
  const EntryPtr copy(t.db.lookup("s")->clone("copy", std::nullopt));
  t.clear();
  copy->object().validate();
  REQUIRE((members_of(SetView(*copy)) == before));
  REQUIRE(copy->free_effort() > 600);
  REQUIRE(encoding_name(*copy) == "hashtable");
}

TEST_CASE("A table that is destroyed gives back all its memory") {
  const auto used_after = [] {
    Fixture t;
    t.add_words(1'000);
    t.add(std::string(100'000, 'x'));
    t.remove("word5");
    t.clear();
    return mem::zmalloc_used_memory();
  };
  used_after();
  const size_t before = used_after();
  REQUIRE(used_after() == before);
}

}  // namespace redpoll::store
