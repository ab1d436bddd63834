// What a command waits for that could not be served: made by Call::wait_for, kept by session::Conditions.
#pragma once

#include <cstdint>
#include <span>

#include "resp/arg.h"
#include "store/entry.h"

namespace redpoll::exec {

// What is answered where nobody may wait (between MULTI and EXEC, in a script): as if the time were over at
// once.
enum class Otherwise : uint8_t { null_array, null };

// That one of the keys comes to hold the type.
struct Condition {
  std::span<const resp::Arg> keys;  // a part of the call's arguments
  store::Type type{};
  int64_t timeout_ms = 0;  // 0: for ever
  Otherwise otherwise = Otherwise::null_array;
};

}  // namespace redpoll::exec
