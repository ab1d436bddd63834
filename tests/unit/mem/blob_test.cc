#include "mem/blob.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <string>

#include "base/rng.h"

namespace redpoll::mem {

TEST_CASE("a new blob is empty and uses its whole size class") {
  for (const size_t capacity : {0u, 1u, 48u, 100u, 5000u, 1u << 20}) {
    const BlobPtr blob = Blob::allocate(capacity);
    REQUIRE(blob->size() == 0);
    REQUIRE(blob->capacity() >= capacity);
    REQUIRE(blob->memory() == sizeof(Blob) + blob->capacity());
    REQUIRE(blob->refs() == 1);
    std::memset(blob->data(), 'x', blob->capacity());
    blob->set_size(blob->capacity());
    REQUIRE(blob->room() == 0);
    REQUIRE(blob->view() == std::string(blob->capacity(), 'x'));
  }
}

TEST_CASE("a blob frees exactly what it took") {
  const size_t before = zmalloc_used_memory();
  {
    BlobPtr blob = Blob::copy_of(std::string_view("hello\0world", 11));
    REQUIRE(blob->view() == std::string_view("hello\0world", 11));
    blob.grow(100000);
    BlobPtr other = blob;
    other.append("x");
    other.shrink_to_fit();
    blob.reset();
    REQUIRE_FALSE(blob);
    blob.reset();
  }
  REQUIRE(zmalloc_used_memory() == before);
}

TEST_CASE("copies share, moves hand over, assignment lets go") {
  BlobPtr a = Blob::copy_of("a");
  BlobPtr b = a;
  REQUIRE(a.get() == b.get());
  REQUIRE(a->refs() == 2);
  REQUIRE(a->shared());
  const BlobPtr c = std::move(b);
  REQUIRE_FALSE(b);  // NOLINT: a moved-from pointer is empty by contract
  REQUIRE(a->refs() == 2);
  BlobPtr& self = a;
  a = self;
  REQUIRE(a->refs() == 2);
  a = Blob::copy_of("b");
  REQUIRE(a->view() == "b");
  REQUIRE(c->refs() == 1);
  REQUIRE(c->view() == "a");
}

TEST_CASE("a reference may be kept as a plain word") {
  Blob* const word = Blob::copy_of("x").release();
  {
    const BlobPtr guest = BlobPtr::share(*word);
    REQUIRE(word->refs() == 2);
  }
  REQUIRE(word->refs() == 1);
  const BlobPtr owner = BlobPtr::adopt(word);
  REQUIRE(owner->view() == "x");
}

TEST_CASE("writing to a shared blob leaves the others as they were") {
  const BlobPtr original = Blob::copy_of("value");
  BlobPtr writer = original;
  SECTION("unshare") { writer.unshare(); }
  SECTION("grow within the capacity") { writer.grow(1); }
  SECTION("grow beyond it") { writer.grow(1000); }
  SECTION("reserve within the capacity") { writer.reserve(1); }
  SECTION("reserve beyond it") { writer.reserve(1000); }
  SECTION("append") { writer.append(""); }
  SECTION("shrink_to_fit") { writer.shrink_to_fit(); }
  REQUIRE(writer.get() != original.get());
  REQUIRE(writer->view() == "value");
  REQUIRE_FALSE(writer->shared());
  REQUIRE_FALSE(original->shared());
  writer->data()[0] = 'V';
  REQUIRE(original->view() == "value");
}

TEST_CASE("unshare keeps a blob that has one owner where it is") {
  BlobPtr blob = Blob::copy_of("value");
  const Blob* const place = blob.get();
  blob.unshare();
  blob.grow(blob->capacity());
  REQUIRE(blob.get() == place);
}

TEST_CASE("growing a shared blob within its capacity gives the room that was asked for") {
  BlobPtr writer = Blob::copy_of("value");
  writer.reserve(1000);
  const BlobPtr reader = writer;
  writer.grow(800);
  REQUIRE(writer->capacity() >= 800);
  writer = reader;
  writer.append(std::string(900, 'x'));
  REQUIRE(writer->view() == "value" + std::string(900, 'x'));
  REQUIRE(reader->view() == "value");
}

TEST_CASE("growth doubles up to a mebibyte and then adds one") {
  BlobPtr blob = Blob::allocate(0);
  blob.grow(1000);
  REQUIRE(blob->capacity() >= 2000);
  REQUIRE(blob->capacity() < 2600);
  blob.grow(3u << 20);
  REQUIRE(blob->capacity() >= 4u << 20);
  REQUIRE(blob->capacity() < 5u << 20);
  BlobPtr exact = Blob::allocate(0);
  exact.reserve(1000);
  REQUIRE(exact->capacity() >= 1000);
  REQUIRE(exact->capacity() < 1300);
}

TEST_CASE("appending byte by byte moves a blob a few times only") {
  BlobPtr blob = Blob::allocate(0);
  std::string model;
  int moves = 0;
  for (int i = 0; i < 300000; ++i) {
    const size_t capacity = blob->capacity();
    const char c = static_cast<char>(i);
    blob.append({&c, 1});
    model += c;
    moves += blob->capacity() != capacity;
  }
  REQUIRE(blob->view() == model);
  REQUIRE(moves < 20);
}

TEST_CASE("a blob may be appended to itself, whole or in part, shared or not") {
  BlobPtr blob = Blob::copy_of("abc");
  std::string model = "abc";
  Rng rng(1);
  BlobPtr sharer;
  for (int i = 0; i < 40; ++i) {
    const size_t from = rng.below(model.size());
    const size_t n = std::min<size_t>(rng.below(model.size() - from + 1), 5000);
    if (i % 3 == 0) sharer = blob;
    blob.append(blob->view().substr(from, n));
    model += std::string(model, from, n);
    REQUIRE(blob->view() == model);
  }
}

TEST_CASE("shrink_to_fit gives up room and keeps the bytes") {
  BlobPtr blob = Blob::copy_of("value");
  blob.grow(1 << 20);
  const size_t large = blob->memory();
  blob.shrink_to_fit();
  REQUIRE(blob->view() == "value");
  REQUIRE(blob->memory() < large / 1000);
  REQUIRE(blob->memory() == Blob::copy_of("value")->memory());
}

}  // namespace redpoll::mem
