// OBJECT: how the value of a key is stored and used.
#include <limits>

#include "cmd/arguments.h"
#include "cmd/tables.h"
#include "exec/call.h"
#include "exec/help.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::AccessPolicy;
using store::Encoding;
using store::Entry;
using store::Touch;

constexpr Outcome kNoIdleTime{
    "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between "
    "policies at runtime LRU and LFU data will take some time to adjust."};
constexpr Outcome kNoFrequency{
    "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when "
    "switching between policies at runtime LRU and LFU data will take some time to adjust."};

// Replies what `answer` writes about the entry of args[2], or null without one. Looking is no use of the key.
template <class F>
Outcome about_entry(Call& c, F&& answer) {
  const Entry* entry = c.db().lookup(c.args[2], Touch::hidden);
  if (entry != nullptr) return answer(*entry);
  c.out.null();
  return done;
}

Outcome encoding(Call& c) {
  return about_entry(c, [&](const Entry& entry) {
    c.out.bulk(store::encoding_name(entry));
    return done;
  });
}

Outcome freq(Call& c) {
  return about_entry(c, [&](const Entry& entry) {
    const auto& access = c.keyspace.access;
    if (access.policy != AccessPolicy::lfu) return kNoFrequency;
    c.out.integer(access.frequency(entry.access_clock(), c.now));
    return done;
  });
}

Outcome idletime(Call& c) {
  return about_entry(c, [&](const Entry& entry) {
    const auto& access = c.keyspace.access;
    if (access.policy == AccessPolicy::lfu) return kNoIdleTime;
    c.out.integer(access.idle_seconds(entry.access_clock(), c.now));
    return done;
  });
}

// Values are not shared between keys here. Redis shares small integers, unless each has to have an access
// clock, and says so with this number, which tells that they cost no memory of their own; the same is true of
// an integer in its entry.
Outcome refcount(Call& c) {
  constexpr int64_t kSharedBelow = 10'000;
  constexpr int64_t kShared = std::numeric_limits<int32_t>::max();
  return about_entry(c, [&](const Entry& entry) {
    const bool small = c.keyspace.shares_integers && entry.encoding() == Encoding::integer &&
                       entry.integer() >= 0 && entry.integer() < kSharedBelow;
    c.out.integer(small ? kShared : 1);
    return done;
  });
}

constexpr std::string_view kHelp[] = {
    "ENCODING <key>",
    "    Name the way in which the value of the key is stored.",
    "FREQ <key>",
    "    Tell how often the key has been used of late, on a logarithmic scale (needs",
    "    an LFU policy).",
    "IDLETIME <key>",
    "    Tell for about how many seconds the key has not been used (needs a policy",
    "    other than LFU).",
    "REFCOUNT <key>",
    "    Count how many references there are to the value of the key.",
};

Outcome help(Call& c) {
  reply_help(c.out, c.args[0], kHelp);
  return done;
}

constexpr std::string_view kTips[] = {"nondeterministic_output"};
constexpr KeySpecs kKeys = key_at(2, kKeyRO);

constexpr Command kObjectSubcommands[] = {
    {.name = "encoding",
     .run = encoding,
     .arity = exactly(3),
     .traits = kRead,
     .keys = kKeys,
     .categories = kCatKeyspace,
     .tips = kTips,
     .docs = {.summary = "Names the way in which a value is stored",
              .since = "2.2.3",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "freq",
     .run = freq,
     .arity = exactly(3),
     .traits = kRead,
     .keys = kKeys,
     .categories = kCatKeyspace,
     .tips = kTips,
     .docs = {.summary = "Returns the logarithmic counter of uses of a key",
              .since = "4.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "help",
     .run = help,
     .arity = exactly(2),
     .traits = kLoading | kStale,
     .categories = kCatKeyspace,
     .docs =
         {.summary = "Explains the subcommands", .since = "6.2.0", .group = "generic", .complexity = "O(1)"}},
    {.name = "idletime",
     .run = idletime,
     .arity = exactly(3),
     .traits = kRead,
     .keys = kKeys,
     .categories = kCatKeyspace,
     .tips = kTips,
     .docs = {.summary = "Returns for how many seconds a key has not been used",
              .since = "2.2.3",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "refcount",
     .run = refcount,
     .arity = exactly(3),
     .traits = kRead,
     .keys = kKeys,
     .categories = kCatKeyspace,
     .tips = kTips,
     .docs = {.summary = "Counts the references to the value of a key",
              .since = "2.2.3",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
};

constexpr Command kObjectCommands[] = {
    {.name = "object",
     .arity = at_least(2),
     .docs = {.summary = "Tells how the value of a key is stored and used",
              .since = "2.2.3",
              .group = "generic",
              .complexity = "That of the subcommand"},
     .subcommands = kObjectSubcommands},
};
static_assert(well_formed(kObjectCommands));

}  // namespace

Table key_object_commands() { return kObjectCommands; }

}  // namespace redpoll::cmd
