// DEL, UNLINK, RENAME, RENAMENX, MOVE, COPY: keys that go, or get another name or database.
#include <utility>

#include "cmd/arguments.h"
#include "cmd/tables.h"
#include "exec/arg_reader.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using namespace exec::option_literals;
using store::Database;
using store::Entry;
using store::EntryPtr;
using store::Reclaim;

Outcome erase_all(Call& c, Reclaim how) {
  int64_t erased = 0;
  for (const Arg key : c.args.subspan(1)) {
    Slot slot = c.db().probe(key);
    if (!slot) continue;
    slot.erase(how);
    c.changed(slot, Event::generic, "del");
    ++erased;
  }
  c.out.integer(erased);
  return done;
}

Outcome del(Call& c) { return erase_all(c, c.limits.lazy_user_delete ? Reclaim::background : Reclaim::now); }

Outcome unlink(Call& c) { return erase_all(c, Reclaim::background); }

// Puts an entry that has the key of `to` there. What it replaces goes without an event, and the key is new in
// any case.
void put(Call& c, Slot& to, EntryPtr entry) {
  if (to) to.erase(c.keyspace.lazy_server_delete ? Reclaim::background : Reclaim::now);
  to.adopt(std::move(entry));
  c.notify(to, Event::new_key, "new");
}

struct Address {
  Database& db;
  Arg key;
};
struct Events {
  std::string_view from;
  std::string_view to;
};

// Moves a value with its deadline, as one change of which both keys tell. REQUIRES: `from` is there, and is
// not `to`.
void relocate(Call& c, Address from, Address to, Events events) {
  EntryPtr entry = from.db.probe(from.key).detach();
  if (from.key != to.key) entry = Entry::renamed(std::move(entry), to.key);
  Slot slot = to.db.probe(to.key);
  put(c, slot, std::move(entry));
  c.changed(from.db, from.key, Event::generic, events.from);
  c.notify(slot, Event::generic, events.to);
}

constexpr Events kRenamed{"rename_from", "rename_to"};
constexpr Events kMoved{"move_from", "move_to"};

Outcome rename(Call& c) {
  Database& db = c.db();
  const Arg from = c.args[1], to = c.args[2];
  if (!db.probe(from)) return err::no_such_key;
  if (from != to) relocate(c, {db, from}, {db, to}, kRenamed);
  c.out.ok();
  return done;
}

Outcome renamenx(Call& c) {
  Database& db = c.db();
  const Arg from = c.args[1], to = c.args[2];
  if (!db.probe(from)) return err::no_such_key;
  if (db.probe(to)) {
    c.out.zero();
    return done;
  }
  relocate(c, {db, from}, {db, to}, kRenamed);
  c.out.one();
  return done;
}

// The database whose number is the next argument; null once `in` has failed.
Database* read_database(Call& c, ArgReader& in) {
  const int64_t index = in.integer();
  if (index != static_cast<int32_t>(index)) in.reject(err::not_int32);
  if (!c.keyspace.valid(index)) in.reject(err::db_index_out_of_range);
  return in.failed() ? nullptr : &c.keyspace.db(static_cast<int>(index));
}

Outcome move(Call& c) {
  const Arg key = c.args[1];
  ArgReader in{c.args, 2};
  Database* const to = read_database(c, in);
  if (in.failed()) return in.error();
  if (to == &c.db()) return err::same_object;
  if (!c.db().probe(key) || to->probe(key)) {
    c.out.zero();
    return done;
  }
  relocate(c, {c.db(), key}, {*to, key}, kMoved);
  c.out.one();
  return done;
}

struct CopyOptions {
  Database* to;
  bool replace = false;
};

CopyOptions read_copy_options(Call& c, ArgReader& in) {
  CopyOptions o{.to = &c.db()};
  while (in.more()) {
    switch (in.option()) {
      case "REPLACE"_opt: o.replace = true; break;
      case "DB"_opt: o.to = read_database(c, in); break;
      default: in.reject(err::syntax);
    }
  }
  return o;
}

Outcome copy(Call& c) {
  ArgReader in{c.args, 3};
  const CopyOptions o = read_copy_options(c, in);
  if (in.failed()) return in.error();
  const Arg from = c.args[1], to = c.args[2];
  if (o.to == &c.db() && from == to) return err::same_object;

  const Entry* original = c.db().lookup(from);
  if (original == nullptr) {
    c.out.zero();
    return done;
  }
  Slot slot = o.to->probe(to);
  if (slot && !o.replace) {
    c.out.zero();
    return done;
  }
  EntryPtr twin = original->clone(to, original->maybe_deadline());
  twin->set_access_clock(c.keyspace.access.initial(c.now));
  put(c, slot, std::move(twin));
  c.changed(*o.to, to, Event::generic, "copy_to");
  c.out.one();
  return done;
}

constexpr Argument kErasedArgs[] = {multiple(key_arg())};
constexpr Argument second_key_arg(std::string_view name) {
  return {.name = name, .type = ArgType::key, .key_spec = 1};
}
constexpr Argument kRenameArgs[] = {key_arg(), second_key_arg("newkey")};
constexpr Argument kMoveArgs[] = {key_arg(), integer_arg("db")};
constexpr Argument kCopyArgs[] = {
    key_arg("source"),
    second_key_arg("destination"),
    optional(option_arg("DB", "destination-db", ArgType::integer)),
    optional(token_arg("replace", "REPLACE")),
};

constexpr std::string_view kEraseTips[] = {"request_policy:multi_shard", "response_policy:agg_sum"};

constexpr KeySpecs kErased = key_range(1, -1, 1, kKeyRM | kKeyDelete);
constexpr KeySpecs kRenameSource = key_at(1, kKeyRW | kKeyAccess | kKeyDelete);

constexpr Command kKeyWriteCommands[] = {
    {.name = "del",
     .run = del,
     .arity = at_least(2),
     .traits = kWrite,
     .keys = kErased,
     .categories = kCatKeyspace,
     .tips = kEraseTips,
     .docs = {.summary = "Removes keys",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(N) for N keys, and O(M) more for a collection of M elements",
              .arguments = kErasedArgs}},
    {.name = "unlink",
     .run = unlink,
     .arity = at_least(2),
     .traits = kWrite | kFast,
     .keys = kErased,
     .categories = kCatKeyspace,
     .tips = kEraseTips,
     .docs = {.summary = "Removes keys and frees large values in the background",
              .since = "4.0.0",
              .group = "generic",
              .complexity = "O(1) for each key; its memory is given back by another thread",
              .arguments = kErasedArgs}},
    {.name = "rename",
     .run = rename,
     .arity = exactly(3),
     .traits = kWrite,
     .keys = kRenameSource + key_at(2, kKeyOW | kKeyUpdate),
     .categories = kCatKeyspace,
     .docs = {.summary = "Gives a key another name, in place of the key that has it",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kRenameArgs}},
    {.name = "renamenx",
     .run = renamenx,
     .arity = exactly(3),
     .traits = kWrite | kFast,
     .keys = kRenameSource + key_at(2, kKeyOW | kKeyInsert),
     .categories = kCatKeyspace,
     .docs = {.summary = "Gives a key another name unless there is a key of that name",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kRenameArgs}},
    {.name = "move",
     .run = move,
     .arity = exactly(3),
     .traits = kWrite | kFast,
     .keys = key_at(1, kKeyRW | kKeyAccess | kKeyUpdate),
     .categories = kCatKeyspace,
     .docs = {.summary = "Moves a key to another database unless the key is there already",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kMoveArgs}},
    {.name = "copy",
     .run = copy,
     .arity = at_least(3),
     .traits = kWrite | kDenyOom,
     .keys = key_at(1, kKeyRO | kKeyAccess) + key_at(2, kKeyOW | kKeyUpdate),
     .categories = kCatKeyspace,
     .docs = {.summary = "Copies the value and the time to live of a key to another key",
              .since = "6.2.0",
              .group = "generic",
              .complexity = "O(1) for a string, O(N) for a collection of N elements",
              .arguments = kCopyArgs}},
};
static_assert(well_formed(kKeyWriteCommands));

}  // namespace

Table key_write_commands() { return kKeyWriteCommands; }

}  // namespace redpoll::cmd
