// APPEND, SETRANGE, GETRANGE, SUBSTR: parts of strings.
#include <algorithm>

#include "base/numbers.h"
#include "cmd/arguments.h"
#include "cmd/tables.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::String;
using store::StringView;
using store::Ttl;

// Whether a string of `size` bytes behind another `offset` bytes would be too long.
bool too_long(const Call& c, size_t offset, size_t size) {
  const auto limit = static_cast<uint64_t>(c.limits.max_bulk_bytes);
  return offset > limit || size > limit - offset;
}

Outcome append(Call& c) {
  const std::string_view tail = c.args[2];
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<String>()) return err::wrong_type;
  size_t size = tail.size();
  if (slot) {
    const size_t old_size = slot.get<String>()->size();
    if (too_long(c, old_size, tail.size())) return err::string_too_long;
    size += old_size;
    tail.copy(slot.resize(size) + old_size, tail.size());
  } else {
    slot.store(c.value_of(2));
  }
  c.changed(slot, Event::string, "append");
  c.out.integer(static_cast<int64_t>(size));
  return done;
}

Outcome setrange(Call& c) {
  const auto number = parse_int64(c.args[2]);
  if (!number) return err::not_integer;
  if (*number < 0) return err::offset_out_of_range;
  const auto offset = static_cast<size_t>(*number);
  const std::string_view part = c.args[3];

  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<String>()) return err::wrong_type;
  size_t size = slot ? slot.get<String>()->size() : 0;
  // Nothing to write changes nothing: the string is not even made longer.
  if (!part.empty()) {
    if (too_long(c, offset, part.size())) return err::string_too_long;
    size = std::max(size, offset + part.size());
    part.copy(slot.resize(size) + offset, part.size());
    c.changed(slot, Event::string, "setrange");
  }
  c.out.integer(static_cast<int64_t>(size));
  return done;
}

// The bytes from `first` to `last`, both included, negative ones counted from the end.
std::string_view slice(std::string_view text, int64_t first, int64_t last) {
  if (first < 0 && last < 0 && first > last) return {};
  const auto size = static_cast<int64_t>(text.size());
  const auto from_start = [size](int64_t i) { return std::max<int64_t>(i < 0 ? size + i : i, 0); };
  first = from_start(first);
  last = std::min(from_start(last), size - 1);
  if (first > last) return {};
  return text.substr(static_cast<size_t>(first), static_cast<size_t>(last - first + 1));
}

Outcome getrange(Call& c) {
  const auto first = parse_int64(c.args[2]);
  const auto last = parse_int64(c.args[3]);
  if (!first || !last) return err::not_integer;
  const auto hit = c.db().find<String>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  StringView::Digits digits;
  c.out.bulk(hit.value ? slice(hit.value->text(digits), *first, *last) : std::string_view{});
  return done;
}

constexpr Argument kAppendArgs[] = {key_arg(), string_arg("value")};
constexpr Argument kSetrangeArgs[] = {key_arg(), integer_arg("offset"), string_arg("value")};
constexpr Argument kGetrangeArgs[] = {key_arg(), integer_arg("start"), integer_arg("end")};

constexpr Command kStringRangeCommands[] = {
    {.name = "append",
     .run = append,
     .arity = exactly(3),
     .traits = kWrite | kDenyOom | kFast,
     .keys = key_at(1, kKeyRW | kKeyInsert),
     .categories = kCatString,
     .docs = {.summary = "Adds bytes at the end of a string value, or creates the key with them",
              .since = "2.0.0",
              .group = "string",
              .complexity = "O(1) amortized for short additions: a string that grows gets room to spare",
              .arguments = kAppendArgs}},
    {.name = "setrange",
     .run = setrange,
     .arity = exactly(4),
     .traits = kWrite | kDenyOom,
     .keys = key_at(1, kKeyRW | kKeyUpdate),
     .categories = kCatString,
     .docs = {.summary =
                  "Overwrites a string value from an offset on, padding it with zero bytes if it is short",
              .since = "2.2.0",
              .group = "string",
              .complexity = "O(M) for M bytes written, besides the growth of the string",
              .arguments = kSetrangeArgs}},
    {.name = "getrange",
     .run = getrange,
     .arity = exactly(4),
     .traits = kRead,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatString,
     .docs = {.summary = "Returns a part of a string value",
              .since = "2.4.0",
              .group = "string",
              .complexity = "O(N) for N bytes returned",
              .arguments = kGetrangeArgs}},
    {.name = "substr",
     .run = getrange,
     .arity = exactly(4),
     .traits = kRead,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatString,
     .docs = {.summary = "Returns a part of a string value",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(N) for N bytes returned",
              .arguments = kGetrangeArgs,
              .deprecated_since = "2.0.0",
              .replaced_by = "`GETRANGE`"}},
};
static_assert(well_formed(kStringRangeCommands));

}  // namespace

Table string_range_commands() { return kStringRangeCommands; }

}  // namespace redpoll::cmd
