// SipHash: a keyed hash that clients cannot steer into collisions without knowing the key.
//
// siphash13 (one round per word, three at the end) is what the tables use. Algorithm and test vectors:
// Aumasson and Bernstein, "SipHash: a fast short-input PRF", https://www.aumasson.jp/siphash/siphash.pdf
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace redpoll {

static_assert(std::endian::native == std::endian::little, "words are read from memory as they lie");

struct SipKey {
  uint64_t k0 = 0;
  uint64_t k1 = 0;

  // From the operating system's random source.
  static SipKey from_os();
};

namespace detail {

struct SipState {
  uint64_t v0, v1, v2, v3;

  constexpr explicit SipState(const SipKey& key) noexcept
      : v0(key.k0 ^ 0x736f6d6570736575),
        v1(key.k1 ^ 0x646f72616e646f6d),
        v2(key.k0 ^ 0x6c7967656e657261),
        v3(key.k1 ^ 0x7465646279746573) {}

  template <int kRounds>
  constexpr void rounds() noexcept {
    for (int i = 0; i < kRounds; ++i) {
      v0 += v1, v1 = std::rotl(v1, 13), v1 ^= v0, v0 = std::rotl(v0, 32);
      v2 += v3, v3 = std::rotl(v3, 16), v3 ^= v2;
      v0 += v3, v3 = std::rotl(v3, 21), v3 ^= v0;
      v2 += v1, v1 = std::rotl(v1, 17), v1 ^= v2, v2 = std::rotl(v2, 32);
    }
  }

  template <int kRounds>
  constexpr void absorb(uint64_t word) noexcept {
    v3 ^= word;
    rounds<kRounds>();
    v0 ^= word;
  }
};

inline uint64_t load64(const char* p) noexcept {
  uint64_t word;
  std::memcpy(&word, p, 8);
  return word;
}

// The last `n % 8` bytes of the n at `p`, in the low bytes of a word.
inline uint64_t sip_tail(const char* p, size_t n) noexcept {
  const size_t rest = n & 7;
  if (rest == 0) return 0;
  // Reading the last eight bytes and shifting the known ones out costs no loop.
  if (n >= 8) return load64(p + n - 8) >> (8 * (8 - rest));
  if (n >= 4) {
    uint32_t first, last;
    std::memcpy(&first, p, 4);
    std::memcpy(&last, p + n - 4, 4);
    return first | uint64_t{last} << (8 * (n - 4));
  }
  const auto byte = [p](size_t i) { return uint64_t{static_cast<unsigned char>(p[i])}; };
  return byte(0) | byte(n / 2) << (8 * (n / 2)) | byte(n - 1) << (8 * (n - 1));
}

}  // namespace detail

template <int kCompress, int kFinish>
inline uint64_t siphash(std::string_view bytes, const SipKey& key) noexcept {
  detail::SipState state(key);
  const char* p = bytes.data();
  for (const char* const end = p + (bytes.size() & ~size_t{7}); p != end; p += 8) {
    state.absorb<kCompress>(detail::load64(p));
  }
  const uint64_t tail = detail::sip_tail(bytes.data(), bytes.size());
  state.absorb<kCompress>(tail | uint64_t{bytes.size()} << 56);
  state.v2 ^= 0xff;
  state.rounds<kFinish>();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

inline uint64_t siphash13(std::string_view bytes, const SipKey& key) noexcept {
  return siphash<1, 3>(bytes, key);
}

}  // namespace redpoll
