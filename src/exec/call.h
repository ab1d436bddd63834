// One execution of a command: its arguments, the database it works on, where its reply goes, and how it makes
// known what it changed. Session and server commands get a derived call with more in it.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/units.h"
#include "exec/arg_reader.h"
#include "exec/command.h"
#include "exec/effects.h"
#include "exec/errors.h"
#include "exec/outcome.h"
#include "exec/reply.h"
#include "resp/arg.h"
#include "resp/request_parser.h"
#include "store/keyspace.h"
#include "store/slot.h"

namespace redpoll::exec {

using resp::Arg;
using store::Slot;

// The settings that handlers of data commands go by; the server keeps them equal to its configuration.
struct Limits {
  int64_t max_bulk_bytes = 512ll * 1024 * 1024;  // proto-max-bulk-len
  bool lazy_user_delete = false;                 // lazyfree-lazy-user-del
  bool lazy_user_flush = false;                  // lazyfree-lazy-user-flush
};

// What a command waits for that could not be served: that one of these keys comes to hold the type.
struct Wish {
  std::span<const Arg> keys;  // a part of the call's arguments
  store::Type type{};
  int64_t timeout_ms = 0;  // 0: for ever
};

class Call {
 public:
  Call(store::Keyspace& keys, Reply& reply, Effects& outward, const Limits& bounds)
      : keyspace(keys), out(reply), limits(bounds), effects_(outward) {}
  virtual ~Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // --- what to do; set by the dispatcher for each command ---
  const Command* command = nullptr;
  // How the command is called in error texts: its name, or "container|sub".
  std::string_view name;
  std::span<const Arg> args;  // args[0] is the name as the client sent it
  store::Database* database = nullptr;
  UnixMs now{};

  store::Database& db() const { return *database; }
  store::Keyspace& keyspace;
  Reply& out;
  const Limits& limits;

  // The blob in which a large argument was received, to be kept; null if the argument lies in the read buffer.
  mem::BlobPtr take(size_t index) {
    const bool may_own = args[index].size() >= resp::kBigBulk && parser_ != nullptr;
    return may_own ? parser_->take(index) : mem::BlobPtr{};
  }
  // The argument as a string value, taken over where possible.
  store::Value value_of(size_t index) {
    if (mem::BlobPtr blob = take(index)) return store::String::encode(std::move(blob));
    return store::String::encode(args[index]);
  }

  // An error with a text of its own. Valid until the next command of this call.
  template <class... T>
  Outcome fail(fmt::format_string<T...> text, T&&... values) {
    error_text_ = fmt::format(text, std::forward<T>(values)...);
    return Outcome(error_text_);
  }
  // The error for a number of arguments that the command does not take.
  Outcome wrong_arity() { return fail("ERR wrong number of arguments for '{}' command", name); }

  // --- waiting ---
  // Lets the client wait: `return c.wait_for(...)` of a handler that found nothing under any of the keys.
  // When one of them holds the type, the command is run again from the same arguments, and may wait on; then
  // it keeps its place among those who wait, and its first timeout. When that is over, the client gets a null
  // array. REQUIRES: `keys` is a part of `args`, not empty; timeout_ms >= 0.
  Outcome wait_for(std::span<const Arg> keys, store::Type type, int64_t timeout_ms) {
    wish_ = {keys, type, timeout_ms};
    return Outcome::waiting();
  }
  // Where a command that can wait looks for what it takes: under all its keys, or, when it is run again
  // because one of them is ready, under that one alone. The others may hold another type by now.
  std::span<const Arg> candidates(std::span<const Arg> keys) const {
    return ready_.data() == nullptr ? keys : std::span<const Arg>(&ready_, 1);
  }

  // --- what happened ---
  // The key of `slot` changed: counts it as dirty, makes the command propagate, and tells listeners, first of all
  // if the key is new.
  void changed(const Slot& slot, Event type, std::string_view event) {
    if (slot.created()) notify(slot, Event::new_key, "new");
    changed(slot.database(), slot.key(), type, event);
  }
  void changed(const store::Database& db, std::string_view key, Event type, std::string_view event) {
    ++dirty;
    notify(db, key, type, event);
  }
  // Counts a change that concerns no single key.
  void changed_many(uint64_t count) { dirty += count; }
  // Tells listeners of an event that comes on top of a change.
  void notify(const Slot& slot, Event type, std::string_view event) {
    notify(slot.database(), slot.key(), type, event);
  }
  void notify(const store::Database& db, std::string_view key, Event type, std::string_view event) {
    effects_.notify(type, event, db.index(), key);
  }

  // What goes to the append-only file and to replicas instead of the command as the client sent it. A command
  // that changed nothing propagates nothing. A word is text, a number, or a part of the arguments.
  template <class... T>
  void propagate_as(const T&... words) {
    if (!effects_.wants_propagation()) return;
    (add_word(words), ...);
    rewritten_.emplace_back(std::move(words_));
    words_.clear();
  }
  // Whether anyone takes it: for a handler to which it is much work to say what does.
  bool propagates() const { return effects_.wants_propagation(); }
  // As sent, but without the option `word`, wherever it stands from args[first] on.
  void propagate_without(OptionWord word, size_t first);
  // Propagates even if nothing changed.
  void propagate_always() { forced_ = true; }

  // --- for the dispatcher ---
  void begin(const Command& cmd, std::string_view called, std::span<const Arg> arguments, store::Database& db,
             resp::RequestParser* parser) {
    command = &cmd;
    name = called;
    args = arguments;
    database = &db;
    parser_ = parser;
    dirty = 0;
    forced_ = false;
    rewritten_.clear();
  }
  // Hands the command, or what was put in its place, to the effects if it changed something.
  void flush_effects();
  // The command that is run with this call has waited, and `key` is ready; see candidates().
  void serve(Arg key) { ready_ = key; }
  // REQUIRES: the outcome of the command is that it waits.
  const Wish& wish() const { return wish_; }

  // How many changes the command has made so far.
  uint64_t dirty = 0;

 private:
  void add_word(std::string_view word) { words_.emplace_back(word); }
  void add_word(int64_t number) { words_.emplace_back(std::to_string(number)); }
  void add_word(std::span<const Arg> several) {
    for (const Arg word : several) add_word(word.view());
  }

  Effects& effects_;
  resp::RequestParser* parser_ = nullptr;
  Arg ready_;
  Wish wish_;
  bool forced_ = false;
  std::string error_text_;
  std::vector<std::string> words_;
  std::vector<std::vector<std::string>> rewritten_;
};

}  // namespace redpoll::exec
