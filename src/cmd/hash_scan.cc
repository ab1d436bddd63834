// HSCAN: the fields of a hash, step by step.
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
using store::HashView;

Outcome hscan(Call& c) {
  bool no_values = false;
  const auto own = [&](ArgReader& in) {
    const bool given = in.keyword("NOVALUES");
    no_values |= given;
    return given;
  };
  return scan_collection<Hash>(c, own, [&](const HashView& hash, uint64_t cursor, const ScanOptions& o) {
    reply_scan(c.out, hash, cursor, o, no_values ? 1 : 2, [&](const Element& field, const Element& value) {
      c.out.bulk(field);
      if (!no_values) c.out.bulk(value);
    });
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
