// What a command does that gives a key a deadline in the past.
#pragma once

#include "exec/call.h"

namespace redpoll::cmd {

// Removes the key of `slot`, which counts as a deletion, not as expiry: replicas and the append-only file get
// the removal instead of a deadline that their clocks may see differently. REQUIRES: slot.occupied().
inline void erase_past_deadline(exec::Call& c, exec::Slot& slot) {
  const bool lazy = c.keyspace.lazy_expire;
  slot.erase(lazy ? store::Reclaim::background : store::Reclaim::now);
  c.changed(slot, exec::Event::generic, "del");
  c.propagate_as(lazy ? "UNLINK" : "DEL", slot.key());
}

}  // namespace redpoll::cmd
