// Quantities whose unit the type tells, so that milliseconds never meet microseconds by accident.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace redpoll {

// A point or an amount counted in one unit, distinct from every other unit. Differences are plain integers.
template <class Unit>
struct Quantity {
  int64_t v = 0;

  friend constexpr auto operator<=>(Quantity, Quantity) = default;
  friend constexpr Quantity operator+(Quantity a, int64_t d) { return {a.v + d}; }
  friend constexpr Quantity operator-(Quantity a, int64_t d) { return {a.v - d}; }
  friend constexpr int64_t operator-(Quantity a, Quantity b) { return a.v - b.v; }
};

// Wall-clock time: milliseconds since 1970-01-01 00:00 UTC. May jump.
using UnixMs = Quantity<struct UnixMsUnit>;
// Monotonic time: microseconds since an arbitrary start. Never goes back.
using MonoUs = Quantity<struct MonoUsUnit>;

// An amount of memory or of file content.
using Bytes = size_t;

}  // namespace redpoll
