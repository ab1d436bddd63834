#include "cmd/sorted_set_result.h"

#include "cmd/collection.h"

namespace redpoll::cmd {

using exec::Slot;
using store::SortedSet;

void store_sorted_set(exec::Call& c, std::string_view key, std::span<const SortedSet::Member> members,
                      std::string_view event) {
  if (members.empty()) return store_nothing(c, key);
  Slot slot = c.db().probe(key);
  SortedSet::store(slot, members);
  c.changed(slot, exec::Event::sorted_set, event);
  c.out.integer(static_cast<int64_t>(members.size()));
}

}  // namespace redpoll::cmd
