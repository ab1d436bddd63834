// LSET, LINSERT, LREM, LTRIM: lists changed anywhere.
#include <limits>
#include <optional>

#include "base/text.h"
#include "cmd/collection.h"
#include "cmd/index_range.h"
#include "cmd/tables.h"
#include "ds/packed_needle.h"
#include "exec/arguments.h"
#include "exec/call.h"
#include "store/list.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using namespace exec::option_literals;
using ds::ListWalk;
using store::List;
using store::ListEditor;
using store::ListEnd;
using store::ListView;

Outcome lset(Call& c) {
  Slot slot = c.db().probe(c.args[1]);
  if (!slot) return err::no_such_key;
  if (!slot.accepts<List>()) return err::wrong_type;
  const auto index = parse_int64(c.args[2]);
  if (!index) return err::not_integer;
  ListEditor list(slot);
  const auto size = static_cast<int64_t>(list.size());
  if (*index < -size || *index >= size) return err::index_out_of_range;
  list.expect(1, c.args[3].size());
  list.replace(static_cast<size_t>(*index < 0 ? *index + size : *index), c.args[3]);
  c.changed(slot, Event::list, "lset");
  c.out.ok();
  return done;
}

// The position of the first element that is `text`.
std::optional<size_t> position_of(const ListView& list, std::string_view text) {
  const ds::PackedNeedle pivot(text);
  size_t index = 0;
  for (auto it = list.iterate(); !it.done(); it.advance(), ++index) {
    if (pivot.equals(it.get())) return index;
  }
  return std::nullopt;
}

Outcome linsert(Call& c) {
  const bool after = iequals(c.args[2], "AFTER");
  if (!after && !iequals(c.args[2], "BEFORE")) return err::syntax;
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<List>()) return err::wrong_type;
  if (!slot) {
    c.out.zero();
    return done;
  }
  const auto pivot = position_of(ListView(slot.entry()), c.args[3]);
  if (!pivot) {
    c.out.integer(-1);
    return done;
  }
  const size_t index = *pivot + (after ? 1 : 0);
  ListEditor list(slot);
  list.expect(1, c.args[4].size());
  index < list.size() ? list.insert(index, c.args[4]) : list.push(ListEnd::tail, c.args[4]);
  c.changed(slot, Event::list, "linsert");
  c.out.integer(static_cast<int64_t>(list.size()));
  return done;
}

Outcome lrem(Call& c) {
  const auto count = parse_int64(c.args[2]);
  if (!count) return err::not_integer;
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<List>()) return err::wrong_type;
  size_t removed = 0;
  if (slot) {
    const auto magnitude = static_cast<uint64_t>(*count);
    const uint64_t most = *count == 0  ? std::numeric_limits<uint64_t>::max()
                          : *count < 0 ? 0 - magnitude
                                       : magnitude;
    ListEditor list(slot);
    removed = list.erase_matches(c.args[3], most, *count < 0 ? ListWalk::from_tail : ListWalk::from_head);
    if (removed > 0) {
      changed(c, slot, Event::list, "lrem", removed);
      erase_if_empty(c, slot, list.size());
    }
  }
  c.out.integer(static_cast<int64_t>(removed));
  return done;
}

Outcome ltrim(Call& c) {
  const auto start = parse_int64(c.args[2]);
  const auto stop = parse_int64(c.args[3]);
  if (!start || !stop) return err::not_integer;
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<List>()) return err::wrong_type;
  if (slot) {
    ListEditor list(slot);
    const size_t before = list.size();
    const IndexRange kept = IndexRange::within(before, *start, *stop);
    const size_t end = kept.first + kept.count;
    list.erase(end, before - end);
    list.erase(0, kept.first);
    // Redis lets it touch the key even if nothing is cut off.
    slot.note_change();
    c.changed_many(before - kept.count);
    c.notify(slot, Event::list, "ltrim");
    erase_if_empty(c, slot, kept.count);
  }
  c.out.ok();
  return done;
}

constexpr Argument kSides[] = {token_arg("before", "BEFORE"), token_arg("after", "AFTER")};
constexpr Argument kLsetArgs[] = {key_arg(), integer_arg("index"), string_arg("element")};
constexpr Argument kLinsertArgs[] = {key_arg(), one_of("where", kSides), string_arg("pivot"),
                                     string_arg("element")};
constexpr Argument kLremArgs[] = {key_arg(), integer_arg("count"), string_arg("element")};
constexpr Argument kLtrimArgs[] = {key_arg(), integer_arg("start"), integer_arg("stop")};

constexpr Command kListEditCommands[] = {
    {.name = "lset",
     .run = lset,
     .arity = exactly(4),
     .traits = kWrite | kDenyOom,
     .keys = key_at(1, kKeyRW | kKeyUpdate),
     .categories = kCatList,
     .docs = {.summary = "Replaces the element at a position of a list",
              .since = "1.0.0",
              .group = "list",
              .complexity = "O(N) for N nodes between the element and the nearer end",
              .arguments = kLsetArgs}},
    {.name = "linsert",
     .run = linsert,
     .arity = exactly(5),
     .traits = kWrite | kDenyOom,
     .keys = key_at(1, kKeyRW | kKeyInsert),
     .categories = kCatList,
     .docs = {.summary = "Puts an element before or after the first one of a list that equals a given one",
              .since = "2.2.0",
              .group = "list",
              .complexity = "O(N) for N elements before the one that is looked for",
              .arguments = kLinsertArgs}},
    {.name = "lrem",
     .run = lrem,
     .arity = exactly(4),
     .traits = kWrite,
     .keys = key_at(1, kKeyRW | kKeyDelete),
     .categories = kCatList,
     .docs = {.summary = "Removes elements that equal a given one from a list",
              .since = "1.0.0",
              .group = "list",
              .complexity = "O(N) for a list of N elements",
              .arguments = kLremArgs}},
    {.name = "ltrim",
     .run = ltrim,
     .arity = exactly(4),
     .traits = kWrite,
     .keys = key_at(1, kKeyRW | kKeyDelete),
     .categories = kCatList,
     .docs = {.summary = "Removes all elements of a list but those between two positions",
              .since = "1.0.0",
              .group = "list",
              .complexity = "O(N) for N nodes removed",
              .arguments = kLtrimArgs}},
};
static_assert(well_formed(kListEditCommands));

}  // namespace

Table list_edit_commands() { return kListEditCommands; }

}  // namespace redpoll::cmd
