// ZSCORE, ZMSCORE, ZCARD, ZRANK, ZREVRANK: what is known of members of a sorted set.
#include "base/text.h"
#include "cmd/arguments.h"
#include "cmd/tables.h"
#include "exec/call.h"
#include "store/sorted_set.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Direction;
using store::SortedSet;

void real_or_null(Reply& out, std::optional<double> number) { number ? out.real(*number) : out.null(); }

Outcome zscore(Call& c) {
  const auto found = c.db().find<SortedSet>(c.args[1]);
  if (found.mismatch) return err::wrong_type;
  real_or_null(c.out, found.value ? found.value->score(c.args[2]) : std::nullopt);
  return done;
}

Outcome zmscore(Call& c) {
  const auto found = c.db().find<SortedSet>(c.args[1]);
  if (found.mismatch) return err::wrong_type;
  const auto members = c.args.subspan(2);
  c.out.array(members.size());
  for (const Arg member : members) {
    real_or_null(c.out, found.value ? found.value->score(member) : std::nullopt);
  }
  return done;
}

Outcome zcard(Call& c) {
  const auto found = c.db().find<SortedSet>(c.args[1]);
  if (found.mismatch) return err::wrong_type;
  c.out.integer(found.value ? static_cast<int64_t>(found.value->size()) : 0);
  return done;
}

Outcome rank(Call& c, Direction direction) {
  if (c.args.size() > 4) return c.wrong_arity();
  const bool with_score = c.args.size() == 4;
  if (with_score && !iequals(c.args[3], "WITHSCORE")) return err::syntax;
  const auto found = c.db().find<SortedSet>(c.args[1]);
  if (found.mismatch) return err::wrong_type;
  const auto ranked = found.value ? found.value->rank(c.args[2], direction) : std::nullopt;
  if (!ranked) {
    with_score ? c.out.null_array() : c.out.null();
    return done;
  }
  if (with_score) c.out.array(2);
  c.out.integer(static_cast<int64_t>(ranked->rank));
  if (with_score) c.out.real(ranked->score);
  return done;
}

Outcome zrank(Call& c) { return rank(c, Direction::ascending); }
Outcome zrevrank(Call& c) { return rank(c, Direction::descending); }

constexpr Argument kMemberArgs[] = {key_arg(), string_arg("member")};
constexpr Argument kMembersArgs[] = {key_arg(), multiple(string_arg("member"))};
constexpr Argument kRankArgs[] = {
    key_arg(),
    string_arg("member"),
    optional(token_arg("withscore", "WITHSCORE", "7.2.0")),
};

constexpr KeySpecs kKeyToRead = key_at(1, kKeyRO | kKeyAccess);

constexpr Command kSortedSetReadCommands[] = {
    {.name = "zscore",
     .run = zscore,
     .arity = exactly(3),
     .traits = kRead | kFast,
     .keys = kKeyToRead,
     .element = 2,
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns the score of a member of a sorted set",
              .since = "1.2.0",
              .group = "sorted-set",
              .complexity = "O(1)",
              .arguments = kMemberArgs}},
    {.name = "zmscore",
     .run = zmscore,
     .arity = at_least(3),
     .traits = kRead | kFast,
     .keys = kKeyToRead,
     .element = 2,
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns the scores of members of a sorted set",
              .since = "6.2.0",
              .group = "sorted-set",
              .complexity = "O(N) for N members asked for",
              .arguments = kMembersArgs}},
    {.name = "zcard",
     .run = zcard,
     .arity = exactly(2),
     .traits = kRead | kFast,
     .keys = key_at(1, kKeyRO),
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns how many members a sorted set has",
              .since = "1.2.0",
              .group = "sorted-set",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "zrank",
     .run = zrank,
     .arity = at_least(3),
     .traits = kRead | kFast,
     .keys = kKeyToRead,
     .element = 2,
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns how many members of a sorted set come before one of them",
              .since = "2.0.0",
              .group = "sorted-set",
              .complexity = "O(log(N)) among N members",
              .arguments = kRankArgs}},
    {.name = "zrevrank",
     .run = zrevrank,
     .arity = at_least(3),
     .traits = kRead | kFast,
     .keys = kKeyToRead,
     .element = 2,
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns how many members of a sorted set come behind one of them",
              .since = "2.0.0",
              .group = "sorted-set",
              .complexity = "O(log(N)) among N members",
              .arguments = kRankArgs}},
};
static_assert(well_formed(kSortedSetReadCommands));

}  // namespace

Table sorted_set_read_commands() { return kSortedSetReadCommands; }

}  // namespace redpoll::cmd
