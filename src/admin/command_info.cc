// COMMAND INFO: flags, categories and key positions of a command.
#include <algorithm>
#include <span>

#include "admin/command_reply.h"
#include "base/text.h"

namespace redpoll::admin {
namespace {

using namespace exec;

struct BitName {
  uint32_t bit;
  std::string_view name;
};

// In the order in which Redis shows them; what is missing here is not shown at all.
constexpr BitName kTraitNames[] = {
    {kWrite, "write"},
    {kRead, "readonly"},
    {kDenyOom, "denyoom"},
    {kAdmin, "admin"},
    {kPubSub, "pubsub"},
    {kNoScript, "noscript"},
    {kBlocking, "blocking"},
    {kLoading, "loading"},
    {kStale, "stale"},
    {kSkipMonitor, "skip_monitor"},
    {kSkipSlowlog, "skip_slowlog"},
    {kFast, "fast"},
    {kNoAuth, "no_auth"},
    {kNoAsyncLoading, "no_async_loading"},
    {kNoMulti, "no_multi"},
};

constexpr BitName kCategoryNames[] = {
    {kCatKeyspace, "@keyspace"},
    {kCatRead, "@read"},
    {kCatWrite, "@write"},
    {kCatSet, "@set"},
    {kCatSortedSet, "@sortedset"},
    {kCatList, "@list"},
    {kCatHash, "@hash"},
    {kCatString, "@string"},
    {kCatBitmap, "@bitmap"},
    {kCatHyperLogLog, "@hyperloglog"},
    {kCatGeo, "@geo"},
    {kCatStream, "@stream"},
    {kCatPubSub, "@pubsub"},
    {kCatAdmin, "@admin"},
    {kCatFast, "@fast"},
    {kCatSlow, "@slow"},
    {kCatBlocking, "@blocking"},
    {kCatDangerous, "@dangerous"},
    {kCatConnection, "@connection"},
    {kCatTransaction, "@transaction"},
    {kCatScripting, "@scripting"},
};

constexpr BitName kKeyFlagNames[] = {
    {kKeyRO, "RO"},
    {kKeyRW, "RW"},
    {kKeyOW, "OW"},
    {kKeyRM, "RM"},
    {kKeyAccess, "access"},
    {kKeyUpdate, "update"},
    {kKeyInsert, "insert"},
    {kKeyDelete, "delete"},
    {kKeyNotKey, "not_key"},
    {kKeyIncomplete, "incomplete"},
    {kKeyVariableFlags, "variable_flags"},
};

// The set of the names of those bits that are on.
void reply_bits(Reply& out, uint32_t bits, std::span<const BitName> names) {
  const auto set = out.begin_set();
  size_t count = 0;
  for (const BitName& known : names) {
    if (!(bits & known.bit)) continue;
    out.status(known.name);
    ++count;
  }
  out.end(set, count);
}

// True if the first, last and step of COMMAND INFO do not tell where all keys are.
bool has_movable_keys(const Command& command) {
  for (const KeySpec& spec : command.keys.all()) {
    if (spec.find != KeySpec::Find::range || spec.flags & kKeyIncomplete) return true;
  }
  return false;
}

void reply_flags(Reply& out, const Command& command) {
  const auto set = out.begin_set();
  size_t count = 0;
  for (const BitName& known : kTraitNames) {
    if (!(command.traits & known.bit)) continue;
    out.status(known.name);
    ++count;
  }
  if (has_movable_keys(command)) {
    out.status("movablekeys");
    ++count;
  }
  if (command.traits & kAllowBusy) {
    out.status("allow_busy");
    ++count;
  }
  out.end(set, count);
}

// Where the keys are for clients that know no key specifications: the smallest range that covers all of them.
struct KeyRange {
  int first = 0;
  int last = 0;
  int step = 0;
};

KeyRange key_range_of(const Command& command) {
  KeyRange range;
  for (const KeySpec& spec : command.keys.all()) {
    if (spec.find != KeySpec::Find::range) continue;
    const int last = spec.last < 0 ? spec.last : spec.first + spec.last;
    if (range.first == 0) {
      range = {spec.first, last, spec.step};
    } else {
      range.first = std::min<int>(range.first, spec.first);
      if (range.last >= 0) range.last = last < 0 ? last : std::max(range.last, last);
      range.step = 1;
    }
  }
  return range;
}

void reply_unknown(Reply& out, std::string_view step) {
  out.bulk(step);
  out.map(2);
  out.bulk("type");
  out.bulk("unknown");
  out.bulk("spec");
  out.map(0);
}

void reply_begin_search(Reply& out, const KeySpec& spec) {
  if (spec.find == KeySpec::Find::unknown) return reply_unknown(out, "begin_search");
  out.bulk("begin_search");
  out.map(2);
  out.bulk("type");
  out.bulk("index");
  out.bulk("spec");
  out.map(1);
  out.bulk("index");
  out.integer(spec.first);
}

void reply_find_keys(Reply& out, const KeySpec& spec) {
  const auto field = [&out](std::string_view name, int64_t value) {
    out.bulk(name);
    out.integer(value);
  };
  if (spec.find == KeySpec::Find::unknown) return reply_unknown(out, "find_keys");
  const bool range = spec.find == KeySpec::Find::range;
  out.bulk("find_keys");
  out.map(2);
  out.bulk("type");
  out.bulk(range ? "range" : "keynum");
  out.bulk("spec");
  out.map(3);
  if (range) {
    field("lastkey", spec.last);
    field("keystep", spec.step);
    field("limit", 0);
  } else {
    field("keynumidx", 0);
    field("firstkey", 1);
    field("keystep", spec.step);
  }
}

void reply_key_specs(Reply& out, const Command& command) {
  out.set(command.keys.count);
  for (const KeySpec& spec : command.keys.all()) {
    out.map(spec.notes.empty() ? 3 : 4);
    if (!spec.notes.empty()) {
      out.bulk("notes");
      out.bulk(spec.notes);
    }
    out.bulk("flags");
    reply_key_flags(out, spec.flags);
    reply_begin_search(out, spec);
    reply_find_keys(out, spec);
  }
}

void reply_subcommands(Reply& out, const CommandEntry& entry) {
  if (entry.subcommands.empty()) return out.set(0);
  out.array(entry.subcommands.size());
  for (const auto& sub : entry.subcommands) reply_command_info(out, *sub);
}

}  // namespace

void reply_key_flags(Reply& out, KeyFlags flags) { reply_bits(out, flags, kKeyFlagNames); }

void reply_command_info(Reply& out, const CommandEntry& entry) {
  const Command& command = *entry.command;
  const KeyRange keys = key_range_of(command);
  out.array(10);
  out.bulk(entry.full_name);
  out.integer(command.arity.value);
  reply_flags(out, command);
  out.integer(keys.first);
  out.integer(keys.last);
  out.integer(keys.step);
  reply_bits(out, categories_of(command), kCategoryNames);
  out.set(command.tips.size());
  for (const std::string_view tip : command.tips) out.bulk(tip);
  reply_key_specs(out, command);
  reply_subcommands(out, entry);
}

Categories category_called(std::string_view name) {
  for (const BitName& known : kCategoryNames) {
    if (iequals(known.name.substr(1), name)) return known.bit;
  }
  return 0;
}

}  // namespace redpoll::admin
