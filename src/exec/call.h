// One execution of a command as its handler sees it: the arguments, the database that it works on, where its
// reply goes, how it makes known what it changed, and how it waits. Commands about connections and about the
// server get more (session::SessionCall, admin::AdminCall).
//
// A Call is made for an execution (who asks, where the reply goes, what is allowed) and begun anew for each
// command of it, by the Executor.
#pragma once

#include <fmt/core.h>

#include <span>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/units.h"
#include "exec/arg_reader.h"
#include "exec/asker.h"
#include "exec/command_table.h"
#include "exec/condition.h"
#include "exec/errors.h"
#include "exec/event.h"
#include "exec/journal.h"
#include "exec/limits.h"
#include "exec/outcome.h"
#include "exec/reply.h"
#include "resp/arg.h"
#include "resp/request_parser.h"
#include "store/keyspace.h"
#include "store/slot.h"

namespace redpoll::exec {

using resp::Arg;
using store::Slot;

class Executor;

// Where an execution comes from.
enum class Origin : uint8_t {
  client,       // a request
  transaction,  // EXEC
};

// What more there is than keys; see SessionCall. Owned by whoever builds the Executor.
struct Context {
  enum class Scope : uint8_t { keys, session, server };
  const Scope scope = Scope::keys;
};

class Call {
 public:
  // REQUIRES: `executor`, `reply` and `asker` (null: nobody asks) outlive the call.
  Call(Executor& executor, Reply& reply, Asker* asker, Origin origin = Origin::client);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // --- what to do
  std::span<const Arg> args;  // args[0] is the name as the client sent it
  UnixMs now{};
  store::Keyspace& keyspace;
  Reply& out;
  const Limits& limits;

  // How the command is called in error texts: its name, or "container|sub".
  std::string_view name() const { return entry_->full_name; }
  const CommandEntry& entry() const { return *entry_; }
  store::Database& db() const { return *database_; }

  // The blob in which a large argument was received, to be kept; null if the argument lies in the read
  // buffer.
  mem::BlobPtr take(size_t index) {
    const bool may_own = args[index].size() >= resp::kBigBulk && parser_ != nullptr;
    return may_own ? parser_->take(index) : mem::BlobPtr{};
  }
  // The argument as a string value, taken over where possible.
  store::Value value_of(size_t index) {
    if (mem::BlobPtr blob = take(index)) return store::String::encode(std::move(blob));
    return store::String::encode(args[index]);
  }

  // An error with a text of its own. Valid until the Executor has answered it.
  template <class... T>
  Outcome fail(fmt::format_string<T...> text, T&&... values) {
    return fail_with(text, fmt::make_format_args(values...));
  }
  // The error for a number of arguments that the command does not take.
  Outcome wrong_arity() { return fail("ERR wrong number of arguments for '{}' command", name()); }

  // --- who asks
  // Null if nobody does.
  Asker* asker() const { return asker_; }
  Origin origin() const { return origin_; }
  Context& context() const;
  // For commands that run others.
  Executor& executor() const { return executor_; }

  // --- waiting
  // Lets the client wait: `return c.wait_for({...})` of a handler that found nothing under any of the keys.
  // When one of them holds the type, the command is run again from the same arguments, and may wait on; then
  // it keeps its place among those who wait, and its first timeout. When that is over, the client gets a null
  // array. Where waiting is not allowed, it is over at once. REQUIRES: the keys are a part of `args`, not
  // empty; timeout_ms >= 0.
  Outcome wait_for(const Condition& condition) {
    condition_ = condition;
    return Outcome::waiting();
  }
  // REQUIRES: the outcome of the command is that it waits.
  const Condition& condition() const { return condition_; }
  // Where a command that can wait looks for what it takes: under all its keys, or, when it is run again
  // because one of them is ready, under that one alone. The others may hold another type by now.
  std::span<const Arg> candidates(std::span<const Arg> keys) const {
    return ready_.data() == nullptr ? keys : std::span<const Arg>(&ready_, 1);
  }

  // --- what happened
  // The key of `slot` changed in a way that is worth saving: counts it as dirty, makes the command propagate,
  // and tells listeners, first of all if the key is new. That the key was touched, the slot itself has noted.
  void changed(const Slot& slot, Event type, std::string_view event) {
    ++dirty_;
    if (!journal_.wants(interest::kEvents)) [[likely]]
      return;
    if (slot.created()) notify(slot, Event::new_key, "new");
    notify(slot, type, event);
  }
  void changed(const store::Database& db, std::string_view key, Event type, std::string_view event) {
    ++dirty_;
    notify(db, key, type, event);
  }
  // Counts a change that concerns no single key.
  void changed_many(uint64_t count) { dirty_ += count; }
  // Tells listeners of an event that comes on top of a change. `event` is a constant.
  void notify(const Slot& slot, Event type, std::string_view event) {
    notify(slot.database(), slot.key(), type, event);
  }
  void notify(const store::Database& db, std::string_view key, Event type, std::string_view event) {
    if (journal_.wants(interest::kEvents)) [[unlikely]]
      journal_.event(type, event, db.index(), key);
  }
  // How many changes the command has made so far.
  uint64_t dirty() const { return dirty_; }

  // What goes to the append-only file and to replicas instead of the command as the client sent it. A command
  // that changed nothing propagates nothing. A word is text, a number, or a part of the arguments.
  template <class... T>
  void propagate_as(const T&... words) {
    if (!propagates()) return;
    (journal_.put_word(words), ...);
    end_of_propagated();
  }
  // Whether anyone takes it: for a handler to which it is much work to say what does.
  bool propagates() const { return journal_.wants(interest::kCommands); }
  // As sent, but without the option `word`, wherever it stands from args[first] on.
  void propagate_without(OptionWord word, size_t first);
  // Propagates even if nothing changed.
  void propagate_always() { forced_ = true; }

 private:
  friend class Executor;

  Outcome fail_with(fmt::string_view text, fmt::format_args values);
  void end_of_propagated();
  void propagate();
  bool may_wait() const { return origin_ == Origin::client; }

  Executor& executor_;
  Journal& journal_;
  CommandEntry* entry_ = nullptr;
  store::Database* database_ = nullptr;
  Asker* asker_;
  resp::RequestParser* parser_ = nullptr;
  Ticks since_ = 0;  // when the command that runs began, and the one before it ended
  uint64_t dirty_ = 0;
  Origin origin_;
  bool forced_ = false;
  bool rewritten_ = false;  // something else propagates in place of the command
  Arg ready_;
  Condition condition_;
};

}  // namespace redpoll::exec
