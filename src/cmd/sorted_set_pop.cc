// ZPOPMIN, ZPOPMAX, ZMPOP: members taken from either end of sorted sets.
#include "cmd/sorted_set_pop.h"

#include <algorithm>

#include "cmd/collection.h"
#include "cmd/tables.h"
#include "store/sorted_set.h"

namespace redpoll::cmd {

using namespace exec;
using namespace exec::option_literals;
using store::Direction;
using store::Element;
using store::SortedSet;
using store::SortedSetEditor;

namespace {

std::string_view event_of(Direction from) { return from == Direction::ascending ? "zpopmin" : "zpopmax"; }
std::string_view command_of(Direction from) { return from == Direction::ascending ? "ZPOPMIN" : "ZPOPMAX"; }

enum class Shape : uint8_t { flat, pairs };

// Writes up to `count` members with their scores, but not the head of the array. Returns how many. REQUIRES:
// the slot holds a sorted set, count > 0.
size_t pop_members(Call& c, Slot& slot, Direction from, size_t count, Shape shape) {
  SortedSetEditor set(slot);
  const size_t before = set.size();
  set.pop(from, count, [&](const Element& member, double score) {
    if (shape == Shape::pairs) c.out.array(2);
    c.out.bulk(member);
    c.out.real(score);
  });
  const size_t left = set.size();
  changed(c, slot, Event::sorted_set, event_of(from), before - left);
  erase_if_empty(c, slot, left);
  return before - left;
}

size_t members_up_to(const Slot& slot, size_t count) {
  return std::min(count, slot.get<SortedSet>()->size());
}

Direction read_end(ArgReader& in) {
  switch (in.option()) {
    case "MIN"_opt: return Direction::ascending;
    case "MAX"_opt: return Direction::descending;
    default: in.reject(err::syntax); return Direction::ascending;
  }
}

}  // namespace

std::optional<Outcome> try_pop_scored(Call& c, std::span<const Arg> keys, Direction from) {
  return pop_first<SortedSet>(c, keys, [&](Slot& slot) {
    c.out.array(3);
    c.out.bulk(slot.key());
    pop_members(c, slot, from, 1, Shape::flat);
    c.propagate_as(command_of(from), slot.key());
  });
}

ScoredPop read_scored_pop(const Call& c, size_t first) {
  return read_counted_pop<Direction>(c, first, read_end);
}

std::optional<Outcome> try_scored_pop(Call& c, const ScoredPop& what) {
  return pop_first<SortedSet>(c, what.keys, [&](Slot& slot) {
    const size_t count = members_up_to(slot, static_cast<size_t>(what.count));
    c.out.array(2);
    c.out.bulk(slot.key());
    c.out.array(count);
    pop_members(c, slot, what.end, count, Shape::pairs);
    c.propagate_as(command_of(what.end), slot.key(), static_cast<int64_t>(count));
  });
}

namespace {

Outcome zpop(Call& c, Direction from) {
  if (c.args.size() > 3) return err::syntax;
  const bool counted = c.args.size() == 3;
  const int64_t asked = counted ? parse_int64(c.args[2]).value_or(-1) : 1;
  if (asked < 0) return err::not_positive;
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<SortedSet>()) return err::wrong_type;
  if (!slot || asked == 0) {
    c.out.empty_array();
    return done;
  }
  const size_t count = members_up_to(slot, static_cast<size_t>(asked));
  const Shape shape = counted && c.out.resp3() ? Shape::pairs : Shape::flat;
  c.out.array(shape == Shape::pairs ? count : 2 * count);
  pop_members(c, slot, from, count, shape);
  return done;
}

Outcome zpopmin(Call& c) { return zpop(c, Direction::ascending); }
Outcome zpopmax(Call& c) { return zpop(c, Direction::descending); }

Outcome zmpop(Call& c) {
  const ScoredPop what = read_scored_pop(c, 1);
  if (what.bad) return what.bad;
  if (const auto outcome = try_scored_pop(c, what)) return *outcome;
  c.out.null_array();
  return done;
}

constexpr Argument kPopArgs[] = {key_arg(), optional(integer_arg("count"))};

constexpr KeyFlags kPopped = kKeyRW | kKeyAccess | kKeyDelete;

constexpr Command kSortedSetPopCommands[] = {
    {.name = "zpopmin",
     .run = zpopmin,
     .arity = at_least(2),
     .traits = kWrite | kFast,
     .keys = key_at(1, kPopped),
     .categories = kCatSortedSet,
     .docs = {.summary = "Removes and returns the members with the lowest scores",
              .since = "5.0.0",
              .group = "sorted-set",
              .complexity = "O(log(N) + M) for M of N members",
              .arguments = kPopArgs}},
    {.name = "zpopmax",
     .run = zpopmax,
     .arity = at_least(2),
     .traits = kWrite | kFast,
     .keys = key_at(1, kPopped),
     .categories = kCatSortedSet,
     .docs = {.summary = "Removes and returns the members with the highest scores",
              .since = "5.0.0",
              .group = "sorted-set",
              .complexity = "O(log(N) + M) for M of N members",
              .arguments = kPopArgs}},
    {.name = "zmpop",
     .run = zmpop,
     .arity = at_least(4),
     .traits = kWrite,
     .keys = keys_counted_at(1, kPopped),
     .categories = kCatSortedSet,
     .docs =
         {.summary =
              "Removes and returns members with the lowest or highest scores of the first sorted set that "
              "is there",
          .since = "7.0.0",
          .group = "sorted-set",
          .complexity = "O(K + log(N) + M) for K keys and M of N members",
          .arguments = kScoredPopArgs}},
};
static_assert(well_formed(kSortedSetPopCommands));

}  // namespace

Table sorted_set_pop_commands() { return kSortedSetPopCommands; }

}  // namespace redpoll::cmd
