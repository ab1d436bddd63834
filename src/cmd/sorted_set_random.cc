// ZRANDMEMBER and ZSCAN: members of a sorted set in no order, by chance or step by step.
#include <algorithm>
#include <cmath>

#include "cmd/random_options.h"
#include "cmd/scan_options.h"
#include "cmd/sorted_set_result.h"
#include "cmd/tables.h"
#include "exec/arguments.h"
#include "exec/call.h"
#include "store/sorted_set.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Direction;
using store::Element;
using store::ScoredElement;
using store::SortedSet;
using store::SortedSetView;

Outcome reply_one(Call& c) {
  const auto found = c.db().find<SortedSet>(c.args[1]);
  if (found.mismatch) return err::wrong_type;
  if (found.value) {
    c.out.bulk(found.value->random(c.keyspace.rng).member);
  } else {
    c.out.null();
  }
  return done;
}

void reply_draws(Call& c, const SortedSetView& set, size_t draws, WithScores with_scores) {
  ScoredArray reply(c.out, draws, with_scores);
  // A client that gets nothing, or no more, need not be kept waiting for an end that may never come.
  if (!c.out.takes_bulks(draws)) return;
  set.draw(c.keyspace.rng, draws, [&](const ScoredElement& drawn) {
    reply.add(drawn.member, drawn.score);
    return !c.out.muted();
  });
}

void reply_distinct(Call& c, const SortedSetView& set, size_t count, WithScores with_scores) {
  count = std::min(count, set.size());
  ScoredArray reply(c.out, count, with_scores);
  if (count == set.size()) {
    return set.each({0, count}, Direction::descending,
                    [&](const Element& member, double score) { reply.add(member, score); });
  }
  set.sample(c.keyspace.rng, count, [&](const ScoredElement& each) { reply.add(each.member, each.score); });
}

Outcome zrandmember(Call& c) {
  if (c.args.size() == 2) return reply_one(c);
  ArgReader in{c.args, 2};
  const RandomOptions o = read_random_options(in, "WITHSCORES");
  if (in.failed()) return in.error();
  const auto found = c.db().find<SortedSet>(c.args[1]);
  if (found.mismatch) return err::wrong_type;
  const auto with_scores = o.with_values ? WithScores::yes : WithScores::no;
  if (!found.value || o.count == 0) {
    c.out.empty_array();
  } else if (o.count > 0) {
    reply_distinct(c, *found.value, static_cast<size_t>(o.count), with_scores);
  } else {
    reply_draws(c, *found.value, static_cast<size_t>(-o.count), with_scores);
  }
  return done;
}

// A score as ZSCAN prints it: that of a packed set as it is stored, which shows large integers in full.
void reply_scanned_score(Reply& out, double score, bool packed) {
  constexpr double kStoredAsInteger = 0x1p62;
  if (packed && std::fabs(score) <= kStoredAsInteger && std::trunc(score) == score) {
    return out.bulk_int(static_cast<int64_t>(score));
  }
  char text[kDoubleChars];
  out.bulk({text, format_double(text, score)});
}

Outcome zscan(Call& c) {
  auto with_scores = WithScores::yes;
  const auto own = [&](ArgReader& in) {
    if (!in.keyword("NOSCORES")) return false;
    with_scores = WithScores::no;
    return true;
  };
  return scan_collection<SortedSet>(
      c, own, [&](const SortedSetView& set, uint64_t cursor, const ScanOptions& o) {
        const bool scores = with_scores == WithScores::yes;
        reply_scan(c.out, set, cursor, o, scores ? 2 : 1, [&](const Element& member, double score) {
          c.out.bulk(member);
          if (scores) reply_scanned_score(c.out, score, set.packed());
        });
      });
}

constexpr Argument kCountArgs[] = {
    integer_arg("count"),
    optional(token_arg("withscores", "WITHSCORES")),
};
constexpr Argument kZrandmemberArgs[] = {
    key_arg(),
    {.name = "options", .type = ArgType::block, .optional = true, .arguments = kCountArgs},
};
constexpr Argument kZscanArgs[] = {
    key_arg(),
    integer_arg("cursor"),
    optional(option_arg("MATCH", "pattern", ArgType::pattern)),
    optional(option_arg("COUNT", "count", ArgType::integer)),
    optional(token_arg("noscores", "NOSCORES", "8.1.0")),
};
constexpr std::string_view kRandomTips[] = {"nondeterministic_output"};

constexpr Command kSortedSetRandomCommands[] = {
    {.name = "zrandmember",
     .run = zrandmember,
     .arity = at_least(2),
     .traits = kRead,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatSortedSet,
     .tips = kRandomTips,
     .docs = {.summary = "Returns members of a sorted set that are chosen by chance",
              .since = "6.2.0",
              .group = "sorted-set",
              .complexity = "O(N) for N members returned",
              .arguments = kZrandmemberArgs}},
    {.name = "zscan",
     .run = zscan,
     .arity = at_least(3),
     .traits = kRead,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatSortedSet,
     .tips = kRandomTips,
     .docs = {.summary = "Walks over the members of a sorted set and their scores, a few with each call",
              .since = "2.8.0",
              .group = "sorted-set",
              .complexity = "O(1) for a call, O(N) for a whole walk over N members",
              .arguments = kZscanArgs}},
};
static_assert(well_formed(kSortedSetRandomCommands));

}  // namespace

Table sorted_set_random_commands() { return kSortedSetRandomCommands; }

}  // namespace redpoll::cmd
