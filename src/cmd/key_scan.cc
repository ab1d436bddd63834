// KEYS, SCAN: the keys of a database, all at once or step by step.
#include <charconv>
#include <limits>

#include "base/glob.h"
#include "base/text.h"
#include "cmd/tables.h"
#include "exec/arguments.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using namespace exec::option_literals;
using store::Entry;

bool matches(std::string_view pattern, std::string_view key) {
  return pattern == "*" || glob_match(pattern, key);
}

// Neither removes expired keys nor counts as a lookup, just as walking over all keys.
void reply_exact_key(Call& c, std::string_view key) {
  const auto entry = c.db().dict().find(key);
  if (!entry || (*entry)->expired(c.now)) return c.out.empty_array();
  c.out.array(1);
  c.out.bulk(key);
}

Outcome keys(Call& c) {
  const std::string_view pattern = c.args[1];
  if (pattern.find_first_of("*?[\\") == std::string_view::npos) {
    reply_exact_key(c, pattern);
    return done;
  }
  const auto list = c.out.begin_array();
  size_t count = 0;
  c.db().each([&](const Entry& entry) {
    if (!matches(pattern, entry.key()) || entry.expired(c.now)) return;
    c.out.bulk(entry.key());
    ++count;
  });
  c.out.end(list, count);
  return done;
}

// Cursors are read as strtoul does, which is what clients of Redis can rely on: an optional sign, of which
// minus wraps around, then digits up to the end or a NUL byte; nothing at all is 0.
std::optional<uint64_t> parse_cursor(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  if (text.empty()) return 0;
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  uint64_t value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return negative ? uint64_t{0} - value : value;
}

struct ScanOptions {
  std::string_view pattern = "*";
  uint64_t count = 10;
  std::optional<std::string_view> type;
};

uint64_t read_count(ArgReader& in) {
  const int64_t count = in.integer();
  if (count < 1) in.reject(err::syntax);
  return static_cast<uint64_t>(count);
}

ScanOptions read_scan_options(ArgReader& in) {
  ScanOptions o;
  while (in.more()) {
    switch (in.option()) {
      case "MATCH"_opt: o.pattern = in.next(); break;
      case "COUNT"_opt: o.count = read_count(in); break;
      case "TYPE"_opt: o.type = in.next(); break;
      default: in.reject(err::syntax);
    }
  }
  return o;
}

// The keys that a call of SCAN came across and its pattern admits. They stay where they are until one of them
// is removed.
struct Batch {
  uint64_t next_cursor;
  std::vector<Entry*> wanted;
  std::vector<Entry*> expired;
};

// COUNT bounds the keys that are looked at, and ten times that the buckets, for a table that is nearly empty.
Batch scan_some(Call& c, uint64_t cursor, const ScanOptions& o) {
  constexpr uint64_t kBucketsPerKey = 10;
  Batch batch{};
  uint64_t seen = 0;
  const auto visit = [&](Entry& entry) {
    ++seen;
    if (!matches(o.pattern, entry.key())) return;
    if (entry.expired(c.now)) {
      batch.expired.push_back(&entry);
    } else if (!o.type || iequals(*o.type, store::type_name(entry.type()))) {
      batch.wanted.push_back(&entry);
    }
  };
  uint64_t buckets = 0;
  do cursor = c.db().scan(cursor, visit);
  while (cursor != 0 && seen < o.count && ++buckets / kBucketsPerKey < o.count);
  batch.next_cursor = cursor;
  return batch;
}

Outcome scan(Call& c) {
  const auto cursor = parse_cursor(c.args[1]);
  if (!cursor) return err::invalid_cursor;
  ArgReader in{c.args, 2};
  const ScanOptions o = read_scan_options(in);
  if (in.failed()) return in.error();

  const Batch batch = scan_some(c, *cursor, o);
  for (Entry* entry : batch.expired) c.db().drop_if_expired(*entry);
  c.out.array(2);
  c.out.bulk(fmt::format_int(batch.next_cursor).c_str());
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
