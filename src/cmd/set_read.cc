// SISMEMBER, SMISMEMBER, SCARD, SMEMBERS, SSCAN: what is in a set.
#include "cmd/arguments.h"
#include "cmd/scan_options.h"
#include "cmd/tables.h"
#include "exec/call.h"
#include "store/set.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Element;
using store::Set;
using store::SetView;

Outcome sismember(Call& c) {
  const auto found = c.db().find<Set>(c.args[1]);
  if (found.mismatch) return err::wrong_type;
  c.out.integer(found.value && found.value->contains(Element(c.args[2])));
  return done;
}

Outcome smismember(Call& c) {
  const auto found = c.db().find<Set>(c.args[1]);
  if (found.mismatch) return err::wrong_type;
  const auto members = c.args.subspan(2);
  c.out.array(members.size());
  for (const Arg member : members) c.out.integer(found.value && found.value->contains(Element(member)));
  return done;
}

Outcome scard(Call& c) {
  const auto found = c.db().find<Set>(c.args[1]);
  if (found.mismatch) return err::wrong_type;
  c.out.integer(found.value ? static_cast<int64_t>(found.value->size()) : 0);
  return done;
}

Outcome smembers(Call& c) {
  const auto found = c.db().find<Set>(c.args[1]);
  if (found.mismatch) return err::wrong_type;
  c.out.set(found.value ? found.value->size() : 0);
  if (found.value) found.value->each([&](const Element& member) { c.out.bulk(member); });
  return done;
}

Outcome sscan(Call& c) {
  const auto no_option_of_its_own = [](ArgReader&) { return false; };
  return scan_collection<Set>(
      c, no_option_of_its_own, [&](const SetView& set, uint64_t cursor, const ScanOptions& o) {
        reply_scan(c.out, set, cursor, o, 1, [&](const Element& member) { c.out.bulk(member); });
      });
}

constexpr Argument kMemberArgs[] = {key_arg(), string_arg("member")};
constexpr Argument kAskedMembersArgs[] = {key_arg(), multiple(string_arg("member"))};
constexpr Argument kScanArgs[] = {
    key_arg(),
    integer_arg("cursor"),
    optional(option_arg("MATCH", "pattern", ArgType::pattern)),
    optional(option_arg("COUNT", "count", ArgType::integer)),
};

constexpr std::string_view kUnordered[] = {"nondeterministic_output_order"};
constexpr std::string_view kRandom[] = {"nondeterministic_output"};

constexpr Command kSetReadCommands[] = {
    {.name = "sismember",
     .run = sismember,
     .arity = exactly(3),
     .traits = kRead | kFast,
     .keys = key_at(1, kKeyRO),
     .element = 2,
     .categories = kCatSet,
     .docs = {.summary = "Tells whether something is a member of a set",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(1)",
              .arguments = kMemberArgs}},
    {.name = "smismember",
     .run = smismember,
     .arity = at_least(3),
     .traits = kRead | kFast,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .element = 2,
     .categories = kCatSet,
     .docs = {.summary = "Tells of each of several things whether it is a member of a set",
              .since = "6.2.0",
              .group = "set",
              .complexity = "O(N) for N members that are asked for",
              .arguments = kAskedMembersArgs}},
    {.name = "scard",
     .run = scard,
     .arity = exactly(2),
     .traits = kRead | kFast,
     .keys = key_at(1, kKeyRO),
     .categories = kCatSet,
     .docs = {.summary = "Counts the members of a set",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "smembers",
     .run = smembers,
     .arity = exactly(2),
     .traits = kRead,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatSet,
     .tips = kUnordered,
     .docs = {.summary = "Returns every member of a set",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(N) for N members",
              .arguments = kKeyArgs}},
    {.name = "sscan",
     .run = sscan,
     .arity = at_least(3),
     .traits = kRead,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatSet,
     .tips = kRandom,
     .docs = {.summary = "Walks over the members of a set, a few with each call",
              .since = "2.8.0",
              .group = "set",
              .complexity = "O(1) for a call, O(N) for a whole walk over N members",
              .arguments = kScanArgs}},
};
static_assert(well_formed(kSetReadCommands));

}  // namespace

Table set_read_commands() { return kSetReadCommands; }

}  // namespace redpoll::cmd
