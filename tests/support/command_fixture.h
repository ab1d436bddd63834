// Runs commands by an Executor against a keyspace of its own, without clients and sockets: what goes in is
// words, what comes out is the raw reply, the keyspace events and what would be propagated.
//
//   CommandFixture t;
//   REQUIRE(t.run({"set", "k", "v", "EX", "10"}) == "+OK\r\n");
//   REQUIRE(t.events() == Lines{"0 n new k", "0 $ set k", "0 g expire k"});
//   REQUIRE(t.propagated() == Lines{"0 SET k v PXAT 1700000010000"});
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exec/call.h"
#include "exec/command_table.h"
#include "exec/executor.h"
#include "exec/journal.h"
#include "resp/chunk_pool.h"
#include "resp/reply_buffer.h"
#include "store/keyspace.h"

namespace redpoll::testing {

using Lines = std::vector<std::string>;
using Words = std::vector<std::string>;

// Reads a journal: writes down events as "db class event key" (the class as its letter of
// notify-keyspace-events) and propagated commands as "db word word ...", in the order in which they come.
// MULTI and EXEC around them it leaves out.
class Recorder final : public exec::JournalReader {
 public:
  explicit Recorder(exec::Journal& journal) : journal_(journal) { listen(true); }
  ~Recorder() { journal_.read_by(*this, 0); }

  // Whether it is interested, as an append-only file and listeners would be.
  void listen(bool on);
  void clear();

  struct Command {
    int db;
    Words words;
  };
  // The keys that were touched, as "db what key" (what: the name of the store::Change), or "db clear" and
  // "db db swap".
  Lines changes;
  Lines events;
  Lines propagated;
  std::vector<Command> commands;  // the same, not as text

 private:
  void committed(const exec::JournalUnit& unit) override;
  void database_cleared(store::Database& db) override;
  void databases_swapped(store::Database& a, store::Database& b) override;

  exec::Journal& journal_;
};

// Frees at once what would go to the worker thread, and counts it.
class CountingReclaimer : public store::Reclaimer {
 public:
  void reclaim(store::EntryDict dict) override {
    ++databases;
    dict.clear();
  }
  void reclaim(store::EntryPtr) override { ++values; }

  int databases = 0;
  int values = 0;
};

// The reply "-ERR text\r\n" of an error text.
std::string error_reply(std::string_view text);
// The reply of a bulk string.
std::string bulk_reply(std::string_view bytes);
inline const std::string kNull = "$-1\r\n";
inline const std::string kOk = "+OK\r\n";
inline const std::string kWrongType =
    "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
inline const std::string kSyntaxError = "-ERR syntax error\r\n";

class CommandFixture : private exec::Host {
 public:
  static constexpr int kDatabases = 16;

  CommandFixture();
  ~CommandFixture();

  // Runs one command and returns its reply; events and propagation of earlier commands are forgotten. Panics
  // if the handler breaks its contract: exactly one reply, or an error with nothing changed. Empty if it
  // waits.
  std::string run(const Words& words);
  // Runs a command that has waited, now that `key` is ready.
  std::string run_ready(const Words& words, std::string_view key);
  // Runs several commands given as lines of words separated by one space; each must succeed.
  void given(std::initializer_list<std::string_view> lines);

  // What the last command did.
  const Lines& events() const { return recorder.events; }
  const Lines& propagated() const { return recorder.propagated; }
  const Lines& changes() const { return recorder.changes; }
  uint64_t dirty() const { return dirty_; }
  // What the last command waits for, as "type key key ... timeout_ms"; empty if it does not wait.
  const std::string& wish() const { return wish_; }

  void select(int db) { asker.database = db; }
  store::Database& db() { return keyspace.db(asker.database); }
  void advance_ms(int64_t ms) { now = now + ms; }
  // Puts an entry there that is no string, whatever its type: for WRONGTYPE.
  void put_list(std::string_view key);
  // What OBJECT ENCODING would answer; "none" without the key.
  std::string encoding(std::string_view key);
  // Milliseconds to live, -1 without a deadline, -2 without the key.
  int64_t pttl(std::string_view key);

  UnixMs now{1'700'000'000'000};
  resp::Protocol protocol = resp::Protocol::resp2;
  bool mute = false;  // replies are not wanted, as after CLIENT REPLY OFF
  struct Somebody : exec::Asker {};
  Somebody asker;  // whose commands these are
  CountingReclaimer reclaimer;
  exec::Journal journal;
  Recorder recorder{journal};
  store::Keyspace keyspace{kDatabases, SipKey{1, 2}, &reclaimer, &journal};
  exec::Statistics stats;
  exec::Context context;
  exec::Executor executor{{keyspace, journal, stats, context, *this}};
  exec::Limits& limits = executor.limits;
  exec::CommandTable table;

 private:
  exec::Decision admit(exec::Call& call, exec::CommandEntry* entry, std::span<const resp::Arg> args) override;
  void was_slow(const exec::Call&, Ticks) override {}
  void refresh_time() override {}
  const store::Entry* find(std::string_view key);
  void note_condition(const exec::Condition& condition);

  resp::ChunkPool pool_;
  uint64_t dirty_ = 0;
  std::string wish_;
  std::optional<std::string_view> ready_;  // while a command that has waited is run
};

}  // namespace redpoll::testing
