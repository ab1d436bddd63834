// INCR, DECR, INCRBY, DECRBY, INCRBYFLOAT: strings as numbers.
#include <cmath>
#include <limits>

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

Outcome add(Call& c, int64_t increment) {
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<String>()) return err::wrong_type;
  int64_t sum = 0;
  if (slot) {
    const auto value = slot.get<String>()->as_integer();
    if (!value) return err::not_integer;
    sum = *value;
  }
  if (__builtin_add_overflow(sum, increment, &sum)) return err::overflow;

  slot.store(String::encode(sum), Ttl::keep);
  c.changed(slot, Event::string, "incrby");
  c.out.integer(sum);
  return done;
}

Outcome incr(Call& c) { return add(c, 1); }

Outcome decr(Call& c) { return add(c, -1); }

Outcome incrby(Call& c) {
  const auto increment = parse_int64(c.args[2]);
  return increment ? add(c, *increment) : err::not_integer;
}

Outcome decrby(Call& c) {
  const auto decrement = parse_int64(c.args[2]);
  if (!decrement) return err::not_integer;
  // The one number that has no opposite.
  if (*decrement == std::numeric_limits<int64_t>::min()) return err::decrement_overflow;
  return add(c, -*decrement);
}

std::optional<long double> as_real(const std::optional<StringView>& value) {
  if (!value) return 0.0L;
  StringView::Digits digits;
  return parse_long_double(value->text(digits));
}

Outcome incrbyfloat(Call& c) {
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<String>()) return err::wrong_type;
  const auto value = as_real(slot.get<String>());
  if (!value) return err::not_float;
  const auto increment = parse_long_double(c.args[2]);
  if (!increment) return err::not_float;
  const long double sum = *value + *increment;
  if (std::isnan(sum) || std::isinf(sum)) return err::nan_or_infinity;

  char digits[kLongDoubleChars];
  const std::string_view text(digits, format_long_double_human(digits, sum));
  slot.store(String::plain(text), Ttl::keep);
  c.changed(slot, Event::string, "incrbyfloat");
  // Replicas and the AOF get the sum: other machines may round differently.
  c.propagate_as("SET", c.args[1], text, "KEEPTTL");
  c.out.bulk(text);
  return done;
}

constexpr Argument kIncrementArgs[] = {key_arg(), integer_arg("increment")};
constexpr Argument kDecrementArgs[] = {key_arg(), integer_arg("decrement")};
constexpr Argument kRealArgs[] = {key_arg(), {.name = "increment", .type = ArgType::real}};

constexpr Traits kTraits = kWrite | kDenyOom | kFast;
constexpr KeySpecs kKeys = key_at(1, kKeyRW | kKeyAccess | kKeyUpdate);

constexpr Command kStringNumberCommands[] = {
    {.name = "incr",
     .run = incr,
     .arity = exactly(2),
     .traits = kTraits,
     .keys = kKeys,
     .categories = kCatString,
     .docs = {.summary = "Adds one to the integer value of a key, which counts as 0 if absent",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "decr",
     .run = decr,
     .arity = exactly(2),
     .traits = kTraits,
     .keys = kKeys,
     .categories = kCatString,
     .docs = {.summary = "Subtracts one from the integer value of a key, which counts as 0 if absent",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "incrby",
     .run = incrby,
     .arity = exactly(3),
     .traits = kTraits,
     .keys = kKeys,
     .categories = kCatString,
     .docs = {.summary = "Adds a number to the integer value of a key, which counts as 0 if absent",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kIncrementArgs}},
    {.name = "decrby",
     .run = decrby,
     .arity = exactly(3),
     .traits = kTraits,
     .keys = kKeys,
     .categories = kCatString,
     .docs = {.summary = "Subtracts a number from the integer value of a key, which counts as 0 if absent",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kDecrementArgs}},
    {.name = "incrbyfloat",
     .run = incrbyfloat,
     .arity = exactly(3),
     .traits = kTraits,
     .keys = kKeys,
     .categories = kCatString,
     .docs = {.summary = "Adds a floating-point number to the value of a key, which counts as 0 if absent",
              .since = "2.6.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kRealArgs}},
};
static_assert(well_formed(kStringNumberCommands));

}  // namespace

Table string_number_commands() { return kStringNumberCommands; }

}  // namespace redpoll::cmd
