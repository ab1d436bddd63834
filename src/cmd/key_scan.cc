// KEYS, SCAN: the keys of a database, all at once or step by step.
#include <vector>

#include "base/text.h"
#include "cmd/scan_options.h"
#include "cmd/tables.h"
#include "exec/arguments.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Entry;

// Neither removes expired keys nor counts as a lookup, just as walking over all keys.
void reply_exact_key(Call& c, std::string_view key) {
  const Entry* entry = c.db().peek(key);
  if (entry == nullptr || entry->expired(c.now)) return c.out.empty_array();
  c.out.array(1);
  c.out.bulk(key);
}

Outcome keys(Call& c) {
  const std::string_view pattern = c.args[1];
  if (pattern.find_first_of("*?[\\") == std::string_view::npos) {
    reply_exact_key(c, pattern);
    return done;
  }
  const ScanOptions filter{.pattern = pattern};
  const auto list = c.out.begin_array();
  size_t count = 0;
  c.db().each([&](const Entry& entry) {
    if (!filter.admits(entry.key()) || entry.expired(c.now)) return;
    c.out.bulk(entry.key());
    ++count;
  });
  c.out.end(list, count);
  return done;
}

// The keys that a call of SCAN came across and its pattern admits. They stay where they are until one of them
// is removed.
struct Batch {
  std::vector<const Entry*> wanted;
  std::vector<const Entry*> expired;
};

Outcome scan(Call& c) {
  const auto cursor = parse_cursor(c.args[1]);
  if (!cursor) return err::invalid_cursor;
  ArgReader in{c.args, 2};
  std::optional<std::string_view> type;
  const ScanOptions o = read_scan_options(in, [&](ArgReader& reader) {
    if (!reader.keyword("TYPE")) return false;
    type = reader.next();
    return true;
  });
  if (in.failed()) return in.error();

  Batch batch;
  const uint64_t next = scan_some(*cursor, o, [&](uint64_t at, uint64_t& seen) {
    return c.db().scan(at, [&](const Entry& entry) {
      ++seen;
      if (!o.admits(entry.key())) return;
      if (entry.expired(c.now)) {
        batch.expired.push_back(&entry);
      } else if (!type || iequals(*type, store::type_name(entry.type()))) {
        batch.wanted.push_back(&entry);
      }
    });
  });
  for (const Entry* entry : batch.expired) c.db().drop_if_expired(*entry);
  reply_cursor(c.out, next);
  c.out.array(batch.wanted.size());
  for (const Entry* entry : batch.wanted) c.out.bulk(entry->key());
  return done;
}

constexpr Argument kPatternArgs[] = {{.name = "pattern", .type = ArgType::pattern}};
constexpr Argument kScanArgs[] = {
    integer_arg("cursor"),
    optional(option_arg("MATCH", "pattern", ArgType::pattern)),
    optional(option_arg("COUNT", "count", ArgType::integer)),
    optional(option_arg("TYPE", "type", ArgType::string, "6.0.0")),
};

constexpr std::string_view kKeysTips[] = {"request_policy:all_shards", "nondeterministic_output_order"};
constexpr std::string_view kScanTips[] = {"nondeterministic_output", "request_policy:special"};

constexpr Command kKeyScanCommands[] = {
    {.name = "keys",
     .run = keys,
     .arity = exactly(2),
     .traits = kRead,
     .categories = kCatKeyspace | kCatDangerous,
     .tips = kKeysTips,
     .docs = {.summary = "Returns every key that matches a pattern",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(N) for N keys in the database; O(1) if the pattern has no wildcard",
              .arguments = kPatternArgs}},
    {.name = "scan",
     .run = scan,
     .arity = at_least(2),
     .traits = kRead,
     .categories = kCatKeyspace,
     .tips = kScanTips,
     .docs = {.summary = "Walks over the keys of the database, a few with each call",
              .since = "2.8.0",
              .group = "generic",
              .complexity = "O(1) for a call, O(N) for a whole walk over N keys",
              .arguments = kScanArgs}},
};
static_assert(well_formed(kKeyScanCommands));

}  // namespace

Table key_scan_commands() { return kKeyScanCommands; }

}  // namespace redpoll::cmd
