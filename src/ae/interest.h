// What a file descriptor is watched for, how urgent it is, and what a poll found.
#pragma once

#include <cstdint>

namespace redpoll::ae {

// A set of flags.
enum class Interest : uint8_t {
  none = 0,
  readable = 1,
  writable = 2,
  // Together with writable: when both fire in one turn, the writable handler runs before the readable one.
  // For replies that must be out (or data that must be on disk) before more input is taken.
  barrier = 4,
  both = readable | writable,
  all = readable | writable | barrier,
};

constexpr Interest operator|(Interest a, Interest b) {
  return static_cast<Interest>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b));
}
constexpr Interest operator&(Interest a, Interest b) {
  return static_cast<Interest>(static_cast<uint8_t>(a) & static_cast<uint8_t>(b));
}
constexpr Interest operator~(Interest a) {
  return static_cast<Interest>(~static_cast<uint8_t>(a)) & Interest::all;
}
constexpr Interest& operator|=(Interest& a, Interest b) { return a = a | b; }
constexpr Interest& operator&=(Interest& a, Interest b) { return a = a & b; }

// Whether any flag of `what` is in `set`.
constexpr bool has(Interest set, Interest what) { return (set & what) != Interest::none; }

// Which of the descriptors that one poll found ready are dispatched first.
enum class Priority : uint8_t { normal, high };

// One descriptor that a poll found ready. An error or a hang-up is reported as both readable and writable.
struct FiredEvent {
  int fd;
  Interest ready;
};

}  // namespace redpoll::ae
