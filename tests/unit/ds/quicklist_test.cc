#include "ds/quicklist.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "mem/zmalloc.h"
#include "unit/ds/quicklist_model.h"

namespace redpoll::ds {
namespace {

constexpr int kDefaultFill = -2;  // 8 KiB

using Texts = std::vector<std::string>;

Quicklist list_of(const Texts& texts, int fill = kDefaultFill, int compress_depth = 0) {
  Quicklist list(fill, compress_depth);
  for (const std::string& text : texts) list.push(ListEnd::tail, text);
  list.validate();
  return list;
}

Texts texts_of(const Quicklist& list) {
  list.validate();
  Texts texts;
  for (QuicklistIterator it(list, 0, ListWalk::from_head); !it.done(); it.advance())
    texts.push_back(text_at(it));
  return texts;
}

// The numbers of elements of the nodes.
std::vector<size_t> counts_of(const Quicklist& list) {
  std::vector<size_t> counts;
  for (const auto* node = list.nodes().head(); node != nullptr; node = node->next())
    counts.push_back(node->value.count());
  return counts;
}

// 'c' for a compressed node, '-' for another, from head to tail.
std::string compression_of(const Quicklist& list) {
  std::string marks;
  for (const auto* node = list.nodes().head(); node != nullptr; node = node->next())
    marks += node->value.is_compressed() ? 'c' : '-';
  return marks;
}

// Does not compress.
std::string random_bytes(Rng& rng, size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(rng.below(256));
  return bytes;
}

Texts letters(char from, char to) {
  Texts texts;
  for (char letter = from; letter <= to; ++letter) texts.emplace_back(1, letter);
  return texts;
}

// What a model test draws from: short and long, text and numbers, what compresses and what does not, and few
// enough different ones that searches find something.
std::string some_text(Rng& rng) {
  switch (rng.below(12)) {
    case 0: return "";
    case 1: return std::to_string(static_cast<int64_t>(rng.next()) >> rng.below(64));
    case 2: return std::string(rng.below(300), 'a');
    case 3: return random_bytes(rng, rng.below(100));
    case 4: return rng.below(4) == 0 ? std::string(4000 + rng.below(5000), 'b') : "four";
    case 5: return rng.below(8) == 0 ? random_bytes(rng, 60'000 + rng.below(10'000)) : "-5";
    default: return "element " + std::to_string(rng.below(10));
  }
}

class Torment {
 public:
  Torment(int fill, int depth, uint64_t seed) : rng_(seed), model_(fill, depth) {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      step();
      if (i % 4 == 0) model_.list.validate();
      if (i % 128 == 0) model_.check();
      // Grows for some time, then shrinks for some.
      if (i % 512 == 0) shrinking_ = model_.size() > 300 || (shrinking_ && model_.size() > 50);
    }
    model_.check();
  }

 private:
  ListEnd some_end() { return rng_.below(2) == 0 ? ListEnd::head : ListEnd::tail; }
  size_t some_index() { return rng_.below(model_.size()); }

  void step() {
    const uint64_t choice = rng_.below(16);
    if (model_.size() == 0 || choice < (shrinking_ ? 2 : 5)) return model_.push(some_end(), some_text(rng_));
    switch (choice) {
      case 5: return model_.push_blob(some_end(), some_text(rng_));
      case 6:
      case 7: return model_.insert(some_index(), some_text(rng_));
      case 8: return model_.replace(some_index(), some_text(rng_));
      case 9: return look();
      case 10: return rng_.below(30) == 0 ? model_.exchange_for_duplicate() : model_.repack();
      case 11: return append();
      case 12: return erase_range();
      case 13: return erase_matches();
      default: return model_.pop(some_end());
    }
  }

  void look() {
    const ListWalk direction = rng_.below(2) == 0 ? ListWalk::from_head : ListWalk::from_tail;
    const auto size = static_cast<int64_t>(model_.size());
    model_.check_from(static_cast<int64_t>(rng_.below(2 * model_.size())) - size, direction, rng_.below(20));
  }

  void append() {
    std::deque<std::string> texts;
    for (uint64_t left = rng_.below(10); left > 0; --left)
      texts.push_back("appended " + std::to_string(left));
    model_.append(texts);
  }

  void erase_range() {
    const size_t start = some_index();
    const size_t most = rng_.below(shrinking_ ? 40 : 5);
    model_.erase(start, std::min(most, model_.size() - start));
  }

  void erase_matches() {
    const std::string text = rng_.below(2) == 0 ? model_.model[some_index()] : "element 1";
    const size_t most = rng_.below(2) == 0 ? SIZE_MAX : 1 + rng_.below(3);
    model_.erase_matches(text, most, rng_.below(2) == 0 ? ListWalk::from_head : ListWalk::from_tail);
  }

  Rng rng_;
  QuicklistModel model_;
  bool shrinking_ = false;
};

}  // namespace

TEST_CASE("A quicklist does what a deque does, whatever the size of its nodes and the depth of compression") {
  const Bytes used = mem::zmalloc_used_memory();
  for (const int fill : {-5, -4, -3, -2, -1, 0, 1, 2, 3, 8, 128}) {
    for (const int depth : {0, 1, 2, 5}) {
      Torment(fill, depth, static_cast<uint64_t>(fill * 100 + depth + 1000)).run(6000);
    }
  }
  REQUIRE(mem::zmalloc_used_memory() == used);
}

TEST_CASE("Elements are added and removed at both ends") {
  Quicklist list(kDefaultFill, 0);
  REQUIRE(list.empty());
  list.push(ListEnd::tail, "b");
  list.push(ListEnd::head, "a");
  list.push(ListEnd::tail, "7");
  REQUIRE(texts_of(list) == Texts{"a", "b", "7"});
  list.pop(ListEnd::head);
  list.pop(ListEnd::tail);
  REQUIRE(texts_of(list) == Texts{"b"});
  list.pop(ListEnd::head);
  REQUIRE(texts_of(list).empty());
  REQUIRE(list.nodes().empty());
}

TEST_CASE("A limit in elements fills nodes to it, one in bytes close to it") {
  const Quicklist counted = list_of(letters('a', 'j'), 4);
  REQUIRE(counts_of(counted) == std::vector<size_t>{4, 4, 2});
  REQUIRE(counts_of(list_of(letters('a', 'c'), 0)) == std::vector<size_t>{1, 1, 1});

  for (const auto& [fill, bytes] :
       {std::pair{-1, 4096}, {-2, 8192}, {-3, 16384}, {-4, 32768}, {-5, 65536}, {-9, 65536}}) {
    const Quicklist list = list_of(Texts(8000, std::string(16, 'x')), fill);
    for (const auto* node = list.nodes().head(); node->next() != nullptr; node = node->next()) {
      REQUIRE(node->value.size() <= static_cast<size_t>(bytes));
      REQUIRE(node->value.size() > static_cast<size_t>(bytes - 32));
    }
  }
}

TEST_CASE("Nodes of so many elements have a limit in bytes as well") {
  const Quicklist list = list_of(Texts(20, std::string(1000, 'x')), 1000);
  for (const auto* node = list.nodes().head(); node != nullptr; node = node->next())
    REQUIRE(node->value.size() <= 8192);
  REQUIRE(list.nodes().size() == 3);
}

TEST_CASE("An element too large for a node is a node by itself, one allocation") {
  for (const int fill : {-2, 100}) {
    Quicklist list = list_of({"a", std::string(9000, 'x'), "b"}, fill);
    REQUIRE(counts_of(list) == std::vector<size_t>{1, 1, 1});
    REQUIRE(list.nodes().head()->next()->value.is_plain());
    QuicklistIterator it(list, 1, ListWalk::from_head);
    REQUIRE(it.blob()->view() == std::string(9000, 'x'));
    REQUIRE(it.get().equals(std::string(9000, 'x')));
    it.advance();
    REQUIRE(it.blob() == nullptr);
    REQUIRE(text_at(it) == "b");
  }
  REQUIRE_FALSE(list_of({std::string(8000, 'x')}).nodes().head()->value.is_plain());
}

TEST_CASE("A large element is taken over, not copied, and lives on while others refer to it") {
  Quicklist list = list_of({"a"});
  mem::BlobPtr blob = mem::Blob::copy_of(std::string(100'000, 'x'));
  const mem::Blob* const address = blob.get();
  list.push(ListEnd::head, std::move(blob));
  const mem::BlobPtr reader = mem::BlobPtr::share(*QuicklistIterator(list, 0, ListWalk::from_head).blob());
  REQUIRE(reader.get() == address);
  list.replace(0, "small");
  REQUIRE(texts_of(list) == Texts{"small", "a"});
  REQUIRE(reader->view() == std::string(100'000, 'x'));
  REQUIRE_FALSE(reader->shared());
}

TEST_CASE("Elements that are large, small and large again replace each other") {
  Quicklist list = list_of({"a", "b", "c"});
  const std::string large(9000, 'x'), larger(20'000, 'y');
  for (size_t i = 0; i < 3; ++i) {
    list.replace(i, large);
    list.replace(i, larger);
    list.replace(i, "small");
    list.replace(i, large);
  }
  REQUIRE(texts_of(list) == Texts{large, large, large});
  REQUIRE(list.nodes().size() == 3);
  for (const auto* node = list.nodes().head(); node != nullptr; node = node->next())
    REQUIRE(node->value.is_plain());
}

TEST_CASE("An index counts from either end and is at no element beyond them") {
  const Quicklist list = list_of(letters('a', 'z'), 3);
  for (int i = 0; i < 26; ++i) {
    const std::string expected(1, static_cast<char>('a' + i));
    REQUIRE(text_at(QuicklistIterator(list, i, ListWalk::from_head)) == expected);
    REQUIRE(text_at(QuicklistIterator(list, i - 26, ListWalk::from_tail)) == expected);
  }
  for (const int64_t beyond : {int64_t{26}, int64_t{-27}, INT64_MAX, INT64_MIN}) {
    REQUIRE(QuicklistIterator(list, beyond, ListWalk::from_head).done());
  }
}

TEST_CASE("An iterator walks a single listpack as it walks a list") {
  const HeapBuffer pack = listpack_of(Texts{"a", "12", "c"});
  QuicklistIterator it(pack.view(), -1, ListWalk::from_tail);
  REQUIRE(text_at(it) == "c");
  it.advance();
  REQUIRE(it.get().integer() == 12);
  REQUIRE(it.blob() == nullptr);
  it.advance();
  it.advance();
  REQUIRE(it.done());
  REQUIRE(QuicklistIterator(pack.view(), 3, ListWalk::from_head).done());
}

TEST_CASE("A full node is split where an element is inserted") {
  Quicklist list = list_of(letters('a', 'h'), 8);
  list.insert(3, "new");
  REQUIRE(texts_of(list) == Texts{"a", "b", "c", "new", "d", "e", "f", "g", "h"});
  REQUIRE(counts_of(list) == std::vector<size_t>{4, 5});
}

TEST_CASE("An element that does not fit at the edge of a node goes to its neighbour") {
  Quicklist list = list_of(letters('a', 'f'), 4);
  list.erase(0, 1);
  list.insert(0, "x");
  list.pop(ListEnd::head);
  REQUIRE(counts_of(list) == std::vector<size_t>{3, 2});
  list.push(ListEnd::tail, "g");
  list.push(ListEnd::tail, "h");
  list.insert(3, "new");
  REQUIRE(counts_of(list) == std::vector<size_t>{4, 4});
  list.insert(4, "newer");
  REQUIRE(counts_of(list) == std::vector<size_t>{4, 1, 4});
  REQUIRE(texts_of(list) == Texts{"b", "c", "d", "new", "newer", "e", "f", "g", "h"});
}

TEST_CASE("Neighbours that have become small are joined, unless that would leave no room") {
  Quicklist list = list_of(letters('a', 'x'), 8);
  list.erase(2, 12);
  REQUIRE(texts_of(list) == Texts{"a", "b", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x"});
  REQUIRE(counts_of(list) == std::vector<size_t>{4, 8});
  list.erase(4, 1);
  REQUIRE(counts_of(list) == std::vector<size_t>{4, 7});
  list.erase(6, 5);
  REQUIRE(counts_of(list) == std::vector<size_t>{6});
}

TEST_CASE("A list from which every other element was removed has no tiny nodes") {
  Quicklist list(16, 0);
  for (int i = 0; i < 1600; ++i) list.push(ListEnd::tail, i % 4 == 0 ? "keep" : "drop");
  REQUIRE(list.nodes().size() == 100);
  REQUIRE(list.erase_matches("drop", SIZE_MAX, ListWalk::from_head) == 1200);
  list.validate();
  REQUIRE(list.size() == 400);
  REQUIRE(list.nodes().size() <= 34);
}

TEST_CASE("Matches are removed from the end that is asked for") {
  const Texts texts{"a", "x", "b", "x", "x", "c", "x", "1", "x"};
  Quicklist list = list_of(texts, 2);
  REQUIRE(list.erase_matches("x", 2, ListWalk::from_head) == 2);
  REQUIRE(texts_of(list) == Texts{"a", "b", "x", "c", "x", "1", "x"});
  REQUIRE(list.erase_matches("x", 2, ListWalk::from_tail) == 2);
  REQUIRE(texts_of(list) == Texts{"a", "b", "x", "c", "1"});
  REQUIRE(list.erase_matches("1", SIZE_MAX, ListWalk::from_tail) == 1);
  REQUIRE(list.erase_matches("01", SIZE_MAX, ListWalk::from_head) == 0);
  REQUIRE(list.erase_matches("absent", SIZE_MAX, ListWalk::from_tail) == 0);
}

TEST_CASE("Inner nodes are compressed and those near the ends are not, however nodes come and go") {
  const std::string text(60, 'x');
  Quicklist list = list_of(Texts(12, text), 2, 2);
  REQUIRE(compression_of(list) == "--cc--");
  list.push(ListEnd::head, text);
  REQUIRE(compression_of(list) == "--ccc--");
  list.erase(0, 5);
  REQUIRE(compression_of(list) == "----");
  for (int i = 0; i < 4; ++i) list.push(ListEnd::tail, text);
  REQUIRE(compression_of(list) == "--cc--");
  list.insert(5, text);
  list.validate();
  list.replace(6, std::string(60, 'y'));
  list.validate();
  const std::string before = compression_of(list);
  REQUIRE(text_at(QuicklistIterator(list, 6, ListWalk::from_head)) == std::string(60, 'y'));
  REQUIRE(compression_of(list) == before);
}

TEST_CASE("What is short or does not get shorter is not compressed") {
  Rng rng(1);
  Quicklist list(1, 1);
  list.push(ListEnd::tail, "end");
  list.push(ListEnd::tail, std::string(20, 'x'));
  list.push(ListEnd::tail, random_bytes(rng, 1000));
  list.push(ListEnd::tail, std::string(1000, 'x'));
  list.push(ListEnd::tail, std::string(20'000, 'x'));
  list.push(ListEnd::tail, std::string(QuicklistNode::kMaxCompressed + 1, 'x'));
  list.push(ListEnd::tail, "end");
  list.validate();
  REQUIRE(compression_of(list) == "---cc--");
  REQUIRE(texts_of(list)[4] == std::string(20'000, 'x'));
}

TEST_CASE("A compressed list takes a fraction of the memory") {
  const Texts texts(20'000, "the same sentence again and again");
  const Quicklist plain = list_of(texts);
  const Quicklist compressed = list_of(texts, kDefaultFill, 1);
  REQUIRE(compressed.memory_bytes() * 5 < plain.memory_bytes());
}

TEST_CASE("Elements of 16 bytes cost at most 2.2 bytes more each") {
  Rng rng(1);
  Quicklist list(kDefaultFill, 0);
  constexpr size_t kElements = 200'000;
  for (size_t i = 0; i < kElements; ++i) list.push(ListEnd::tail, random_bytes(rng, 16));
  REQUIRE(static_cast<double>(list.memory_bytes()) / kElements <= 16 + 2.2);
  const auto exact = static_cast<double>(list.memory_bytes());
  REQUIRE(static_cast<double>(list.memory_bytes(5)) == Approx(exact).epsilon(0.02));
}

TEST_CASE("The memory told is the memory taken") {
  const Bytes before = mem::zmalloc_used_memory();
  Quicklist list(kDefaultFill, 1);
  for (int i = 0; i < 3000; ++i) list.push(ListEnd::tail, std::string(i % 200, 'x'));
  for (int i = 0; i < 777; ++i) list.push(ListEnd::head, std::string(i % 200, 'x'));
  for (int i = 0; i < 77; ++i) list.pop(ListEnd::head);
  REQUIRE(mem::zmalloc_used_memory() - before == list.memory_bytes());
  list.push(ListEnd::head, std::string(50'000, 'x'));
  REQUIRE(mem::zmalloc_used_memory() - before == list.memory_bytes());
}

TEST_CASE("Pushing and popping at the head moves the other elements only now and then") {
  Quicklist list = list_of({"last"});
  const char* end = nullptr;
  int moves = 0;
  const auto watch = [&] {
    const std::string_view bytes = list.nodes().tail()->value.bytes();
    if (std::exchange(end, bytes.data() + bytes.size()) != bytes.data() + bytes.size()) ++moves;
  };
  for (int i = 0; i < 450; ++i, watch())
    list.push(ListEnd::head, "sixteen bytes .." + std::to_string(i % 10));
  REQUIRE(list.nodes().size() == 2);
  for (int i = 0; i < 400; ++i, watch()) list.pop(ListEnd::head);
  REQUIRE(moves < 60);
  list.validate();
  REQUIRE(list.size() == 51);
}

TEST_CASE("Only the head has free bytes before its elements, and no more than it has elements") {
  Quicklist list(kDefaultFill, 0);
  for (int i = 0; i < 2000; ++i) list.push(ListEnd::head, "sixteen bytes ..");
  REQUIRE(static_cast<double>(list.memory_bytes()) / 2000 <= 16 + 3.5);
  // As a queue, in its last node.
  for (int i = 0; i < 20'000; ++i) {
    list.pop(ListEnd::head);
    list.push(ListEnd::tail, "sixteen bytes ..");
    const QuicklistNode& head = list.nodes().head()->value;
    REQUIRE(head.gap() <= std::max(head.size(), head.size() / 8 + 2048));
    if (i % 100 == 0) list.validate();
  }
  REQUIRE(list.size() == 2000);
  while (list.size() > 1) list.pop(ListEnd::head);
  REQUIRE(list.memory_bytes() < 256);
}

TEST_CASE("Elements of every size are pushed at the head") {
  for (const int fill : {-5, -2}) {
    QuicklistModel model(fill, 0);
    for (size_t size = 1; size < 9000; size += 1 + size / 7) {
      model.push(ListEnd::head, std::string(size, 'x'));
      model.push(ListEnd::head, std::to_string(size));
      model.check();
      if (size % 3 == 0) model.pop(ListEnd::head);
      if (size % 5 == 0) model.pop(ListEnd::tail);
      model.check();
    }
  }
}

TEST_CASE("A packed list is taken over as a node, and given away again") {
  Quicklist list(kDefaultFill, 0);
  HeapBuffer pack = listpack_of(letters('a', 'e'));
  const uint8_t* const bytes = pack.data();
  list.append(std::move(pack));
  REQUIRE(list.is_single_listpack());
  REQUIRE(texts_of(list) == letters('a', 'e'));
  REQUIRE(list.take_listpack().data() == bytes);
  REQUIRE(list.empty());
  list.append(listpack_of(Texts{}));
  REQUIRE(list.nodes().empty());
}

TEST_CASE("A listpack that is too large for a node is taken apart") {
  Quicklist list(kDefaultFill, 0);
  const Texts texts(70'000, "1");
  list.append(listpack_of(texts));
  list.append(listpack_of(Texts{std::string(100'000, 'x'), "y"}));
  REQUIRE(list.size() == 70'002);
  list.validate();
  for (const auto* node = list.nodes().head(); node != nullptr; node = node->next())
    REQUIRE((node->value.is_plain() || node->value.size() <= 8192));
}

TEST_CASE("What it takes to free a list counts its nodes and the pages of huge elements") {
  Quicklist list = list_of(letters('a', 'd'), 2);
  REQUIRE(list.free_effort() == 2);
  list.push(ListEnd::tail, std::string(size_t{4} << 20, 'x'));
  REQUIRE(list.free_effort() == 3 + 1024);
  REQUIRE(list.duplicate().free_effort() == 3 + 1024);
  list.pop(ListEnd::tail);
  REQUIRE(list.free_effort() == 2);
}

TEST_CASE("An element of 512 MB goes in and out") {
  constexpr size_t kSize = size_t{512} << 20;
  mem::BlobPtr blob = mem::Blob::allocate(kSize);
  blob->set_size(kSize);
  blob->data()[kSize - 1] = 'z';
  Quicklist list = list_of({"a", "b"}, kDefaultFill, 1);
  list.push(ListEnd::head, std::move(blob));
  list.push(ListEnd::head, "first");
  list.validate();
  const QuicklistIterator it(list, 1, ListWalk::from_head);
  REQUIRE(it.get().size() == kSize);
  REQUIRE(it.blob()->data()[kSize - 1] == 'z');
  REQUIRE(list.memory_bytes() < kSize + kSize / 4 + 4096);
  list.erase(1, 1);
  REQUIRE(texts_of(list) == Texts{"first", "a", "b"});
}

}  // namespace redpoll::ds
