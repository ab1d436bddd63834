// HSCAN: the fields of a hash, step by step.
#include <vector>

#include "cmd/scan_options.h"
#include "cmd/tables.h"
#include "exec/arguments.h"
#include "exec/call.h"
#include "store/hash.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Element;
using store::Hash;
using store::HashPair;
using store::HashView;

Outcome hscan(Call& c) {
  bool no_values = false;
  const auto own = [&](ArgReader& in) {
    const bool given = in.keyword("NOVALUES");
    no_values |= given;
    return given;
  };
  return scan_collection<Hash>(c, own, [&](const HashView& hash, uint64_t cursor, const ScanOptions& o) {
    std::vector<HashPair> wanted;
    const uint64_t next = scan_some(cursor, o, [&](uint64_t from, uint64_t& seen) {
      return hash.scan(from, [&](const Element& field, const Element& value) {
        ++seen;
        Element::Digits digits;
        if (o.admits(field.text(digits))) wanted.push_back({field, value});
      });
    });
    reply_cursor(c.out, next);
    c.out.array(no_values ? wanted.size() : 2 * wanted.size());
    for (const HashPair& pair : wanted) {
      c.out.bulk(pair.field);
      if (!no_values) c.out.bulk(pair.value);
    }
  });
}

constexpr Argument kScanArgs[] = {
    key_arg(),
    integer_arg("cursor"),
    optional(option_arg("MATCH", "pattern", ArgType::pattern)),
    optional(option_arg("COUNT", "count", ArgType::integer)),
    optional(token_arg("novalues", "NOVALUES", "7.4.0")),
};
constexpr std::string_view kScanTips[] = {"nondeterministic_output"};

constexpr Command kHashScanCommands[] = {
    {.name = "hscan",
     .run = hscan,
     .arity = at_least(3),
     .traits = kRead,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatHash,
     .tips = kScanTips,
     .docs = {.summary = "Walks over the fields of a hash, a few with each call",
              .since = "2.8.0",
              .group = "hash",
              .complexity = "O(1) for a call, O(N) for a whole walk over N fields",
              .arguments = kScanArgs}},
};
static_assert(well_formed(kHashScanCommands));

}  // namespace

Table hash_scan_commands() { return kHashScanCommands; }

}  // namespace redpoll::cmd
