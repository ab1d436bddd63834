// ZUNION, ZINTER, ZDIFF, their STORE forms, ZINTERCARD.

#include "base/numbers.h"
#include "base/text.h"
#include "cmd/sorted_set_algebra.h"
#include "cmd/sorted_set_result.h"
#include "cmd/tables.h"
#include "exec/arguments.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using namespace exec::option_literals;

constexpr Outcome kBadWeight{"ERR weight value is not a float"};
constexpr Outcome kBadLimit{"ERR LIMIT can't be negative"};

enum class Operation : uint8_t { unite, intersect, subtract };
enum class AlgebraTarget : uint8_t { reply, key, count };

struct AlgebraForm {
  Operation operation;
  AlgebraTarget target = AlgebraTarget::reply;

  bool combines_scores() const { return operation != Operation::subtract && target != AlgebraTarget::count; }
};

struct Request {
  std::vector<WeightedSource> inputs;
  Aggregate aggregate = Aggregate::sum;
  WithScores with_scores = WithScores::no;
  size_t limit = 0;
};

// numkeys key [key ...]
std::vector<WeightedSource> read_inputs(Call& c, ArgReader& in) {
  const int64_t count = in.integer();
  if (in.failed()) return {};
  if (count < 1) {
    in.reject(c.fail("ERR at least 1 input key is needed for '{}' command", c.name()));
  } else if (static_cast<uint64_t>(count) > in.left()) {
    in.reject(err::syntax);
  }
  std::vector<WeightedSource> inputs;
  for (int64_t i = 0; i < count && !in.failed(); ++i) {
    const store::Entry* entry = c.db().lookup(in.next());
    if (ScoredSource::accepts(entry)) {
      inputs.push_back({ScoredSource(entry)});
    } else {
      in.reject(err::wrong_type);
    }
  }
  return inputs;
}

void read_weights(ArgReader& in, std::vector<WeightedSource>& inputs) {
  if (in.left() < inputs.size()) return in.reject(err::syntax);
  for (WeightedSource& input : inputs) {
    const auto weight = parse_double(in.next());
    if (!weight) in.reject(kBadWeight);
    input.weight = weight.value_or(0);
  }
}

Aggregate read_aggregate(ArgReader& in) {
  switch (in.option()) {
    case "SUM"_opt: return Aggregate::sum;
    case "MIN"_opt: return Aggregate::min;
    case "MAX"_opt: return Aggregate::max;
    default: in.reject(err::syntax); return Aggregate::sum;
  }
}

size_t read_count_limit(ArgReader& in) {
  const int64_t limit = in.integer(kBadLimit);
  if (limit < 0) in.reject(kBadLimit);
  return static_cast<size_t>(limit);
}

Request read_request(Call& c, ArgReader& in, AlgebraForm form) {
  Request r{.inputs = read_inputs(c, in)};
  while (in.more()) {
    if (form.combines_scores() && in.keyword("WEIGHTS")) {
      read_weights(in, r.inputs);
    } else if (form.combines_scores() && in.keyword("AGGREGATE")) {
      r.aggregate = read_aggregate(in);
    } else if (form.target == AlgebraTarget::reply && in.keyword("WITHSCORES")) {
      r.with_scores = WithScores::yes;
    } else if (form.target == AlgebraTarget::count && in.keyword("LIMIT")) {
      r.limit = read_count_limit(in);
    } else {
      in.reject(err::syntax);
    }
  }
  return r;
}

Members result_of(Operation operation, Request& r, const SipKey& seed, ElementTexts& texts) {
  switch (operation) {
    case Operation::unite: return unite(r.inputs, r.aggregate, seed, texts);
    case Operation::intersect: return intersect(r.inputs, r.aggregate, texts);
    case Operation::subtract: return subtract(r.inputs, seed, texts);
  }
  return {};
}

std::string_view store_event(Operation operation) {
  switch (operation) {
    case Operation::unite: return "zunionstore";
    case Operation::intersect: return "zinterstore";
    case Operation::subtract: return "zdiffstore";
  }
  return {};
}

Outcome combine(Call& c, AlgebraForm form) {
  ArgReader in{c.args, form.target == AlgebraTarget::key ? size_t{2} : 1};
  Request r = read_request(c, in, form);
  if (in.failed()) return in.error();
  if (form.target == AlgebraTarget::count) {
    c.out.integer(static_cast<int64_t>(count_common(r.inputs, r.limit)));
    return done;
  }
  ElementTexts texts;
  const Members members = result_of(form.operation, r, c.keyspace.seed(), texts);
  if (form.target == AlgebraTarget::key) {
    store_sorted_set(c, c.args[1], members, store_event(form.operation));
    return done;
  }
  ScoredArray array(c.out, members.size(), r.with_scores);
  for (const auto& member : members) array.add(member.text, member.score);
  return done;
}

Outcome zunion(Call& c) { return combine(c, {Operation::unite}); }
Outcome zinter(Call& c) { return combine(c, {Operation::intersect}); }
Outcome zdiff(Call& c) { return combine(c, {Operation::subtract}); }
Outcome zunionstore(Call& c) { return combine(c, {Operation::unite, AlgebraTarget::key}); }
Outcome zinterstore(Call& c) { return combine(c, {Operation::intersect, AlgebraTarget::key}); }
Outcome zdiffstore(Call& c) { return combine(c, {Operation::subtract, AlgebraTarget::key}); }
Outcome zintercard(Call& c) { return combine(c, {Operation::intersect, AlgebraTarget::count}); }

constexpr Argument input_keys(int8_t key_spec) {
  return {.name = "key", .type = ArgType::key, .multiple = true, .key_spec = key_spec};
}
constexpr Argument kAggregates[] = {token_arg("sum", "SUM"), token_arg("min", "MIN"),
                                    token_arg("max", "MAX")};
constexpr Argument kWeights = optional(multiple(option_arg("WEIGHTS", "weight", ArgType::integer)));
constexpr Argument kAggregate = optional(option_one_of("AGGREGATE", "aggregate", kAggregates));
constexpr Argument kWithScoresArg = optional(token_arg("withscores", "WITHSCORES"));
constexpr Argument kDestination{.name = "destination", .type = ArgType::key, .key_spec = 0};

constexpr Argument kCombineArgs[] = {integer_arg("numkeys"), input_keys(0), kWeights, kAggregate,
                                     kWithScoresArg};
constexpr Argument kDiffArgs[] = {integer_arg("numkeys"), input_keys(0), kWithScoresArg};
constexpr Argument kCombineStoreArgs[] = {kDestination, integer_arg("numkeys"), input_keys(1), kWeights,
                                          kAggregate};
constexpr Argument kDiffStoreArgs[] = {kDestination, integer_arg("numkeys"), input_keys(1)};
constexpr Argument kIntercardArgs[] = {integer_arg("numkeys"), input_keys(0),
                                       optional(option_arg("LIMIT", "limit", ArgType::integer))};

constexpr KeySpecs kInputs = keys_counted_at(1, kKeyRO | kKeyAccess);
constexpr KeySpecs kStored = key_at(1, kKeyOW | kKeyUpdate) + keys_counted_at(2, kKeyRO | kKeyAccess);

constexpr std::string_view kAlgebraGroup = "sorted-set";
constexpr std::string_view kUnionCost = "O(N+M*log(M)) for N members in all, M in the result";
constexpr std::string_view kInterCost =
    "O(N*K+M*log(M)) for N members in the smallest of K keys, M in the result";
constexpr std::string_view kDiffCost =
    "O(L+M*log(M)) for L members in all, M in the result; less if the first key has few";

constexpr Command kSortedSetAlgebraCommands[] = {
    {.name = "zunion",
     .run = zunion,
     .arity = at_least(3),
     .traits = kRead,
     .keys = kInputs,
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns the union of sorted sets",
              .since = "6.2.0",
              .group = kAlgebraGroup,
              .complexity = kUnionCost,
              .arguments = kCombineArgs}},
    {.name = "zinter",
     .run = zinter,
     .arity = at_least(3),
     .traits = kRead,
     .keys = kInputs,
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns the intersection of sorted sets",
              .since = "6.2.0",
              .group = kAlgebraGroup,
              .complexity = kInterCost,
              .arguments = kCombineArgs}},
    {.name = "zdiff",
     .run = zdiff,
     .arity = at_least(3),
     .traits = kRead,
     .keys = kInputs,
     .categories = kCatSortedSet,
     .docs = {.summary = "Returns the members of a sorted set that no other one has",
              .since = "6.2.0",
              .group = kAlgebraGroup,
              .complexity = kDiffCost,
              .arguments = kDiffArgs}},
    {.name = "zunionstore",
     .run = zunionstore,
     .arity = at_least(4),
     .traits = kWrite | kDenyOom,
     .keys = kStored,
     .categories = kCatSortedSet,
     .docs = {.summary = "Stores the union of sorted sets at another key",
              .since = "2.0.0",
              .group = kAlgebraGroup,
              .complexity = kUnionCost,
              .arguments = kCombineStoreArgs}},
    {.name = "zinterstore",
     .run = zinterstore,
     .arity = at_least(4),
     .traits = kWrite | kDenyOom,
     .keys = kStored,
     .categories = kCatSortedSet,
     .docs = {.summary = "Stores the intersection of sorted sets at another key",
              .since = "2.0.0",
              .group = kAlgebraGroup,
              .complexity = kInterCost,
              .arguments = kCombineStoreArgs}},
    {.name = "zdiffstore",
     .run = zdiffstore,
     .arity = at_least(4),
     .traits = kWrite | kDenyOom,
     .keys = kStored,
     .categories = kCatSortedSet,
     .docs = {.summary = "Stores the members of a sorted set that no other one has at another key",
              .since = "6.2.0",
              .group = kAlgebraGroup,
              .complexity = kDiffCost,
              .arguments = kDiffStoreArgs}},
    {.name = "zintercard",
     .run = zintercard,
     .arity = at_least(3),
     .traits = kRead,
     .keys = kInputs,
     .categories = kCatSortedSet,
     .docs = {.summary = "Counts the members that sorted sets have in common",
              .since = "7.0.0",
              .group = kAlgebraGroup,
              .complexity = "O(N*K) for N members in the smallest of K keys",
              .arguments = kIntercardArgs}},
};
static_assert(well_formed(kSortedSetAlgebraCommands));

}  // namespace

Table sorted_set_algebra_commands() { return kSortedSetAlgebraCommands; }

}  // namespace redpoll::cmd
