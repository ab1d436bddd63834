#include "ds/packed_word.h"

#include <bit>
#include <catch2/catch.hpp>
#include <string>

namespace redpoll::ds {

namespace {

// Makes one of that size and reads it back.
template <size_t kPrefix>
void round_trip(size_t size) {
  const size_t before = mem::zmalloc_used_memory();
  std::string bytes(size, 'x');
  if (size > 0) bytes.front() = '<', bytes.back() = '>';
  const auto string = PackedString<kPrefix>::create(bytes);
  if constexpr (kPrefix != 0) std::memset(string.prefix(), 0xee, kPrefix);
  REQUIRE((string.bytes() == bytes));
  if constexpr (kPrefix != 0) {
    REQUIRE(std::string(string.prefix(), kPrefix) == std::string(kPrefix, '\xee'));
    REQUIRE(string.prefix() + kPrefix == string.bytes().data());
  }
  REQUIRE(mem::zmalloc_used_memory() - before >= string.memory_bytes());
  REQUIRE((std::bit_cast<uint64_t>(string) & 1) == 0);
  PackedString<kPrefix>::destroy(string);
}

}  // namespace

TEST_CASE("A packed string keeps its bytes at every size around the escape") {
  for (const size_t size : {0u, 1u, 7u, 8u, 16u, 255u, 65533u, 65534u, 65535u, 65536u, 1'000'000u}) {
    CAPTURE(size);
    round_trip<0>(size);
    round_trip<8>(size);
  }
}

TEST_CASE("A packed string of sixteen bytes takes sixteen bytes") {
  const auto string = PackedString<>::create("0123456789abcdef");
  REQUIRE(string.memory_bytes() == mem::good_size(16));
  PackedString<>::destroy(string);
}

TEST_CASE("Creating and destroying packed strings leaves no memory behind") {
  const auto used_after = [](size_t size) {
    PackedString<8>::destroy(PackedString<8>::create(std::string(size, 'x')));
    return mem::zmalloc_used_memory();
  };
  const size_t before = mem::zmalloc_used_memory();
  for (const size_t size : {0u, 100u, 65534u, 65535u, 70000u}) REQUIRE(used_after(size) == before);
}

TEST_CASE("A tagged pointer gives back address and tag") {
  alignas(8) char block[16];
  for (const uint16_t tag : {uint16_t{0}, uint16_t{1}, uint16_t{0x8000}, uint16_t{0xffff}}) {
    const TaggedPointer pointer(block + 8, tag);
    REQUIRE(pointer.block() == block + 8);
    REQUIRE(pointer.tag() == tag);
  }
}

}  // namespace redpoll::ds
