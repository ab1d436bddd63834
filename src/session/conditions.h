// Clients that wait: who waits for what, in what order and until when, and what there is to do about it.
//
//   (database, name, type) --> Awaited: the clients in the order in which they blocked
//                                 ^  |
//                                 |  v  a node of that list
//   Client::wait -----------> Waiting: the command, a copy of its arguments, a place in each list, a deadline
//                                 ^
//   the end of CLIENT PAUSE ------+    in the order in which the requests came
//
// It keeps the books only. What a command waits for, it says by Call::wait_for; that a key may be ready, the
// Journal says, when the unit that made it ready is over; the Resumer runs the commands again.
//
// A key is awaited as one of a type: whoever waits for a list is not looked at when a sorted set comes.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ae/timeout_queue.h"
#include "base/clock.h"
#include "base/prefetch.h"
#include "base/siphash.h"
#include "base/units.h"
#include "ds/adlist.h"
#include "ds/dict.h"
#include "exec/command_table.h"
#include "exec/condition.h"
#include "exec/journal.h"
#include "session/client.h"
#include "store/keyspace.h"

namespace redpoll::session {

// A copy of a request's arguments, to outlive the buffer that they came in.
class KeptArgs {
 public:
  explicit KeptArgs(std::span<const resp::Arg> args);
  KeptArgs(const KeptArgs&) = delete;
  KeptArgs& operator=(const KeptArgs&) = delete;

  std::span<const resp::Arg> all() const { return args_; }
  Bytes memory_bytes() const;

 private:
  std::string bytes_;
  std::vector<resp::Arg> args_;
};

struct Waiting;

// A key for which at least one client waits.
struct Awaited {
  store::Database& db;
  const std::string name;
  const store::Type type;
  ds::List<Waiting*> clients;                      // in the order in which they blocked
  ds::List<Awaited*>::Node* ready_node = nullptr;  // in the queue of ready keys, if it is there

  // True if the key is there and holds the type. O(1), and leaves no trace in statistics.
  bool is_there() const;
};

struct AwaitedPolicy {
  using Element = Awaited*;
  struct Key {
    int db;
    store::Type type;
    std::string_view name;
  };
  static Key key(const Awaited* awaited) { return {awaited->db.index(), awaited->type, awaited->name}; }
  static bool equal(const Awaited* awaited, const Key& key) {
    return awaited->name == key.name && awaited->type == key.type && awaited->db.index() == key.db;
  }
  static uint64_t hash(const Key& key, const SipKey& seed) {
    // Clients choose names. What else tells keys apart are a few small numbers: no steering there.
    constexpr uint64_t kSpread = 0x9e3779b97f4a7c15;
    return siphash13(key.name, seed) ^
           (static_cast<uint64_t>(key.db) * 8 + static_cast<uint64_t>(key.type)) * kSpread;
  }
  static void destroy(Awaited* awaited) { std::unique_ptr<Awaited> gone(awaited); }
  static void prefetch(const Awaited* awaited) { redpoll::prefetch(awaited); }
};

// How a wait ends that ends without a key.
enum class Ending : uint8_t { none, timeout, error };

// What a client waits for; as a Timeout, until when.
struct Waiting : ae::Timeout {
  Waiting(Client& who, exec::CommandEntry& what, std::span<const resp::Arg> arguments)
      : client(who), entry(what), args(arguments) {}

  Client& client;
  exec::CommandEntry& entry;
  const KeptArgs args;  // to run the command again from
  Ticks ticks = 0;      // that it has taken so far
  Ending ending = Ending::none;

  struct Place {
    Awaited* key;
    ds::List<Waiting*>::Node* node;
  };
  std::vector<Place> places;  // one for each different key

  Bytes memory_bytes() const;
};

class Conditions final : public exec::JournalReader {
 public:
  Conditions(ae::EventLoop& loop, exec::Journal& journal, const SipKey& seed)
      : journal_(journal),
        keys_(seed),
        timeouts_(loop, ae::TimeoutHandler::to<&Conditions::time_over>(*this)) {}
  ~Conditions();
  Conditions(const Conditions&) = delete;
  Conditions& operator=(const Conditions&) = delete;

  // Lets the client wait, behind those who wait already, and remembers the arguments. The condition's timeout
  // counts from this turn of the loop. O(keys), and O(log n) for n different timeouts. REQUIRES: client.waits
  // == Waits::no; `db` is the client's.
  Waiting& wait(Client& client, store::Database& db, exec::CommandEntry& entry,
                const exec::Condition& condition, std::span<const resp::Arg> args);
  // The same until the pause is over.
  void postpone(Client& client, exec::CommandEntry& entry, std::span<const resp::Arg> args);
  // The client waits no more, and gets nothing from here. O(keys). REQUIRES: it waits.
  std::unique_ptr<Waiting> leave(Client& client);

  // The client gets no key any more but what `ending` says. False if it does not wait for any. O(keys).
  bool end(Client& client, Ending ending);

  // --- for the Resumer
  // The client whose request has waited longest for the end of the pause. REQUIRES: any_postponed().
  ClientId next_postponed() const { return postponed_.front(); }
  bool any_postponed() const { return !postponed_.empty(); }
  // True if there may be ready keys, or clients whose wait is to end.
  bool news() const { return news_; }
  // The clients whose wait ends without a key, in the order in which that was said.
  std::vector<ClientId> take_ended() { return std::exchange(ended_, {}); }
  // Takes the next key out of the queue of ready ones; null, and no news any more, if it is empty. The key is
  // gone when the last of its clients has left.
  Awaited* next_ready();

  // Clients that wait until some time at most.
  size_t with_timeout() const { return with_timeout_; }
  // Different keys that clients wait for.
  size_t keys() const { return keys_.size(); }

 private:
  void committed(const exec::JournalUnit& unit) override;
  void databases_swapped(store::Database& a, store::Database& b) override;
  Awaited& awaited(store::Database& db, std::string_view name, store::Type type);
  void forget_postponed(ClientId id);
  void give_up(const Waiting::Place& place);
  void withdraw(Waiting& waiting);
  void time_over(ae::Timeout& timeout);
  void note_ready(Awaited& key);

  exec::Journal& journal_;
  ds::Dict<AwaitedPolicy> keys_;
  ds::List<Awaited*> ready_;
  std::vector<ClientId> ended_;
  std::deque<ClientId> postponed_;  // in the order in which they came
  ae::TimeoutQueues timeouts_;
  size_t with_timeout_ = 0;
  bool news_ = false;
};

}  // namespace redpoll::session
