// ZRANGE and its older forms, ZRANGESTORE, ZCOUNT, ZLEXCOUNT, ZREMRANGEBYRANK, -BYSCORE, -BYLEX: the part of
// a sorted set between two bounds.
#include <optional>
#include <vector>

#include "cmd/arguments.h"
#include "cmd/collection.h"
#include "cmd/element_texts.h"
#include "cmd/limit_option.h"
#include "cmd/sorted_set_range.h"
#include "cmd/sorted_set_result.h"
#include "cmd/tables.h"
#include "exec/arguments.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using namespace exec::option_literals;
using store::Direction;
using store::Element;
using store::RankRange;
using store::SortedSet;
using store::SortedSetEditor;
using store::SortedSetView;

constexpr Outcome kLimitOfRanks{
    "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"};
constexpr Outcome kScoresOfTexts{"ERR syntax error, WITHSCORES not supported in combination with BYLEX"};

enum class RangeTarget : uint8_t { reply, key };

// What the name of a command has chosen already; options choose the rest.
struct RangeForm {
  std::optional<By> by;
  std::optional<Direction> direction;
  RangeTarget target = RangeTarget::reply;
};

struct RangeOptions {
  By by = By::rank;
  WithScores with_scores = WithScores::no;
  RangeQuery query;  // without its bounds
};

// What has been chosen may not be chosen again, not even the same.
template <class Choice>
void choose(ArgReader& in, std::optional<Choice>& chosen, Choice value) {
  if (chosen) in.reject(err::syntax);
  chosen = value;
}

RangeOptions read_range_options(ArgReader& in, RangeForm form) {
  RangeOptions o;
  while (in.more()) {
    if (form.target == RangeTarget::reply && in.keyword("WITHSCORES")) {
      o.with_scores = WithScores::yes;
      continue;
    }
    switch (in.option()) {
      case "LIMIT"_opt: read_limit(in, o.query.offset, o.query.limit); break;
      case "REV"_opt: choose(in, form.direction, Direction::descending); break;
      case "BYSCORE"_opt: choose(in, form.by, By::score); break;
      case "BYLEX"_opt: choose(in, form.by, By::lex); break;
      default: in.reject(err::syntax);
    }
  }
  o.by = form.by.value_or(By::rank);
  o.query.direction = form.direction.value_or(Direction::ascending);
  if (o.by == By::rank && o.query.limit != -1) in.reject(kLimitOfRanks);
  if (o.by == By::lex && o.with_scores == WithScores::yes) in.reject(kScoresOfTexts);
  return o;
}

void reply_range(Call& c, const SortedSetView& set, RankRange ranks, const RangeOptions& o) {
  ScoredArray array(c.out, ranks.count, o.with_scores);
  set.each(ranks, o.query.direction, [&](const Element& member, double score) { array.add(member, score); });
}

// Redis puts the members into the destination one by one, in the order of the range. As long as that is
// packed, a zero loses its sign.
void drop_signs_of_zero(std::span<SortedSet::Member> members, Direction direction,
                        const EncodingLimits& limits) {
  if (members.size() > limits.zset_max_listpack_entries) return;
  for (size_t i = 0; i < members.size(); ++i) {
    auto& member = members[direction == Direction::ascending ? i : members.size() - 1 - i];
    if (member.text.size() > limits.zset_max_listpack_value) return;
    if (member.score == 0) member.score = 0;
  }
}

void store_range(Call& c, const std::optional<SortedSetView>& set, RankRange ranks, Direction direction) {
  ElementTexts texts;
  std::vector<SortedSet::Member> members;
  members.reserve(ranks.count);
  const auto add = [&](const Element& member, double score) {
    members.push_back({texts.keep(member), score});
  };
  if (set) set->each(ranks, Direction::ascending, add);
  drop_signs_of_zero(members, direction, c.keyspace.encoding);
  store_sorted_set(c, c.args[1], members, "zrangestore");
}

Outcome range(Call& c, RangeForm form) {
  const size_t source = form.target == RangeTarget::key ? 2 : 1;
  ArgReader in{c.args, source + 3};
  RangeOptions o = read_range_options(in, form);
  if (in.failed()) return in.error();
  ArgReader bounds{c.args, source + 1};
  o.query.bounds = read_bounds(bounds, o.by, o.query.direction);
  if (bounds.failed()) return bounds.error();

  const auto hit = c.db().find<SortedSet>(c.args[source]);
  if (hit.mismatch) return err::wrong_type;
  const RankRange ranks = hit.value ? o.query.of(*hit.value) : RankRange{};
  if (form.target == RangeTarget::key) {
    store_range(c, hit.value, ranks, o.query.direction);
  } else if (hit.value) {
    reply_range(c, *hit.value, ranks, o);
  } else {
    c.out.empty_array();
  }
  return done;
}

Outcome zrange(Call& c) { return range(c, {}); }
Outcome zrangestore(Call& c) { return range(c, {.target = RangeTarget::key}); }
Outcome zrevrange(Call& c) { return range(c, {.by = By::rank, .direction = Direction::descending}); }
Outcome zrangebyscore(Call& c) { return range(c, {.by = By::score, .direction = Direction::ascending}); }
Outcome zrevrangebyscore(Call& c) { return range(c, {.by = By::score, .direction = Direction::descending}); }
Outcome zrangebylex(Call& c) { return range(c, {.by = By::lex, .direction = Direction::ascending}); }
Outcome zrevrangebylex(Call& c) { return range(c, {.by = By::lex, .direction = Direction::descending}); }

Outcome count(Call& c, By by) {
  ArgReader in{c.args, 2};
  const RangeQuery query{.bounds = read_bounds(in, by, Direction::ascending)};
  if (in.failed()) return in.error();
  const auto hit = c.db().find<SortedSet>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  c.out.integer(hit.value ? static_cast<int64_t>(query.of(*hit.value).count) : 0);
  return done;
}

Outcome zcount(Call& c) { return count(c, By::score); }
Outcome zlexcount(Call& c) { return count(c, By::lex); }

Outcome remove_range(Call& c, By by, std::string_view event) {
  ArgReader in{c.args, 2};
  const RangeQuery query{.bounds = read_bounds(in, by, Direction::ascending)};
  if (in.failed()) return in.error();
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<SortedSet>()) return err::wrong_type;
  const auto set = slot.get<SortedSet>();
  const RankRange ranks = set ? query.of(*set) : RankRange{};
  c.out.integer(static_cast<int64_t>(ranks.count));
  if (ranks.empty()) return done;
  const size_t left = set->size() - ranks.count;
  // A set that loses everything is freed as a whole, if it is large by the worker.
  if (left > 0) SortedSetEditor(slot).remove_ranks(ranks);
  changed(c, slot, Event::sorted_set, event, ranks.count);
  erase_if_empty(c, slot, left);
  return done;
}

Outcome zremrangebyrank(Call& c) { return remove_range(c, By::rank, "zremrangebyrank"); }
Outcome zremrangebyscore(Call& c) { return remove_range(c, By::score, "zremrangebyscore"); }
Outcome zremrangebylex(Call& c) { return remove_range(c, By::lex, "zremrangebylex"); }

constexpr Argument real_arg(std::string_view name) { return {.name = name, .type = ArgType::real}; }

constexpr Argument kRangeWithScoresArg = optional(token_arg("withscores", "WITHSCORES"));
constexpr Argument kSortBy[] = {token_arg("byscore", "BYSCORE"), token_arg("bylex", "BYLEX")};

constexpr Argument kZrangeArgs[] = {
    key_arg(),
    string_arg("start"),
    string_arg("stop"),
    since("6.2.0", optional(one_of("sortby", kSortBy))),
    optional(token_arg("rev", "REV", "6.2.0")),
    since("6.2.0", kLimitArg),
    kRangeWithScoresArg,
};
constexpr Argument kZrangestoreArgs[] = {
    {.name = "dst", .type = ArgType::key, .key_spec = 0},
    {.name = "src", .type = ArgType::key, .key_spec = 1},
    string_arg("min"),
    string_arg("max"),
    optional(one_of("sortby", kSortBy)),
    optional(token_arg("rev", "REV")),
    kLimitArg,
};
constexpr Argument kRankRangeArgs[] = {key_arg(), integer_arg("start"), integer_arg("stop")};
constexpr Argument kZrevrangeArgs[] = {key_arg(), integer_arg("start"), integer_arg("stop"),
                                       kRangeWithScoresArg};
constexpr Argument kScoreArgs[] = {key_arg(), real_arg("min"), real_arg("max")};
constexpr Argument kZrangebyscoreArgs[] = {key_arg(), real_arg("min"), real_arg("max"),
                                           since("2.0.0", kRangeWithScoresArg), kLimitArg};
constexpr Argument kZrevrangebyscoreArgs[] = {key_arg(), real_arg("max"), real_arg("min"),
                                              kRangeWithScoresArg, kLimitArg};
constexpr Argument kLexArgs[] = {key_arg(), string_arg("min"), string_arg("max")};
constexpr Argument kZrangebylexArgs[] = {key_arg(), string_arg("min"), string_arg("max"), kLimitArg};
constexpr Argument kZrevrangebylexArgs[] = {key_arg(), string_arg("max"), string_arg("min"), kLimitArg};

constexpr KeySpecs kRead1 = key_at(1, kKeyRO | kKeyAccess);
constexpr KeySpecs kShrunk = key_at(1, kKeyRW | kKeyDelete);

constexpr std::string_view kRangeGroup = "sorted-set";
constexpr std::string_view kReturned = "O(log(N)+M) for N members, M of them returned";
constexpr std::string_view kRemoved = "O(log(N)+M) for N members, M of them removed";
constexpr std::string_view kCounted = "O(log(N)) for N members";

constexpr Command kSortedSetRangeCommands[] = {
    {.name = "zrange",
     .run = zrange,
     .arity = at_least(4),
     .traits = kRead,
     .keys = kRead1,
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns the members of a sorted set between two ranks, scores or texts",
              .since = "1.2.0",
              .group = kRangeGroup,
              .complexity = kReturned,
              .arguments = kZrangeArgs}},
    {.name = "zrangestore",
     .run = zrangestore,
     .arity = at_least(5),
     .traits = kWrite | kDenyOom,
     .keys = key_at(1, kKeyOW | kKeyUpdate) + key_at(2, kKeyRO | kKeyAccess),
     .categories = kCatSortedSet,
     .docs = {.summary =
                  "Stores the members of a sorted set between two ranks, scores or texts at another key",
              .since = "6.2.0",
              .group = kRangeGroup,
              .complexity = "O(log(N)+M) for N members, M of them stored",
              .arguments = kZrangestoreArgs}},
    {.name = "zrevrange",
     .run = zrevrange,
     .arity = at_least(4),
     .traits = kRead,
     .keys = kRead1,
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns the members of a sorted set between two ranks, the highest score first",
              .since = "1.2.0",
              .group = kRangeGroup,
              .complexity = kReturned,
              .arguments = kZrevrangeArgs,
              .deprecated_since = "6.2.0",
              .replaced_by = "`ZRANGE` with the `REV` argument"}},
    {.name = "zrangebyscore",
     .run = zrangebyscore,
     .arity = at_least(4),
     .traits = kRead,
     .keys = kRead1,
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns the members of a sorted set between two scores",
              .since = "1.0.5",
              .group = kRangeGroup,
              .complexity = kReturned,
              .arguments = kZrangebyscoreArgs,
              .deprecated_since = "6.2.0",
              .replaced_by = "`ZRANGE` with the `BYSCORE` argument"}},
    {.name = "zrevrangebyscore",
     .run = zrevrangebyscore,
     .arity = at_least(4),
     .traits = kRead,
     .keys = kRead1,
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns the members of a sorted set between two scores, the highest first",
              .since = "2.2.0",
              .group = kRangeGroup,
              .complexity = kReturned,
              .arguments = kZrevrangebyscoreArgs,
              .deprecated_since = "6.2.0",
              .replaced_by = "`ZRANGE` with the `REV` and `BYSCORE` arguments"}},
    {.name = "zrangebylex",
     .run = zrangebylex,
     .arity = at_least(4),
     .traits = kRead,
     .keys = kRead1,
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns the members of a sorted set between two texts, all scores being equal",
              .since = "2.8.9",
              .group = kRangeGroup,
              .complexity = kReturned,
              .arguments = kZrangebylexArgs,
              .deprecated_since = "6.2.0",
              .replaced_by = "`ZRANGE` with the `BYLEX` argument"}},
    {.name = "zrevrangebylex",
     .run = zrevrangebylex,
     .arity = at_least(4),
     .traits = kRead,
     .keys = kRead1,
     .categories = kCatSortedSet,
     .docs =
         {.summary =
              "Returns the members of a sorted set between two texts, the last first, all scores being equal",
          .since = "2.8.9",
          .group = kRangeGroup,
          .complexity = kReturned,
          .arguments = kZrevrangebylexArgs,
          .deprecated_since = "6.2.0",
          .replaced_by = "`ZRANGE` with the `REV` and `BYLEX` arguments"}},
    {.name = "zcount",
     .run = zcount,
     .arity = exactly(4),
     .traits = kRead | kFast,
     .keys = kRead1,
     .categories = kCatSortedSet,
     .docs = {.summary = "Counts the members of a sorted set between two scores",
              .since = "2.0.0",
              .group = kRangeGroup,
              .complexity = kCounted,
              .arguments = kScoreArgs}},
    {.name = "zlexcount",
     .run = zlexcount,
     .arity = exactly(4),
     .traits = kRead | kFast,
     .keys = kRead1,
     .categories = kCatSortedSet,
     .docs = {.summary = "Counts the members of a sorted set between two texts, all scores being equal",
              .since = "2.8.9",
              .group = kRangeGroup,
              .complexity = kCounted,
              .arguments = kLexArgs}},
    {.name = "zremrangebyrank",
     .run = zremrangebyrank,
     .arity = exactly(4),
     .traits = kWrite,
     .keys = kShrunk,
     .categories = kCatSortedSet,
     .docs = {.summary = "Removes the members of a sorted set between two ranks",
              .since = "2.0.0",
              .group = kRangeGroup,
              .complexity = kRemoved,
              .arguments = kRankRangeArgs}},
    {.name = "zremrangebyscore",
     .run = zremrangebyscore,
     .arity = exactly(4),
     .traits = kWrite,
     .keys = kShrunk,
     .categories = kCatSortedSet,
     .docs = {.summary = "Removes the members of a sorted set between two scores",
              .since = "1.2.0",
              .group = kRangeGroup,
              .complexity = kRemoved,
              .arguments = kScoreArgs}},
    {.name = "zremrangebylex",
     .run = zremrangebylex,
     .arity = exactly(4),
     .traits = kWrite,
     .keys = kShrunk,
     .categories = kCatSortedSet,
     .docs = {.summary = "Removes the members of a sorted set between two texts, all scores being equal",
              .since = "2.8.9",
              .group = kRangeGroup,
              .complexity = kRemoved,
              .arguments = kLexArgs}},
};
static_assert(well_formed(kSortedSetRangeCommands));

}  // namespace

Table sorted_set_range_commands() { return kSortedSetRangeCommands; }

}  // namespace redpoll::cmd
