#include "base/siphash.h"

#include <catch2/catch.hpp>
#include <memory>
#include <set>
#include <string>

#include "base/rng.h"

namespace redpoll {
namespace {

// Byte by byte, as the paper tells it: slow and plain.
uint64_t reference(std::string_view bytes, const SipKey& key, int compress, int finish) {
  uint64_t v[4] = {key.k0 ^ 0x736f6d6570736575, key.k1 ^ 0x646f72616e646f6d, key.k0 ^ 0x6c7967656e657261,
                   key.k1 ^ 0x7465646279746573};
  const auto rotate = [](uint64_t x, int n) { return (x << n) | (x >> (64 - n)); };
  const auto round = [&] {
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
  };
  std::string padded(bytes);
  while (padded.size() % 8 != 7) padded += '\0';
  padded += static_cast<char>(bytes.size());
  for (size_t at = 0; at < padded.size(); at += 8) {
    uint64_t word = 0;
    for (size_t i = 0; i < 8; ++i) word |= uint64_t{static_cast<unsigned char>(padded[at + i])} << (8 * i);
    v[3] ^= word;
    for (int i = 0; i < compress; ++i) round();
    v[0] ^= word;
  }
  v[2] ^= 0xff;
  for (int i = 0; i < finish; ++i) round();
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

// The key 00 01 .. 0f of the published vectors.
constexpr SipKey kKey{0x0706050403020100, 0x0f0e0d0c0b0a0908};

}  // namespace

TEST_CASE("SipHash-2-4 gives the published values") {
  // The input of vector n is the bytes 00 01 .. n-1.
  std::string input;
  for (int i = 0; i < 15; ++i) input += static_cast<char>(i);
  const auto hash = [&](size_t n) { return siphash<2, 4>(std::string_view(input).substr(0, n), kKey); };
  REQUIRE(hash(0) == 0x726fdb47dd0e0e31);
  REQUIRE(hash(1) == 0x74f839c593dc67fd);
  REQUIRE(hash(2) == 0x0d6c8009d9a94f5a);
  REQUIRE(hash(3) == 0x85676696d7fb7e2d);
  REQUIRE(hash(7) == 0xab0200f58b01d137);
  REQUIRE(hash(8) == 0x93f5f5799a932462);
  REQUIRE(hash(15) == 0xa129ca6149be45e5);
}

TEST_CASE("siphash13 agrees with a plain reference at every length") {
  Rng rng(6);
  std::string bytes;
  for (int n = 0; n < 300; ++n) {
    const SipKey key{rng.next(), rng.next()};
    REQUIRE(siphash13(bytes, key) == reference(bytes, key, 1, 3));
    REQUIRE(siphash<2, 4>(bytes, key) == reference(bytes, key, 2, 4));
    bytes += static_cast<char>(rng.next());
  }
}

TEST_CASE("siphash13 reads no byte beyond the text") {
  for (size_t n = 0; n < 40; ++n) {
    // A block of exactly that size, which the address sanitizer guards.
    const auto block = std::make_unique<char[]>(n);
    std::memset(block.get(), 'x', n);
    REQUIRE(siphash13({block.get(), n}, kKey) == siphash13(std::string(n, 'x'), kKey));
  }
}

TEST_CASE("keys from the system differ") {
  const SipKey a = SipKey::from_os(), b = SipKey::from_os();
  REQUIRE(std::set<uint64_t>{a.k0, a.k1, b.k0, b.k1}.size() == 4);
}

}  // namespace redpoll
