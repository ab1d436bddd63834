#include "ds/intset.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "base/rng.h"

namespace redpoll::ds {

namespace {

using Numbers = std::vector<int64_t>;

Numbers all_of(const IntsetView& set) {
  Numbers all;
  for (size_t i = 0; i < set.size(); ++i) all.push_back(set.at(i));
  return all;
}

void require_same_numbers(const HeapBuffer& buffer, const Numbers& expected) {
  REQUIRE(IntsetView::valid(buffer.view()));
  const IntsetView set(buffer.view());
  REQUIRE((all_of(set) == expected));
  REQUIRE(set.empty() == expected.empty());
}

std::string intset_bytes(std::initializer_list<unsigned> values) {
  std::string all;
  for (const unsigned value : values) all.push_back(static_cast<char>(value));
  return all;
}

HeapBuffer intset_of(const Numbers& numbers) {
  HeapBuffer buffer;
  Intset set(buffer);
  for (const int64_t number : numbers) set.add(number);
  return buffer;
}

}  // namespace

TEST_CASE("An intset has the bytes of the published format") {
  REQUIRE(std::string(intset_of({}).view()) == intset_bytes({2, 0, 0, 0, 0, 0, 0, 0}));
  REQUIRE(std::string(intset_of({5, -1}).view()) == intset_bytes({2, 0, 0, 0, 2, 0, 0, 0, 0xff, 0xff, 5, 0}));
  REQUIRE(std::string(intset_of({5, 32768}).view()) ==
          intset_bytes({4, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 0, 0x80, 0, 0}));
  REQUIRE(std::string(intset_of({-2147483649}).view()) ==
          intset_bytes({8, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff}));
}

TEST_CASE("An intset widens at the borders of 16 and 32 bits, and keeps its width") {
  const auto width_with = [](int64_t number) { return unsigned{intset_of({1, number}).data()[0]}; };
  REQUIRE(width_with(32767) == 2);
  REQUIRE(width_with(-32768) == 2);
  REQUIRE(width_with(32768) == 4);
  REQUIRE(width_with(-32769) == 4);
  REQUIRE(width_with(2147483647) == 4);
  REQUIRE(width_with(-2147483648LL) == 4);
  REQUIRE(width_with(2147483648LL) == 8);
  REQUIRE(width_with(-2147483649LL) == 8);
  REQUIRE(width_with(INT64_MIN) == 8);

  HeapBuffer buffer = intset_of({1, 2, 70'000});
  Intset set(buffer);
  REQUIRE(set.remove(70'000));
  REQUIRE(buffer.data()[0] == 4);
  require_same_numbers(buffer, {1, 2});
}

TEST_CASE("A number that widens an intset comes first or last") {
  require_same_numbers(intset_of({3, 1, 2, 40'000}), {1, 2, 3, 40'000});
  require_same_numbers(intset_of({3, 1, 2, -40'000}), {-40'000, 1, 2, 3});
  require_same_numbers(intset_of({3, -40'000, INT64_MAX, INT64_MIN}), {INT64_MIN, -40'000, 3, INT64_MAX});
  require_same_numbers(intset_of({-7, 9, INT64_MIN}), {INT64_MIN, -7, 9});
}

TEST_CASE("An intset finds what it holds and nothing else") {
  const HeapBuffer buffer = intset_of({-5, 0, 7, 32'767});
  const IntsetView set(buffer.view());
  for (const int64_t number : {-5, 0, 7, 32'767}) REQUIRE(set.contains(number));
  for (const int64_t number : {-6, -4, 1, 6, 8, 32'766}) REQUIRE_FALSE(set.contains(number));
  // Numbers of another width that agree in the bytes they have in common.
  for (const int64_t number :
       {int64_t{65'536}, int64_t{65'543}, int64_t{7} << 32 | 7, INT64_MIN, INT64_MAX}) {
    REQUIRE_FALSE(set.contains(number));
  }
  REQUIRE_FALSE(IntsetView(intset_of({}).view()).contains(0));
}

TEST_CASE("Adding what is there and removing what is not change nothing") {
  HeapBuffer buffer = intset_of({1, 2, 3});
  Intset set(buffer);
  const std::string before(buffer.view());
  REQUIRE_FALSE(set.add(2));
  REQUIRE_FALSE(set.remove(4));
  REQUIRE_FALSE(set.remove(int64_t{1} << 40));
  REQUIRE(std::string(buffer.view()) == before);
  set.remove_at(1);
  require_same_numbers(buffer, {1, 3});
  REQUIRE(set.remove(1));
  REQUIRE(set.remove(3));
  require_same_numbers(buffer, {});
}

TEST_CASE("An intset does what an ordered set of integers does") {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    HeapBuffer buffer;
    Intset set(buffer);
    std::set<int64_t> model;
    const unsigned shift = 63 - static_cast<unsigned>(rng.below(60));
    for (int step = 0; step < 3'000; ++step) {
      // Mostly from a narrow range, so that numbers come again; wider and wider ones now and then.
      const uint64_t wide = rng.below(500) == 0 ? rng.below(64) : shift;
      const int64_t number = static_cast<int64_t>(rng.next()) >> wide;
      switch (rng.below(model.size() > 300 ? 5 : 4)) {
        case 0:
        case 1: REQUIRE(set.add(number) == model.insert(number).second); break;
        case 2: REQUIRE(set.contains(number) == model.contains(number)); break;
        case 3: REQUIRE(set.remove(number) == (model.erase(number) == 1)); break;
        default: {
          const size_t position = rng.below(model.size());
          REQUIRE(set.at(position) == *std::next(model.begin(), static_cast<std::ptrdiff_t>(position)));
          model.erase(set.at(position));
          set.remove_at(position);
        }
      }
      if (step % 100 == 0) require_same_numbers(buffer, Numbers(model.begin(), model.end()));
    }
    require_same_numbers(buffer, Numbers(model.begin(), model.end()));
  }
}

TEST_CASE("No intset is valid that is cut off, out of order, or of a width that is not known") {
  const auto valid = [](std::string_view view) { return IntsetView::valid(HeapBuffer(view).view()); };
  const HeapBuffer buffer = intset_of({1, 300, 70'000});
  REQUIRE(valid(buffer.view()));
  for (size_t size = 0; size < buffer.size(); ++size) REQUIRE_FALSE(valid(buffer.view().substr(0, size)));
  REQUIRE_FALSE(valid(std::string(buffer.view()) + '\0'));
  for (unsigned width = 0; width < 256; ++width) {
    std::string changed(buffer.view());
    changed[0] = static_cast<char>(width);
    REQUIRE(valid(changed) == (width == 4));
  }
  REQUIRE(valid(intset_bytes({2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 2, 0})));
  REQUIRE_FALSE(valid(intset_bytes({2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 1, 0})));
  REQUIRE_FALSE(valid(intset_bytes({2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 1, 0})));
  // Signs count: -1 is less than 1.
  REQUIRE(valid(intset_bytes({2, 0, 0, 0, 2, 0, 0, 0, 0xff, 0xff, 1, 0})));
  REQUIRE_FALSE(valid(intset_bytes({2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0xff, 0xff})));
  // A count that would only fit if sizes had 32 bits.
  REQUIRE_FALSE(valid(intset_bytes({4, 0, 0, 0, 1, 0, 0, 0x40, 1, 0, 0, 0})));
  REQUIRE_FALSE(valid(intset_bytes({8, 0, 0, 0, 0, 0, 0, 0x20})));
}

TEST_CASE("An intset with any one bit flipped is refused, or in order") {
  const HeapBuffer buffer = intset_of({-70'000, -1, 0, 1, 300, 70'000});
  for (size_t i = 0; i < buffer.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      HeapBuffer flipped(buffer.view());
      flipped.data()[i] = static_cast<uint8_t>(flipped.data()[i] ^ 1u << bit);
      if (!IntsetView::valid(flipped.view())) continue;
      const IntsetView set(flipped.view());
      for (const int64_t number : all_of(set)) REQUIRE(set.contains(number));
      const Numbers all = all_of(set);
      REQUIRE(std::set<int64_t>(all.begin(), all.end()).size() == 6);
    }
  }
}

}  // namespace redpoll::ds
