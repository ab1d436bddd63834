// ZADD, ZINCRBY, ZREM: members of sorted sets put, counted up and removed by name.
#include <fmt/format.h>

#include "base/numbers.h"
#include "cmd/collection.h"
#include "cmd/tables.h"
#include "exec/arguments.h"
#include "exec/call.h"
#include "store/sorted_set.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using namespace exec::option_literals;
using store::AddOptions;
using store::AddResult;
using store::SortedSet;
using store::SortedSetEditor;

constexpr Outcome kContradiction{"ERR XX and NX options at the same time are not compatible"};
constexpr Outcome kComparisonContradiction{
    "ERR GT, LT, and/or NX options at the same time are not compatible"};
constexpr Outcome kOneIncrement{"ERR INCR option supports a single increment-element pair"};
constexpr Outcome kNotANumber{"ERR resulting score is not a number (NaN)"};

// Kept without an allocation, unless a request has many.
using Scores = fmt::basic_memory_buffer<double, 8>;

// A ZADD without its key.
struct Addition {
  Outcome bad = done;
  AddOptions options;
  bool count_updated = false;  // CH: the reply counts members whose score changes, too
  std::span<const Arg> pairs;  // score, member, score, member, ...
  Scores scores;               // of the pairs
};

// Options end where a score begins. Takes them off `words`.
void read_options(std::span<const Arg>& words, Addition& what) {
  for (; !words.empty(); words = words.subspan(1)) {
    switch (pack_option(words[0])) {
      case "NX"_opt: what.options.if_absent = true; break;
      case "XX"_opt: what.options.if_present = true; break;
      case "GT"_opt: what.options.if_greater = true; break;
      case "LT"_opt: what.options.if_less = true; break;
      case "INCR"_opt: what.options.increment = true; break;
      case "CH"_opt: what.count_updated = true; break;
      default: return;
    }
  }
}

Outcome check(const Addition& what) {
  const AddOptions& o = what.options;
  if (what.pairs.empty() || what.pairs.size() % 2 != 0) return err::syntax;
  if (o.if_absent && o.if_present) return kContradiction;
  if (o.if_absent + o.if_greater + o.if_less > 1) return kComparisonContradiction;
  if (o.increment && what.pairs.size() > 2) return kOneIncrement;
  return done;
}

Addition read_addition(std::span<const Arg> words, bool increment) {
  Addition what;
  what.options.increment = increment;
  read_options(words, what);
  what.pairs = words;
  what.bad = check(what);
  if (what.bad) return what;
  what.scores.reserve(words.size() / 2);
  for (size_t i = 0; i < words.size(); i += 2) {
    const auto score = parse_double(words[i]);
    if (!score) {
      what.bad = err::not_float;
      return what;
    }
    what.scores.push_back(*score);
  }
  return what;
}

Outcome add(Call& c, const Addition& what) {
  if (what.bad) return what.bad;
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<SortedSet>()) return err::wrong_type;
  SortedSetEditor set(slot);
  AddResult last{};
  size_t added = 0, updated = 0;
  for (size_t i = 0; i < what.scores.size(); ++i) {
    last = set.add(what.pairs[2 * i + 1], what.scores[i], what.options);
    if (last.what == AddResult::What::added) ++added;
    if (last.what == AddResult::What::updated) ++updated;
  }
  // Only a sum can be none, and there is no other pair then.
  if (last.what == AddResult::What::not_a_number) return kNotANumber;
  const bool increment = what.options.increment;
  if (added + updated > 0) changed(c, slot, Event::sorted_set, increment ? "zincr" : "zadd", added + updated);
  if (!increment) {
    c.out.integer(static_cast<int64_t>(what.count_updated ? added + updated : added));
  } else if (last.what == AddResult::What::refused) {
    c.out.null();
  } else {
    c.out.real(last.score);
  }
  return done;
}

Outcome zadd(Call& c) { return add(c, read_addition(c.args.subspan(2), false)); }

// Takes options as ZADD does, which never leaves a pair.
Outcome zincrby(Call& c) { return add(c, read_addition(c.args.subspan(2), true)); }

Outcome zrem(Call& c) {
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<SortedSet>()) return err::wrong_type;
  SortedSetEditor set(slot);
  size_t removed = 0;
  for (const Arg member : c.args.subspan(2)) removed += set.remove(member) ? 1 : 0;
  if (removed > 0) {
    changed(c, slot, Event::sorted_set, "zrem", removed);
    erase_if_empty(c, slot, set.size());
  }
  c.out.integer(static_cast<int64_t>(removed));
  return done;
}

constexpr Argument kConditions[] = {token_arg("nx", "NX"), token_arg("xx", "XX")};
constexpr Argument kComparisons[] = {token_arg("gt", "GT"), token_arg("lt", "LT")};
constexpr Argument kScoredMember[] = {{.name = "score", .type = ArgType::real}, string_arg("member")};
constexpr Argument kZaddArgs[] = {
    key_arg(),
    optional(since("3.0.2", one_of("condition", kConditions))),
    optional(since("6.2.0", one_of("comparison", kComparisons))),
    optional(token_arg("change", "CH", "3.0.2")),
    optional(token_arg("increment", "INCR", "3.0.2")),
    {.name = "score_member", .type = ArgType::block, .multiple = true, .arguments = kScoredMember},
};
constexpr Argument kZincrbyArgs[] = {key_arg(), integer_arg("increment"), string_arg("member")};
constexpr Argument kZremArgs[] = {key_arg(), multiple(string_arg("member"))};

constexpr Command kSortedSetWriteCommands[] = {
    {.name = "zadd",
     .run = zadd,
     .arity = at_least(4),
     .traits = kWrite | kDenyOom | kFast,
     .keys = key_at(1, kKeyRW | kKeyUpdate),
     .element = 3,
     .categories = kCatSortedSet,
     .docs = {.summary = "Adds members to a sorted set, or gives them other scores; creates the key",
              .since = "1.2.0",
              .group = "sorted-set",
              .complexity = "O(log(N)) for each member, among N members",
              .arguments = kZaddArgs}},
    {.name = "zincrby",
     .run = zincrby,
     .arity = exactly(4),
     .traits = kWrite | kDenyOom | kFast,
     .keys = key_at(1, kKeyRW | kKeyAccess | kKeyUpdate),
     .element = 3,
     .categories = kCatSortedSet,
     .docs = {.summary = "Adds to the score of a member of a sorted set, which is 0 for a new member",
              .since = "1.2.0",
              .group = "sorted-set",
              .complexity = "O(log(N)) among N members",
              .arguments = kZincrbyArgs}},
    {.name = "zrem",
     .run = zrem,
     .arity = at_least(3),
     .traits = kWrite | kFast,
     .keys = key_at(1, kKeyRW | kKeyDelete),
     .element = 2,
     .categories = kCatSortedSet,
     .docs = {.summary = "Removes members from a sorted set, and the key with the last of them",
              .since = "1.2.0",
              .group = "sorted-set",
              .complexity = "O(log(N)) for each member, among N members",
              .arguments = kZremArgs}},
};
static_assert(well_formed(kSortedSetWriteCommands));

}  // namespace

Table sorted_set_write_commands() { return kSortedSetWriteCommands; }

}  // namespace redpoll::cmd
