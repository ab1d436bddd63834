#include "ds/listpack.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/rng.h"
#include "ds/listpack_front.h"

namespace redpoll::ds {

namespace {

using Place = ListpackView::Place;
using Strings = std::vector<std::string>;
constexpr Place kNone = ListpackView::kNone;

std::string text_of(const PackedElement& element) {
  PackedElement::Digits digits;
  return std::string(element.text(digits));
}

Strings forwards(const ListpackView& list) {
  Strings all;
  for (Place at = list.first(); at != kNone; at = list.next(at)) all.push_back(text_of(list.get(at)));
  return all;
}

Strings backwards(const ListpackView& list) {
  Strings all;
  for (Place at = list.last(); at != kNone; at = list.prev(at)) all.push_back(text_of(list.get(at)));
  std::reverse(all.begin(), all.end());
  return all;
}

// Everything that reading can tell, against what must be there.
void require_same_elements(const HeapBuffer& buffer, const Strings& expected) {
  REQUIRE(ListpackView::valid(buffer.view()));
  const ListpackView list(buffer.view());
  REQUIRE(list.total_bytes() == buffer.size());
  REQUIRE((list.bytes() == buffer.view()));
  REQUIRE(list.size() == expected.size());
  REQUIRE(list.empty() == expected.empty());
  REQUIRE((forwards(list) == expected));
  REQUIRE((backwards(list) == expected));
}

HeapBuffer listpack_of(const Strings& elements) {
  HeapBuffer buffer;
  Listpack list(buffer);
  for (const std::string& element : elements) list.append(element);
  return buffer;
}

// The one element's bytes, without header and end.
std::string encoded(std::string_view text) {
  const HeapBuffer buffer = listpack_of({std::string(text)});
  return std::string(buffer.view().substr(6, buffer.size() - 7));
}

std::string listpack_bytes(std::initializer_list<unsigned> values) {
  std::string all;
  for (const unsigned value : values) all.push_back(static_cast<char>(value));
  return all;
}

// A listpack of elements that are encoded already.
std::string assembled(std::string_view elements, uint16_t count) {
  std::string all(6, '\0');
  const auto total = static_cast<uint32_t>(elements.size() + 7);
  std::memcpy(all.data(), &total, sizeof total);
  std::memcpy(all.data() + 4, &count, sizeof count);
  return all.append(elements).append(1, '\xff');
}

}  // namespace

TEST_CASE("An empty listpack is seven bytes and has no ends") {
  HeapBuffer buffer;
  const Listpack list(buffer);
  REQUIRE(std::string(buffer.view()) == listpack_bytes({7, 0, 0, 0, 0, 0, 0xff}));
  REQUIRE(list.first() == kNone);
  REQUIRE(list.last() == kNone);
  REQUIRE(list.index(0) == kNone);
  REQUIRE(list.index(-1) == kNone);
  REQUIRE(list.find(list.first(), "x") == kNone);
  require_same_elements(buffer, {});
}

TEST_CASE("Each encoding of a listpack has the bytes of the published format") {
  struct Case {
    const char* text;
    std::string element;
  };
  const Case cases[] = {
      {"0", listpack_bytes({0, 1})},
      {"127", listpack_bytes({127, 1})},
      {"128", listpack_bytes({0xc0, 0x80, 2})},
      {"4095", listpack_bytes({0xcf, 0xff, 2})},
      {"-1", listpack_bytes({0xdf, 0xff, 2})},
      {"-4096", listpack_bytes({0xd0, 0x00, 2})},
      {"4096", listpack_bytes({0xf1, 0x00, 0x10, 3})},
      {"-4097", listpack_bytes({0xf1, 0xff, 0xef, 3})},
      {"32767", listpack_bytes({0xf1, 0xff, 0x7f, 3})},
      {"-32768", listpack_bytes({0xf1, 0x00, 0x80, 3})},
      {"32768", listpack_bytes({0xf2, 0x00, 0x80, 0x00, 4})},
      {"-32769", listpack_bytes({0xf2, 0xff, 0x7f, 0xff, 4})},
      {"8388607", listpack_bytes({0xf2, 0xff, 0xff, 0x7f, 4})},
      {"-8388608", listpack_bytes({0xf2, 0x00, 0x00, 0x80, 4})},
      {"8388608", listpack_bytes({0xf3, 0x00, 0x00, 0x80, 0x00, 5})},
      {"-8388609", listpack_bytes({0xf3, 0xff, 0xff, 0x7f, 0xff, 5})},
      {"2147483647", listpack_bytes({0xf3, 0xff, 0xff, 0xff, 0x7f, 5})},
      {"-2147483648", listpack_bytes({0xf3, 0x00, 0x00, 0x00, 0x80, 5})},
      {"2147483648", listpack_bytes({0xf4, 0x00, 0x00, 0x00, 0x80, 0, 0, 0, 0, 9})},
      {"-2147483649", listpack_bytes({0xf4, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 9})},
      {"9223372036854775807", listpack_bytes({0xf4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 9})},
      {"-9223372036854775808", listpack_bytes({0xf4, 0, 0, 0, 0, 0, 0, 0, 0x80, 9})},
      {"", listpack_bytes({0x80, 1})},
      {"a", listpack_bytes({0x81, 'a', 2})},
      {"-0", listpack_bytes({0x82, '-', '0', 3})},
      {"01", listpack_bytes({0x82, '0', '1', 3})},
      {"+1", listpack_bytes({0x82, '+', '1', 3})},
      {" 1", listpack_bytes({0x82, ' ', '1', 3})},
      {"9223372036854775808", listpack_bytes({0x93}) + "9223372036854775808" + listpack_bytes({20})},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    REQUIRE((encoded(c.text) == c.element));
    require_same_elements(listpack_of({c.text}), {c.text});
  }
}

TEST_CASE("Strings get the shortest head, and the back length that the published code gives them") {
  const auto require_frame = [](size_t size, const std::string& head, const std::string& back) {
    CAPTURE(size);
    const std::string text(size, 'x');
    REQUIRE((encoded(text) == head + text + back));
    require_same_elements(listpack_of({"before", text, "7"}), {"before", text, "7"});
  };
  require_frame(63, listpack_bytes({0xbf}), listpack_bytes({64}));
  require_frame(64, listpack_bytes({0xe0, 64}), listpack_bytes({66}));
  require_frame(125, listpack_bytes({0xe0, 125}), listpack_bytes({127}));
  require_frame(126, listpack_bytes({0xe0, 126}), listpack_bytes({1, 0x80}));
  require_frame(4095, listpack_bytes({0xef, 0xff}), listpack_bytes({0x20, 0x81}));
  require_frame(4096, listpack_bytes({0xf0, 0, 0x10, 0, 0}), listpack_bytes({0x20, 0x85}));
  require_frame(16377, listpack_bytes({0xf0, 0xf9, 0x3f, 0, 0}), listpack_bytes({0x7f, 0xfe}));
  // 16383 would fit two bytes.
  require_frame(16378, listpack_bytes({0xf0, 0xfa, 0x3f, 0, 0}), listpack_bytes({0, 0xff, 0xff}));
  require_frame(16379, listpack_bytes({0xf0, 0xfb, 0x3f, 0, 0}), listpack_bytes({1, 0x80, 0x80}));
  require_frame(2097145, listpack_bytes({0xf0, 0xf9, 0xff, 0x1f, 0}), listpack_bytes({0x7f, 0xff, 0xfe}));
  require_frame(2097146, listpack_bytes({0xf0, 0xfa, 0xff, 0x1f, 0}), listpack_bytes({0, 0xff, 0xff, 0xff}));
}

TEST_CASE("A number put in as a number is found as text, and the other way round") {
  HeapBuffer buffer;
  Listpack list(buffer);
  list.append(int64_t{-5});
  list.append("77");
  list.append(PackedElement(int64_t{1} << 40));
  list.append(PackedElement("word"));
  require_same_elements(buffer, {"-5", "77", "1099511627776", "word"});
  REQUIRE(list.find(list.first(), "-5") == list.index(0));
  REQUIRE(list.find(list.first(), PackedElement(int64_t{77})) == list.index(1));
  REQUIRE(list.find(list.first(), PackedElement("1099511627776")) == list.index(2));
  REQUIRE(list.find(list.first(), PackedElement("word")) == list.index(3));
  REQUIRE(list.find(list.index(2), "77") == kNone);
  REQUIRE(list.find(list.first(), "") == kNone);
  REQUIRE(list.find(list.first(), "-05") == kNone);
}

TEST_CASE("Numbers stored longer than need be, or as text, are read and found all the same") {
  const std::string padded =
      assembled(listpack_bytes({0xf4, 5, 0, 0, 0, 0, 0, 0, 0, 9}) + listpack_bytes({0x81, '5', 2}), 2);
  REQUIRE(ListpackView::valid(padded));
  const ListpackView list(padded);
  REQUIRE((forwards(list) == Strings{"5", "5"}));
  REQUIRE(list.get(list.first()).is_integer());
  REQUIRE_FALSE(list.get(list.last()).is_integer());
  REQUIRE(list.find(list.first(), "5") == list.first());
  REQUIRE(list.find(list.last(), "5") == list.last());
  REQUIRE(list.find(list.last(), PackedElement(int64_t{5})) == list.last());
}

TEST_CASE("Searching with a stride looks at the fields and not at the values") {
  const HeapBuffer buffer = listpack_of({"a", "b", "b", "a", "3", "4"});
  const ListpackView list(buffer.view());
  REQUIRE(list.find(list.first(), "b", 2) == list.index(2));
  REQUIRE(list.find(list.index(1), "b", 2) == list.index(1));
  REQUIRE(list.find(list.first(), "4", 2) == kNone);
  REQUIRE(list.find(list.first(), "3", 2) == list.index(4));
  REQUIRE(list.find(list.first(), "3", 3) == kNone);
  REQUIRE(list.find(list.first(), "b", 3) == kNone);
  REQUIRE(list.find(list.first(), "a", 3) == list.index(0));
  REQUIRE(list.find(list.index(3), "x", 100) == kNone);
}

TEST_CASE("Positions count from either end") {
  const Strings all = {"a", "1", "b", "-2", "c"};
  const HeapBuffer buffer = listpack_of(all);
  const ListpackView list(buffer.view());
  for (int i = 0; i < 5; ++i) {
    REQUIRE(text_of(list.get(list.index(i))) == all[static_cast<size_t>(i)]);
    REQUIRE(list.index(i - 5) == list.index(i));
  }
  REQUIRE(list.index(5) == kNone);
  REQUIRE(list.index(-6) == kNone);
  REQUIRE(list.index(std::numeric_limits<int64_t>::max()) == kNone);
  REQUIRE(list.index(std::numeric_limits<int64_t>::min()) == kNone);
}

TEST_CASE("Replacing an element leaves its place and its neighbours alone") {
  HeapBuffer buffer = listpack_of({"a", "b", "c"});
  Listpack list(buffer);
  const Place place = list.index(1);
  for (const std::string& text :
       {std::string("12345"), std::string(5000, 'x'), std::string(), std::string("y")}) {
    list.replace(place, text);
    require_same_elements(buffer, {"a", text, "c"});
  }
  list.replace(place, int64_t{-70000});
  require_same_elements(buffer, {"a", "-70000", "c"});
}

TEST_CASE("Erasing returns the place of what follows, and takes what there is") {
  HeapBuffer buffer = listpack_of({"a", "b", "c", "d", "e"});
  Listpack list(buffer);
  const Place place = list.erase(list.index(1));
  REQUIRE(text_of(list.get(place)) == "c");
  REQUIRE(list.erase(list.index(2), 100) == kNone);
  require_same_elements(buffer, {"a", "c"});
  REQUIRE(list.erase(list.first(), 0) == list.first());
  REQUIRE(list.erase(list.first(), 2) == kNone);
  require_same_elements(buffer, {});
  list.prepend("again");
  require_same_elements(buffer, {"again"});
}

TEST_CASE("A listpack appended to another brings all its elements") {
  HeapBuffer buffer = listpack_of({"a", "1"});
  Listpack list(buffer);
  list.append_all(ListpackView(listpack_of({}).view()));
  require_same_elements(buffer, {"a", "1"});
  const HeapBuffer other = listpack_of({"2", std::string(300, 'z')});
  list.append_all(ListpackView(other.view()));
  require_same_elements(buffer, {"a", "1", "2", std::string(300, 'z')});
}

TEST_CASE("From 65535 elements on the count is not kept, and everything else goes on") {
  HeapBuffer buffer;
  Listpack list(buffer);
  Strings expected;
  for (int i = 0; i < 65540; ++i) expected.push_back(std::to_string(i % 100));
  for (int i = 0; i < 65534; ++i) list.append(expected[static_cast<size_t>(i)]);
  const auto stored_count = [&] { return buffer.data()[4] | buffer.data()[5] << 8; };
  REQUIRE(stored_count() == 65534);
  for (size_t i = 65534; i < expected.size(); ++i) list.append(expected[i]);
  REQUIRE(stored_count() == 65535);
  require_same_elements(buffer, expected);
  REQUIRE(text_of(list.get(list.index(65537))) == expected[65537]);
  REQUIRE(text_of(list.get(list.index(-65540))) == "0");
  REQUIRE(list.index(65540) == kNone);
  REQUIRE(list.index(-65541) == kNone);

  list.erase(list.index(10), 65000);
  expected.erase(expected.begin() + 10, expected.begin() + 65010);
  require_same_elements(buffer, expected);
  list.append("end");
  expected.push_back("end");
  require_same_elements(buffer, expected);
  list.erase(list.first(), expected.size());
  require_same_elements(buffer, {});
  REQUIRE(stored_count() == 0);
}

TEST_CASE("The count of two listpacks that are joined stays right beyond what is counted") {
  HeapBuffer buffer = listpack_of(Strings(40'000, "1"));
  const HeapBuffer other = listpack_of(Strings(30'000, "2"));
  Listpack list(buffer);
  list.append_all(ListpackView(other.view()));
  REQUIRE(ListpackView::valid(buffer.view()));
  REQUIRE(list.size() == 70'000);
}

TEST_CASE("What an element is said to take is never less than it takes") {
  for (const size_t size : {0u, 1u, 20u, 63u, 64u, 126u, 4095u, 4096u, 16378u, 100'000u}) {
    REQUIRE(Listpack::bytes_for(std::string(size, 'x')) == encoded(std::string(size, 'x')).size());
  }
  for (const char* number :
       {"0", "127", "128", "-1", "4096", "32768", "8388608", "2147483648", "-9223372036854775808"}) {
    REQUIRE(Listpack::bytes_for(number) >= encoded(number).size());
  }
}

TEST_CASE("Elements know their length and whether they are a text") {
  for (const int64_t number : {int64_t{0}, int64_t{9}, int64_t{10}, int64_t{-1}, INT64_MAX, INT64_MIN}) {
    const PackedElement element(number);
    REQUIRE(element.size() == std::to_string(number).size());
    REQUIRE(element.equals(std::to_string(number)));
    REQUIRE_FALSE(element.equals("0" + std::to_string(number)));
    REQUIRE_FALSE(element.equals(""));
  }
  REQUIRE(PackedElement("abc").equals("abc"));
  REQUIRE_FALSE(PackedElement("abc").equals("abd"));
  REQUIRE(PackedElement("").size() == 0);
}

// --- the model

namespace {

// Texts of every encoding, and lengths around the borders of heads and back lengths.
std::string random_text(Rng& rng) {
  switch (rng.below(8)) {
    case 0: return std::to_string(rng.below(130));
    case 1: return std::to_string(static_cast<int64_t>(rng.next()) >> rng.below(64));
    case 2: return std::string(rng.below(4), 'a');
    case 3: return std::string(60 + rng.below(10), 'b');
    case 4: return std::string(120 + rng.below(10), 'c');
    case 5: return rng.below(20) == 0 ? std::string(4090 + rng.below(12), 'd') : "d";
    case 6: return rng.below(100) == 0 ? std::string(16370 + rng.below(12), 'e') : "e";
    default:
      return listpack_bytes({static_cast<unsigned>(rng.below(256)), static_cast<unsigned>(rng.below(256))});
  }
}

class Model {
 public:
  explicit Model(uint64_t seed) : rng_(seed), list_(buffer_) {}

  void step() {
    const bool grow = expected_.size() < rng_.below(40);
    switch (rng_.below(6)) {
      case 0: return grow ? insert() : erase();
      case 1: return append();
      case 2: return replace();
      case 3: return erase();
      case 4: return find();
      default: return expected_.size() > 60 ? erase() : insert();
    }
  }

  void check() const { require_same_elements(buffer_, expected_); }

 private:
  size_t position() { return rng_.below(expected_.size() + 1); }
  auto nth(size_t i) { return expected_.begin() + static_cast<std::ptrdiff_t>(i); }
  Place place(size_t i) const {
    return rng_bit_ ? list_.index(static_cast<int64_t>(i))
                    : list_.index(static_cast<int64_t>(i) - static_cast<int64_t>(expected_.size()));
  }

  void insert() {
    const std::string text = random_text(rng_);
    const size_t at = position();
    const Place behind = at == expected_.size() ? kNone : place(at);
    const auto number = parse_int64(text);
    const Place there = number ? list_.insert(behind, *number) : list_.insert(behind, text);
    expected_.insert(nth(at), text);
    REQUIRE(list_.get(there).equals(text));
  }

  void append() {
    const std::string text = random_text(rng_);
    const bool front = rng_.below(2) == 0;
    front ? list_.prepend(text) : list_.append(text);
    expected_.insert(front ? expected_.begin() : expected_.end(), text);
  }

  void replace() {
    if (expected_.empty()) return;
    const size_t at = rng_.below(expected_.size());
    const std::string text = random_text(rng_);
    list_.replace(place(at), text);
    expected_[at] = text;
  }

  void erase() {
    if (expected_.empty()) return;
    rng_bit_ = !rng_bit_;
    const size_t at = rng_.below(expected_.size());
    const size_t count = rng_.below(4) == 0 ? rng_.below(20) : 1;
    const size_t erased = std::min(count, expected_.size() - at);
    const Place next = list_.erase(place(at), count);
    expected_.erase(nth(at), nth(at + erased));
    REQUIRE((next == kNone) == (at == expected_.size()));
    if (next != kNone) REQUIRE(list_.get(next).equals(expected_[at]));
  }

  void find() {
    const std::string text =
        expected_.empty() || rng_.below(3) == 0 ? random_text(rng_) : expected_[rng_.below(expected_.size())];
    const size_t stride = 1 + rng_.below(3);
    Place wanted = kNone;
    for (size_t i = 0; i < expected_.size() && wanted == kNone; i += stride) {
      if (expected_[i] == text) wanted = place(i);
    }
    REQUIRE(list_.find(list_.first(), text, stride) == wanted);
  }

  Rng rng_;
  HeapBuffer buffer_;
  Listpack list_;
  Strings expected_;
  bool rng_bit_ = false;
};

}  // namespace

TEST_CASE("A listpack does what a vector of strings does") {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    Model model(seed);
    for (int step = 0; step < 2'000; ++step) {
      model.step();
      if (step % 20 == 0) model.check();
    }
    model.check();
  }
}

// --- hostile bytes

namespace {

// One of each encoding.
Strings one_of_each() {
  return {"5",
          "-1",
          "4096",
          "-70000",
          "8388608",
          "9223372036854775807",
          std::string(),
          "text",
          std::string(70, 'm'),
          std::string(130, 'n'),
          std::string(4100, 'l')};
}

// Walks bytes that passed for a listpack in every way; the sanitizers watch. In memory of its own, so that
// they see every byte read beyond it.
void walk(std::string_view accepted) {
  const HeapBuffer copy(accepted);
  const ListpackView list(copy.view());
  const Strings all = forwards(list);
  REQUIRE((backwards(list) == all));
  REQUIRE(list.size() == all.size());
  REQUIRE(list.find(list.first(), "none such") == kNone);
}

}  // namespace

TEST_CASE("No listpack is valid that is cut off or has bytes to spare") {
  const HeapBuffer buffer = listpack_of(one_of_each());
  REQUIRE(ListpackView::valid(buffer.view()));
  for (size_t size = 0; size < buffer.size(); ++size) {
    const HeapBuffer cut(buffer.view().substr(0, size));
    REQUIRE_FALSE(ListpackView::valid(cut.view()));
    if (size < ListpackView::kEmptyBytes) continue;
    // Also if it claims to be that long, and ends as it should.
    HeapBuffer forged(buffer.view().substr(0, size));
    const auto total = static_cast<uint32_t>(size);
    std::memcpy(forged.data(), &total, sizeof total);
    REQUIRE_FALSE(ListpackView::valid(forged.view()));
    forged.data()[size - 1] = 0xff;
    REQUIRE_FALSE(ListpackView::valid(forged.view()));
  }
  REQUIRE_FALSE(ListpackView::valid(std::string(buffer.view()) + '\xff'));
}

TEST_CASE("A listpack with any one bit flipped is refused, or walks safely") {
  const HeapBuffer buffer = listpack_of(one_of_each());
  size_t accepted = 0;
  for (size_t i = 0; i < buffer.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      HeapBuffer flipped(buffer.view());
      flipped.data()[i] = static_cast<uint8_t>(flipped.data()[i] ^ 1u << bit);
      if (!ListpackView::valid(flipped.view())) continue;
      walk(flipped.view());
      ++accepted;
    }
  }
  // The contents of strings and numbers may be anything.
  REQUIRE(accepted >= 8 * 4100);
}

TEST_CASE("A listpack with any one byte replaced is refused, or walks safely") {
  const HeapBuffer buffer =
      listpack_of({"5", "-1", "4096", "-70000", "8388608", "text", std::string(70, 'm')});
  for (size_t i = 0; i < buffer.size(); ++i) {
    for (unsigned value = 0; value < 256; ++value) {
      HeapBuffer changed(buffer.view());
      changed.data()[i] = static_cast<uint8_t>(value);
      if (ListpackView::valid(changed.view())) walk(changed.view());
    }
  }
}

TEST_CASE("Elements come and go at the front of a listpack while the others stay where they are") {
  constexpr size_t kRoom = 8192;
  const HeapBuffer tail = listpack_of({"x", "-5"});
  std::vector<uint8_t> block(kRoom + tail.size());
  uint8_t* begin = block.data() + kRoom;
  std::copy_n(tail.data(), tail.size(), begin);
  Strings expected{"x", "-5"};
  const auto require_right = [&] {
    const auto bytes = static_cast<size_t>(block.data() + block.size() - begin);
    require_same_elements(HeapBuffer(std::string_view(reinterpret_cast<const char*>(begin), bytes)),
                          expected);
  };
  const Strings pushed{
      "", "a", "127", "-4096", "9223372036854775807", std::string(63, 'b'), std::string(5000, 'c')};
  for (const std::string& text : pushed) {
    uint8_t* const before = begin;
    begin = put_first(begin, text);
    REQUIRE(before - begin <= static_cast<std::ptrdiff_t>(Listpack::bytes_for(text)));
    expected.insert(expected.begin(), text);
    require_right();
  }
  while (!expected.empty()) {
    begin = drop_first(begin);
    expected.erase(expected.begin());
    require_right();
  }
}

TEST_CASE("A listpack that no longer counts its elements does not begin to at its front") {
  const Strings many(65'535, "1");
  const HeapBuffer uncounted = listpack_of(many);
  std::vector<uint8_t> block(16 + uncounted.size());
  std::copy_n(uncounted.data(), uncounted.size(), block.data() + 16);
  uint8_t* begin = put_first(block.data() + 16, "2");
  const auto size = [&] { return ListpackView({reinterpret_cast<const char*>(begin), 0}).size(); };
  REQUIRE(size() == 65'536);
  begin = drop_first(drop_first(begin));
  REQUIRE(size() == 65'534);
  // From 65534 on the next one is too many to be counted.
  const HeapBuffer counted = listpack_of(Strings(65'534, "1"));
  std::copy_n(counted.data(), counted.size(), block.data() + 16);
  begin = put_first(block.data() + 16, "2");
  REQUIRE(size() == 65'535);
}

TEST_CASE("The validator refuses what only nearly is a listpack") {
  const auto refused = [](std::string_view elements, uint16_t count) {
    const std::string all = assembled(elements, count);
    const HeapBuffer copy{std::string_view(all)};
    return !ListpackView::valid(copy.view());
  };
  REQUIRE_FALSE(refused(listpack_bytes({1, 1, 2, 1}), 2));
  // The wrong count; one that is not kept may stand for any.
  REQUIRE(refused(listpack_bytes({1, 1, 2, 1}), 1));
  REQUIRE(refused(listpack_bytes({1, 1, 2, 1}), 3));
  REQUIRE(refused("", 1));
  REQUIRE_FALSE(refused(listpack_bytes({1, 1, 2, 1}), 65535));
  // First bytes that mean nothing, the end among them.
  for (unsigned first = 0xf5; first <= 0xff; ++first) REQUIRE(refused(listpack_bytes({first, 1}), 1));
  // Back lengths that are wrong, too long, or say the right thing in another way.
  REQUIRE(refused(listpack_bytes({1, 2}), 1));
  REQUIRE(refused(listpack_bytes({1, 0}), 1));
  REQUIRE(refused(listpack_bytes({1, 0, 0x81}), 1));
  REQUIRE(refused(listpack_bytes({1, 1, 2, 3}), 2));
  // Strings that reach up to the end byte, or beyond.
  REQUIRE(refused(listpack_bytes({0x82, 'a', 'b'}), 1));
  REQUIRE(refused(listpack_bytes({0x81, 'a'}), 1));
  REQUIRE(refused(listpack_bytes({0x84, 'a', 'b', 3}), 1));
  REQUIRE(refused(listpack_bytes({0xe0}), 1));
  REQUIRE(refused(listpack_bytes({0xf0, 1, 0, 0}), 1));
  REQUIRE(refused(listpack_bytes({0xf0, 0xff, 0xff, 0xff, 0xff, 'a', 6}), 1));
  REQUIRE(refused(listpack_bytes({0xf4, 1, 2, 3}), 1));
}

}  // namespace redpoll::ds
