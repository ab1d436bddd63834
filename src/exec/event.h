// The classes of keyspace events, as notify-keyspace-events selects them.
// Source: https://redis.io/docs/latest/develop/use/keyspace-notifications/
#pragma once

#include <cstdint>

namespace redpoll::exec {

enum class Event : uint32_t {
  generic = 1u << 2,     // g
  string = 1u << 3,      // $
  list = 1u << 4,        // l
  set = 1u << 5,         // s
  hash = 1u << 6,        // h
  sorted_set = 1u << 7,  // z
  expired = 1u << 8,     // x
  evicted = 1u << 9,     // e
  stream = 1u << 10,     // t
  key_miss = 1u << 11,   // m
  new_key = 1u << 14,    // n
};

}  // namespace redpoll::exec
