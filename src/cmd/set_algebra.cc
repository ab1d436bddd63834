// SINTER, SUNION, SDIFF, what stores or counts their results: SINTERSTORE, SUNIONSTORE, SDIFFSTORE,
// SINTERCARD.
#include <algorithm>
#include <vector>

#include "cmd/collection.h"
#include "cmd/tables.h"
#include "exec/arg_reader.h"
#include "exec/arguments.h"
#include "exec/call.h"
#include "store/set.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Element;
using store::Set;
using store::SetBuilder;
using store::SetEncoding;
using store::SetTable;
using store::SetView;

// The sets that a command works on. A key that is not there is an empty set.
struct Operands {
  Outcome bad = done;
  std::vector<SetView> sets;  // those that are there, in the order of their keys
  bool first_missing = false;
  bool any_missing = false;
};

Operands read_operands(Call& c, std::span<const Arg> keys) {
  Operands operands;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto found = c.db().find<Set>(keys[i]);
    if (found.mismatch) return {.bad = err::wrong_type};
    if (found.value) {
      operands.sets.push_back(*found.value);
    } else {
      operands.any_missing = true;
      operands.first_missing |= i == 0;
    }
  }
  return operands;
}

bool smaller(const SetView& a, const SetView& b) { return a.size() < b.size(); }

// Calls `fn(Element)` for the members that all sets have, until it returns false. The smallest one is walked
// through. REQUIRES: !sets.empty(), sorted by `smaller`.
template <class F>
void each_common(const std::vector<SetView>& sets, F&& fn) {
  sets[0].each_while([&](const Element& member) {
    for (const SetView& set : sets) {
      if (!(set == sets[0]) && !set.contains(member)) return true;
    }
    return fn(member);
  });
}

// Calls `fn(Element)` for each member of any set, once. REQUIRES: !sets.empty().
template <class F>
void each_of_any(Call& c, std::vector<SetView> sets, F&& fn) {
  // What is in the largest set need not be noted, and behind the last one nothing comes that must be
  // compared.
  std::swap(sets[0], *std::max_element(sets.begin(), sets.end(), smaller));
  SetTable seen(c.keyspace.seed());
  for (size_t i = 0; i < sets.size(); ++i) {
    const bool note = i > 0 && i + 1 < sets.size();
    sets[i].each([&](const Element& member) {
      if (i > 0 && sets[0].contains(member)) return;
      if (note ? seen.add(member) : !seen.contains(member)) fn(member);
    });
  }
}

// Calls `fn(Element)` for the members of the first set that are in no other. REQUIRES: !sets.empty().
template <class F>
void each_only_in_first(std::vector<SetView> sets, F&& fn) {
  // In large sets a member is most likely to be found.
  std::sort(sets.begin() + 1, sets.end(), [](const SetView& a, const SetView& b) { return smaller(b, a); });
  sets[0].each([&](const Element& member) {
    const auto has_it = [&](const SetView& set) { return set.contains(member); };
    if (std::none_of(sets.begin() + 1, sets.end(), has_it)) fn(member);
  });
}

void remove_others(SetBuilder& result, const std::vector<SetView>& sets) {
  sets[0].each([&](const Element& member) { result.add(member); });
  for (size_t i = 1; i < sets.size() && result.size() > 0; ++i) {
    sets[i].each([&](const Element& member) { result.remove(member); });
  }
}

// The difference goes to `stream(Element)`, or is built up.
template <class F>
void subtract(const std::vector<SetView>& sets, SetBuilder& result, F&& stream) {
  const bool from_itself = std::count(sets.begin(), sets.end(), sets[0]) > 1;
  if (from_itself) return;
  if (lookups_are_cheaper(sets, &SetView::size)) {
    each_only_in_first(sets, stream);
  } else {
    remove_others(result, sets);
  }
}

// Replies the set of all members that `produce(reply_one)` hands out.
template <class F>
void reply_set(Call& c, F&& produce) {
  const auto list = c.out.begin_set();
  size_t count = 0;
  produce([&](const Element& member) {
    c.out.bulk(member);
    ++count;
    return true;
  });
  c.out.end(list, count);
}

// Puts a result at `key`, or removes what is there if it is empty, and replies its size.
void store_result(Call& c, std::string_view key, SetBuilder& result, std::string_view event) {
  const size_t count = result.size();
  if (count == 0) return store_nothing(c, key);
  Slot slot = c.db().probe(key);
  slot.store(result.value());
  c.changed(slot, Event::set, event);
  c.out.integer(static_cast<int64_t>(count));
}

Outcome sinter(Call& c) {
  Operands in = read_operands(c, c.args.subspan(1));
  if (in.bad) return in.bad;
  std::sort(in.sets.begin(), in.sets.end(), smaller);
  reply_set(c, [&](auto&& reply_one) {
    if (!in.any_missing) each_common(in.sets, reply_one);
  });
  return done;
}

Outcome sinterstore(Call& c) {
  Operands in = read_operands(c, c.args.subspan(2));
  if (in.bad) return in.bad;
  if (in.any_missing) {
    store_nothing(c, c.args[1]);
    return done;
  }
  std::sort(in.sets.begin(), in.sets.end(), smaller);
  const bool integers = in.sets[0].encoding() == SetEncoding::intset;
  SetBuilder result(c.keyspace, integers ? SetEncoding::intset : SetEncoding::listpack);
  each_common(in.sets, [&](const Element& member) {
    result.add(member);
    return true;
  });
  result.compact();
  store_result(c, c.args[1], result, "sinterstore");
  return done;
}

Outcome sintercard(Call& c) {
  ArgReader in{c.args, 1};
  const int64_t keys = in.integer(err::no_keys_counted);
  if (keys < 1) in.reject(err::no_keys_counted);
  if (in.failed()) return in.error();
  if (static_cast<uint64_t>(keys) > in.left()) return err::too_many_keys_counted;
  const auto count = static_cast<size_t>(keys);
  ArgReader options{c.args, 2 + count};
  int64_t limit = 0;
  while (options.more()) {
    if (!options.keyword("LIMIT") || options.left() == 0) return err::syntax;
    limit = options.integer(err::negative_limit);
    if (limit < 0) options.reject(err::negative_limit);
  }
  if (options.failed()) return options.error();

  Operands operands = read_operands(c, c.args.subspan(2, count));
  if (operands.bad) return operands.bad;
  std::sort(operands.sets.begin(), operands.sets.end(), smaller);
  int64_t common = 0;
  if (!operands.any_missing) each_common(operands.sets, [&](const Element&) { return ++common != limit; });
  c.out.integer(common);
  return done;
}

Outcome sunion(Call& c) {
  const Operands in = read_operands(c, c.args.subspan(1));
  if (in.bad) return in.bad;
  reply_set(c, [&](auto&& reply_one) {
    if (!in.sets.empty()) each_of_any(c, in.sets, reply_one);
  });
  return done;
}

Outcome sunionstore(Call& c) {
  const Operands in = read_operands(c, c.args.subspan(2));
  if (in.bad) return in.bad;
  SetBuilder result(c.keyspace, SetEncoding::intset);
  for (const SetView& set : in.sets) {
    set.each([&](const Element& member) { result.add(member); });
  }
  store_result(c, c.args[1], result, "sunionstore");
  return done;
}

Outcome sdiff(Call& c) {
  const Operands in = read_operands(c, c.args.subspan(1));
  if (in.bad) return in.bad;
  reply_set(c, [&](auto&& reply_one) {
    if (in.first_missing) return;
    SetBuilder rest(c.keyspace, SetEncoding::intset);
    subtract(in.sets, rest, reply_one);
    rest.view().each(reply_one);
  });
  return done;
}

Outcome sdiffstore(Call& c) {
  const Operands in = read_operands(c, c.args.subspan(2));
  if (in.bad) return in.bad;
  SetBuilder result(c.keyspace, SetEncoding::intset);
  if (!in.first_missing) subtract(in.sets, result, [&](const Element& member) { result.add(member); });
  store_result(c, c.args[1], result, "sdiffstore");
  return done;
}

constexpr Argument kKeysArgs[] = {multiple(key_arg())};
constexpr Argument kStoreArgs[] = {
    key_arg("destination"),
    {.name = "key", .type = ArgType::key, .multiple = true, .key_spec = 1},
};
constexpr Argument kCardArgs[] = {
    integer_arg("numkeys"),
    multiple(key_arg()),
    optional(option_arg("LIMIT", "limit", ArgType::integer)),
};
constexpr std::string_view kOrderTips[] = {"nondeterministic_output_order"};
constexpr KeySpecs kOperands = key_range(1, -1, 1, kKeyRO | kKeyAccess);
constexpr KeySpecs kStored = key_at(1, kKeyOW | kKeyUpdate) + key_range(2, -1, 1, kKeyRO | kKeyAccess);

constexpr Command kSetAlgebraCommands[] = {
    {.name = "sinter",
     .run = sinter,
     .arity = at_least(2),
     .traits = kRead,
     .keys = kOperands,
     .categories = kCatSet,
     .tips = kOrderTips,
     .docs = {.summary = "Returns the members that all of several sets have",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(N*M) at worst, N members of the smallest of M sets",
              .arguments = kKeysArgs}},
    {.name = "sinterstore",
     .run = sinterstore,
     .arity = at_least(3),
     .traits = kWrite | kDenyOom,
     .keys = key_at(1, kKeyRW | kKeyUpdate) + key_range(2, -1, 1, kKeyRO | kKeyAccess),
     .categories = kCatSet,
     .docs = {.summary = "Stores the members that all of several sets have, whatever the key held before",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(N*M) at worst, N members of the smallest of M sets",
              .arguments = kStoreArgs}},
    {.name = "sintercard",
     .run = sintercard,
     .arity = at_least(3),
     .traits = kRead,
     .keys = keys_counted_at(1, kKeyRO | kKeyAccess),
     .categories = kCatSet,
     .docs = {.summary = "Counts the members that all of several sets have",
              .since = "7.0.0",
              .group = "set",
              .complexity = "O(N*M) at worst, N members of the smallest of M sets",
              .arguments = kCardArgs}},
    {.name = "sunion",
     .run = sunion,
     .arity = at_least(2),
     .traits = kRead,
     .keys = kOperands,
     .categories = kCatSet,
     .tips = kOrderTips,
     .docs = {.summary = "Returns the members that any of several sets has",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(N) for N members of all sets together",
              .arguments = kKeysArgs}},
    {.name = "sunionstore",
     .run = sunionstore,
     .arity = at_least(3),
     .traits = kWrite | kDenyOom,
     .keys = kStored,
     .categories = kCatSet,
     .docs = {.summary = "Stores the members that any of several sets has, whatever the key held before",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(N) for N members of all sets together",
              .arguments = kStoreArgs}},
    {.name = "sdiff",
     .run = sdiff,
     .arity = at_least(2),
     .traits = kRead,
     .keys = kOperands,
     .categories = kCatSet,
     .tips = kOrderTips,
     .docs = {.summary = "Returns the members of a set that none of several others has",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(N) for N members of all sets together",
              .arguments = kKeysArgs}},
    {.name = "sdiffstore",
     .run = sdiffstore,
     .arity = at_least(3),
     .traits = kWrite | kDenyOom,
     .keys = kStored,
     .categories = kCatSet,
     .docs = {.summary =
                  "Stores the members of a set that none of several others has, whatever the key held before",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(N) for N members of all sets together",
              .arguments = kStoreArgs}},
};
static_assert(well_formed(kSetAlgebraCommands));

}  // namespace

Table set_algebra_commands() { return kSetAlgebraCommands; }

}  // namespace redpoll::cmd
