// HINCRBY, HINCRBYFLOAT: fields as numbers.
#include <cmath>

#include "base/numbers.h"
#include "cmd/arguments.h"
#include "cmd/tables.h"
#include "exec/call.h"
#include "store/hash.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Element;
using store::FieldTtl;
using store::Hash;
using store::HashEditor;
using store::HashView;

std::optional<HashView::Field> find_field(const Slot& slot, std::string_view field) {
  return slot ? slot.get<Hash>()->find(field) : std::nullopt;
}

// The value of a field as a number, nothing if it is none; one that is not there counts as 0.
std::optional<int64_t> as_integer(const std::optional<HashView::Field>& field) {
  if (!field) return 0;
  Element::Digits digits;
  return field->value.is_integer() ? field->value.integer() : parse_int64(field->value.text(digits));
}

std::optional<long double> as_real(const std::optional<HashView::Field>& field) {
  if (!field) return 0.0L;
  Element::Digits digits;
  return parse_long_double(field->value.text(digits));
}

Outcome hincrby(Call& c) {
  const auto increment = parse_int64(c.args[3]);
  if (!increment) return err::not_integer;
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<Hash>()) return err::wrong_type;
  const auto value = as_integer(find_field(slot, c.args[2]));
  if (!value) return Outcome("ERR hash value is not an integer");
  int64_t sum;
  if (__builtin_add_overflow(*value, *increment, &sum)) return err::overflow;

  char digits[kInt64Chars];
  HashEditor(slot).set(c.args[2], {digits, format_int64(digits, sum)}, FieldTtl::keep);
  c.changed(slot, Event::hash, "hincrby");
  c.out.integer(sum);
  return done;
}

Outcome hincrbyfloat(Call& c) {
  const auto increment = parse_long_double(c.args[3]);
  if (!increment) return err::not_float;
  if (std::isinf(*increment)) return Outcome("ERR value is NaN or Infinity");
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<Hash>()) return err::wrong_type;
  const auto field = find_field(slot, c.args[2]);
  const auto value = as_real(field);
  if (!value) return Outcome("ERR hash value is not a float");
  const long double sum = *value + *increment;
  if (std::isnan(sum) || std::isinf(sum)) return err::nan_or_infinity;

  char digits[kLongDoubleChars];
  const std::string_view text(digits, format_long_double_human(digits, sum));
  HashEditor(slot).set(c.args[2], text, FieldTtl::keep);
  c.changed(slot, Event::hash, "hincrbyfloat");
  // Replicas and the AOF get the sum, since other machines may round differently; and the deadline again,
  // which a set value drops.
  c.propagate_as("HSET", c.args[1], c.args[2], text);
  if (field && field->deadline)
    c.propagate_as("HPEXPIREAT", c.args[1], field->deadline->v, "FIELDS", 1, c.args[2]);
  c.out.bulk(text);
  return done;
}

constexpr Argument kIntegerArgs[] = {key_arg(), string_arg("field"), integer_arg("increment")};
constexpr Argument kRealArgs[] = {
    key_arg(), string_arg("field"), {.name = "increment", .type = ArgType::real}};

constexpr Traits kNumberTraits = kWrite | kDenyOom | kFast;
constexpr KeySpecs kNumberKey = key_at(1, kKeyRW | kKeyAccess | kKeyUpdate);

constexpr Command kHashNumberCommands[] = {
    {.name = "hincrby",
     .run = hincrby,
     .arity = exactly(4),
     .traits = kNumberTraits,
     .keys = kNumberKey,
     .element = 2,
     .categories = kCatHash,
     .docs = {.summary = "Adds a number to the integer value of a field, which counts as 0 if absent",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(1)",
              .arguments = kIntegerArgs}},
    {.name = "hincrbyfloat",
     .run = hincrbyfloat,
     .arity = exactly(4),
     .traits = kNumberTraits,
     .keys = kNumberKey,
     .element = 2,
     .categories = kCatHash,
     .docs = {.summary = "Adds a floating-point number to the value of a field, which counts as 0 if absent",
              .since = "2.6.0",
              .group = "hash",
              .complexity = "O(1)",
              .arguments = kRealArgs}},
};
static_assert(well_formed(kHashNumberCommands));

}  // namespace

Table hash_number_commands() { return kHashNumberCommands; }

}  // namespace redpoll::cmd
