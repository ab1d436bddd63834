// Asking for memory before it is needed.
#pragma once

namespace redpoll {

// Asks for the cache line at `p`, which may be any address.
//
// The empty assembly makes it an effect: g++ 12 takes a function that does nothing but __builtin_prefetch for
// one without effects, and drops the calls of it that it has not inlined.
[[gnu::always_inline]] inline void prefetch(const void* p) {
  __builtin_prefetch(p);
  asm volatile("");
}

}  // namespace redpoll
