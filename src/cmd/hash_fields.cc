#include "cmd/hash_fields.h"

#include "base/numbers.h"
#include "base/text.h"

namespace redpoll::cmd {

using namespace exec;

FieldList read_fields(Call& c, size_t at, Outcome bad_count, size_t words_each) {
  if (at >= c.args.size() || !iequals(c.args[at], "FIELDS")) return {.bad = kNoFields};
  if (at + 1 >= c.args.size()) return {.bad = c.wrong_arity()};
  const auto count = parse_int64(c.args[at + 1]);
  if (!count || *count < 1) return {.bad = bad_count};
  const auto words = c.args.subspan(at + 2);
  const auto fields = static_cast<uint64_t>(*count);
  if (words.size() % words_each != 0 || fields != words.size() / words_each) {
    return {.bad = Outcome("ERR The `numfields` parameter must match the number of arguments")};
  }
  return {.words = words};
}

Expiry::Deadline field_deadline(Call& c, Expiry::Kind kind, std::string_view text) {
  // A quarter of 48 bits of milliseconds.
  constexpr int64_t kLatest = (int64_t{1} << 46) - 1;
  const auto number = parse_int64(text);
  if (!number) return {.bad = err::not_integer};
  if (*number < 0) return {.bad = Outcome("ERR invalid expire time, must be >= 0")};
  const auto deadline = Expiry{kind, text}.resolve_any(c);
  if (deadline.bad) return deadline;
  if (deadline.at->v > kLatest) return {.bad = c.fail("ERR invalid expire time in '{}' command", c.name())};
  return deadline;
}

void fields_removed(Call& c, Slot& slot, size_t count) {
  changed(c, slot, Event::hash, "hdel", count);
  const size_t left = slot.get<store::Hash>()->size();
  if (left == 0 && store::field_count(slot.entry()) > 0) {
    c.notify(slot, Event::hash, "hexpired");
    c.propagate_as("DEL", slot.key());
  }
  erase_if_empty(c, slot, left);
}

void FieldExpirer::apply(Arg field) {
  if (past_) {
    hash_.erase(field);
  } else {
    hash_.set_deadline(field, deadline_);
  }
  fields_.push_back(field);
}

void FieldExpirer::finish() {
  if (fields_.empty()) return;
  const std::span<const Arg> fields = fields_;
  if (past_) {
    // Others get the removal instead of a deadline that their clocks may see differently.
    c_.propagate_as("HDEL", slot_.key(), fields);
    return fields_removed(c_, slot_, fields.size());
  }
  changed(c_, slot_, Event::hash, "hexpire", fields.size());
  // And an absolute time: a relative one would drift.
  c_.propagate_as("HPEXPIREAT", slot_.key(), deadline_.v, "FIELDS", static_cast<int64_t>(fields.size()),
                  fields);
}

}  // namespace redpoll::cmd
