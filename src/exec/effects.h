// What a command makes known to the world outside the data set. Declared here, implemented by the server, so that
// commands depend on nothing above them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "resp/arg.h"

namespace redpoll::exec {

// The class of a keyspace event, as notify-keyspace-events selects them.
enum class Event : uint32_t {
  generic = 1u << 2,   // g
  string = 1u << 3,    // $
  list = 1u << 4,      // l
  set = 1u << 5,       // s
  hash = 1u << 6,      // h
  sorted_set = 1u << 7,  // z
  expired = 1u << 8,   // x
  evicted = 1u << 9,   // e
  stream = 1u << 10,   // t
  key_miss = 1u << 11, // m
  new_key = 1u << 14,  // n
};

class Effects {
 public:
  virtual ~Effects() = default;

  // True if someone takes the stream of changes (an append-only file, replicas). If not, commands need not
  // compose what they would propagate.
  virtual bool wants_propagation() const = 0;
  // Takes one command that repeats a change, in the order of execution.
  virtual void propagate(int db, std::span<const resp::Arg> args) = 0;
  // Tells that `event` happened to `key`.
  virtual void notify(Event type, std::string_view event, int db, std::string_view key) = 0;
};

}  // namespace redpoll::exec
