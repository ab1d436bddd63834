// What the commands on fields of hashes have in common: the list FIELDS numfields field ..., deadlines of
// fields, and what is told when fields go.
#pragma once

#include <span>
#include <string_view>

#include "cmd/collection.h"
#include "exec/arguments.h"
#include "exec/call.h"
#include "exec/expiry.h"
#include "store/hash.h"

namespace redpoll::cmd {

// The words behind FIELDS and their number, or what is wrong with them.
struct FieldList {
  exec::Outcome bad = exec::done;
  std::span<const exec::Arg> words = {};
};
// Reads the list whose FIELDS is args[at], up to the last argument. `bad_count`: the error for a number that
// is none or not positive. `words_each`: 2 if each field is followed by its value.
FieldList read_fields(exec::Call& c, size_t at, exec::Outcome bad_count, size_t words_each = 1);

inline constexpr exec::Outcome kNoFields{
    "ERR Mandatory argument FIELDS is missing or not at the right position"};
inline constexpr exec::Outcome kBadFieldCount{"ERR Number of fields must be a positive integer"};

// The absolute time that `text` names, for a field; `kind` is one of Expiry's last four. Later than Redis can
// note for a field, and it is out of range.
exec::Expiry::Deadline field_deadline(exec::Call& c, exec::Expiry::Kind kind, std::string_view text);

// `count` fields were removed: tells so, and removes the key with its last field. A key of which only fields
// are left whose time has come goes as well, and propagates as its removal. REQUIRES: count > 0.
void fields_removed(exec::Call& c, exec::Slot& slot, size_t count);

// Sets the deadlines of fields of one hash to the same time, and says so at the end. If that time has passed,
// it removes them instead.
class FieldExpirer {
 public:
  // REQUIRES: the slot holds a hash, and outlives it.
  FieldExpirer(exec::Call& c, exec::Slot& slot, UnixMs deadline)
      : c_(c), slot_(slot), hash_(slot), deadline_(deadline), past_(deadline <= c.now) {}

  bool past() const { return past_; }
  // REQUIRES: the field lives.
  void apply(exec::Arg field);
  // Tells of all that apply() has done: events, and what is propagated. To be called last.
  void finish();

 private:
  exec::Call& c_;
  exec::Slot& slot_;
  store::HashEditor hash_;
  UnixMs deadline_;
  bool past_;
  std::vector<exec::Arg> fields_;
};

// For the tables: FIELDS numfields field ...
inline constexpr exec::Argument kFieldListParts[] = {exec::integer_arg("numfields"),
                                                     exec::multiple(exec::string_arg("field"))};
inline constexpr exec::Argument kFieldListArg = exec::option_block("FIELDS", "fields", kFieldListParts);

}  // namespace redpoll::cmd
