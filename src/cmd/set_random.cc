// SPOP, SRANDMEMBER: members by chance.
#include <algorithm>
#include <span>
#include <string>
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
using store::SetEditor;
using store::SetEncoding;
using store::SetView;

// Replicas cannot draw the same members: they get the names of those that were drawn, many at a time.
class Removals {
 public:
  Removals(Call& c, std::string_view key) : c_(c), key_(key), wanted_(c.propagates()) {}

  void add(std::string_view member) {
    if (!wanted_) return;
    members_.emplace_back(member);
    if (members_.size() == kPortion) flush();
  }
  void flush() {
    if (members_.empty()) return;
    const std::vector<Arg> words(members_.begin(), members_.end());
    c_.propagate_as("SREM", key_, std::span<const Arg>(words));
    members_.clear();
  }

 private:
  static constexpr size_t kPortion = 1024;

  Call& c_;
  std::string_view key_;
  bool wanted_;
  std::vector<std::string> members_;
};

void pop_all(Call& c, Slot& slot) {
  const SetView set = *slot.get<Set>();
  const size_t count = set.size();
  c.out.set(count);
  set.each([&](const Element& member) { c.out.bulk(member); });
  const bool lazy = c.keyspace.lazy_server_delete;
  changed(c, slot, Event::set, "spop", count);
  slot.erase(lazy ? store::Reclaim::background : store::Reclaim::now);
  c.notify(slot, Event::generic, "del");
  c.propagate_as(lazy ? "UNLINK" : "DEL", slot.key());
}

// Moves `count` random members of a table to a set of their own, hands all others to `fn(Element)`, and puts
// the former in the place of the table. REQUIRES: 0 < count < size.
template <class F>
void keep_few(Call& c, Slot& slot, size_t count, F&& fn) {
  SetBuilder kept(c.keyspace, SetEncoding::listpack);
  SetEditor table(slot);
  table.pop(c.keyspace.rng, count, [&](const Element& member) { kept.add(member); });
  table.view().each(fn);
  slot.store(kept.value(), store::Ttl::keep);
}

// REQUIRES: count is less than there are. Replies just the members.
void pop(Call& c, Slot& slot, size_t count) {
  // Redis has the same rule, which shows: few members that are left of a table are packed again.
  constexpr size_t kKeptFaster = 5;
  Removals removals(c, slot.key());
  const auto tell = [&](const Element& member) {
    Element::Digits digits;
    const std::string_view text = member.text(digits);
    c.out.bulk(text);
    removals.add(text);
  };
  const SetView set = *slot.get<Set>();
  const size_t left = set.size() - count;
  if (set.encoding() == SetEncoding::table && left > 0 && left * kKeptFaster <= count) {
    keep_few(c, slot, left, tell);
  } else {
    SetEditor(slot).pop(c.keyspace.rng, count, tell);
  }
  removals.flush();
  changed(c, slot, Event::set, "spop", count);
}

Outcome spop_many(Call& c) {
  ArgReader in{c.args, 2};
  const int64_t count = in.integer(err::not_positive);
  if (count < 0) in.reject(err::not_positive);
  if (in.failed()) return in.error();
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<Set>()) return err::wrong_type;
  if (!slot || count == 0) {
    c.out.set(0);
    return done;
  }
  const auto wanted = static_cast<size_t>(count);
  if (wanted >= slot.get<Set>()->size()) {
    pop_all(c, slot);
  } else {
    c.out.set(wanted);
    pop(c, slot, wanted);
  }
  return done;
}

Outcome spop(Call& c) {
  if (c.args.size() > 3) return err::syntax;
  if (c.args.size() == 3) return spop_many(c);
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<Set>()) return err::wrong_type;
  if (!slot) {
    c.out.null();
    return done;
  }
  pop(c, slot, 1);
  erase_if_empty(c, slot, slot.get<Set>()->size());
  return done;
}

// The same one may come again and again. Nobody reads on where the reply has become too long for the client.
void reply_any(Call& c, const SetView& set, uint64_t count) {
  c.out.array(count);
  if (!c.out.takes_bulks(count)) return;
  set.draw(c.keyspace.rng, count, [&](const Element& member) {
    c.out.bulk(member);
    return !c.out.muted();
  });
}

void reply_different(Call& c, const SetView& set, size_t count) {
  c.out.array(count);
  set.sample(c.keyspace.rng, count, [&](const Element& member) { c.out.bulk(member); });
}

Outcome srandmember_many(Call& c) {
  ArgReader in{c.args, 2};
  const int64_t count = in.integer();
  // Its absolute value would be too large.
  if (count == INT64_MIN) in.reject(err::not_negatable);
  if (in.failed()) return in.error();
  const auto found = c.db().find<Set>(c.args[1]);
  if (found.mismatch) return err::wrong_type;
  if (!found.value) {
    c.out.empty_array();
  } else if (count < 0) {
    reply_any(c, *found.value, static_cast<uint64_t>(-count));
  } else {
    reply_different(c, *found.value, std::min(static_cast<size_t>(count), found.value->size()));
  }
  return done;
}

Outcome srandmember(Call& c) {
  if (c.args.size() > 3) return err::syntax;
  if (c.args.size() == 3) return srandmember_many(c);
  const auto found = c.db().find<Set>(c.args[1]);
  if (found.mismatch) return err::wrong_type;
  if (found.value) {
    c.out.bulk(found.value->random(c.keyspace.rng));
  } else {
    c.out.null();
  }
  return done;
}

constexpr Argument kPopArgs[] = {key_arg(), optional(since("3.2.0", integer_arg("count")))};
constexpr Argument kRandomArgs[] = {key_arg(), optional(since("2.6.0", integer_arg("count")))};
constexpr std::string_view kRandomTips[] = {"nondeterministic_output"};

constexpr Command kSetRandomCommands[] = {
    {.name = "spop",
     .run = spop,
     .arity = at_least(2),
     .traits = kWrite | kFast,
     .keys = key_at(1, kKeyRW | kKeyAccess | kKeyDelete),
     .categories = kCatSet,
     .tips = kRandomTips,
     .docs = {.summary =
                  "Removes random members from a set and returns them; removes the key with the last one",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(1) without a count, else O(N) for a count of N",
              .arguments = kPopArgs}},
    {.name = "srandmember",
     .run = srandmember,
     .arity = at_least(2),
     .traits = kRead,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatSet,
     .tips = kRandomTips,
     .docs = {.summary = "Returns random members of a set",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(1) without a count, else O(N) for a count of N, positive or negative",
              .arguments = kRandomArgs}},
};
static_assert(well_formed(kSetRandomCommands));

}  // namespace

Table set_random_commands() { return kSetRandomCommands; }

}  // namespace redpoll::cmd
