// What the commands of all collection types have in common.
#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <string_view>

#include "exec/call.h"

namespace redpoll::cmd {

// A key whose collection has lost its last element goes, and tells so after the event of the removal itself.
// `left`: how many elements there are. REQUIRES: slot.occupied().
inline void erase_if_empty(exec::Call& c, exec::Slot& slot, size_t left) {
  if (left > 0) return;
  slot.erase();
  c.notify(slot, exec::Event::generic, "del");
}

// `count` changes to one key, of which listeners hear once. REQUIRES: count > 0.
inline void changed(exec::Call& c, const exec::Slot& slot, exec::Event type, std::string_view event,
                    size_t count) {
  c.changed(slot, type, event);
  c.changed_many(count - 1);
}

// The result that a command stores at `key` is empty: whatever is there goes. Replies 0.
inline void store_nothing(exec::Call& c, std::string_view key) {
  if (exec::Slot slot = c.db().probe(key)) {
    slot.erase(c.keyspace.lazy_server_delete ? store::Reclaim::background : store::Reclaim::now);
    c.changed(slot, exec::Event::generic, "del");
  }
  c.out.zero();
}

// How to subtract: by looking up each member of the first input in all others, or by removing the members of
// all others from a copy of the first. A lookup costs less than a removal, and they end with the first input
// that has the member: so twice as many are as good, which is what Redis says, too. REQUIRES:
// !inputs.empty().
template <class Inputs, class SizeOf>
bool lookups_are_cheaper(const Inputs& inputs, SizeOf&& size_of) {
  size_t removals = 0;
  for (const auto& input : inputs) removals += std::invoke(size_of, input);
  return std::invoke(size_of, *std::begin(inputs)) * std::size(inputs) / 2 <= removals;
}

}  // namespace redpoll::cmd
