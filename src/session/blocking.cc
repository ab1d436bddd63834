#include "session/blocking.h"

#include <utility>

#include "base/assert.h"
#include "mem/zmalloc.h"
#include "store/keyspace.h"

namespace redpoll::session {

KeptArgs::KeptArgs(std::span<const resp::Arg> args) {
  size_t size = 0;
  for (const resp::Arg arg : args) size += arg.size();
  bytes_.reserve(size);
  args_.reserve(args.size());
  for (const resp::Arg arg : args) {
    args_.emplace_back(bytes_.data() + bytes_.size(), arg.size());
    bytes_.append(arg.view());
  }
}

Bytes KeptArgs::memory_bytes() const {
  return mem::good_size(bytes_.capacity() + 1) + mem::good_size(args_.capacity() * sizeof(resp::Arg));
}

bool Awaited::is_there() const {
  const store::Entry* entry = db.peek(name);
  return entry != nullptr && entry->type() == type && !entry->expired(db.keyspace().terms().horizon());
}

Bytes Waiting::memory_bytes() const {
  // Lists and the map allocate a node each: the value and two or three pointers, as the allocator rounds it.
  constexpr Bytes kListNode = 32;
  constexpr Bytes kMapNode = 48;
  return mem::good_size(sizeof(Waiting)) + args.memory_bytes() +
         mem::good_size(places.capacity() * sizeof(Place)) + places.size() * kListNode +
         (deadline ? kMapNode : 0);
}

Awaited& Blocking::awaited(store::Database& db, std::string_view name, store::Type type) {
  const AwaitedPolicy::Key key{db.index(), type, name};
  auto place = keys_.locate_for_write(key, keys_.hash(key));
  if (place.found()) return *place.element();
  auto fresh =
      std::unique_ptr<Awaited>(new Awaited{.db = db, .name = std::string(name), .type = type, .clients = {}});
  keys_.insert(place, fresh.get());
  db.keyspace().listen(store::kWaitingClients, true);
  return *fresh.release();
}

Waiting& Blocking::block(Client& client, store::Database& db, exec::CommandEntry& entry,
                         std::span<const resp::Arg> args, const exec::Wish& wish,
                         std::optional<MonoUs> deadline) {
  CHECK(client.waits == Waits::no && !wish.keys.empty());
  client.wait = std::make_unique<Waiting>(client, entry, args);
  client.waits = Waits::keys;
  Waiting& waiting = *client.wait;
  waiting.places.reserve(wish.keys.size());
  for (const resp::Arg name : wish.keys) {
    Awaited& key = awaited(db, name, wish.type);
    // A key named twice: nobody can have come in between.
    if (!key.clients.empty() && key.clients.tail()->value == &waiting) continue;
    waiting.places.push_back({&key, key.clients.add_tail(&waiting)});
  }
  if (deadline) waiting.deadline = deadlines_.emplace(*deadline, &waiting);
  return waiting;
}

// Takes the client out of one list, and the key out of the books if it was the last.
void Blocking::give_up(const Waiting::Place& place) {
  Awaited& key = *place.key;
  key.clients.erase(place.node);
  if (!key.clients.empty()) return;
  if (key.ready_node != nullptr) ready_.erase(key.ready_node);
  if (keys_.size() == 1) key.db.keyspace().listen(store::kWaitingClients, false);
  keys_.erase(AwaitedPolicy::key(&key));
}

void Blocking::withdraw(Waiting& waiting) {
  for (const Waiting::Place& place : waiting.places) give_up(place);
  waiting.places.clear();
  if (waiting.deadline) deadlines_.erase(*waiting.deadline);
  waiting.deadline.reset();
}

std::unique_ptr<Waiting> Blocking::leave(Client& client) {
  CHECK(client.waits == Waits::keys);
  withdraw(*client.wait);
  client.waits = Waits::no;
  return std::move(client.wait);
}

void Blocking::note_ready(Awaited& key) {
  if (key.ready_node == nullptr) key.ready_node = ready_.add_tail(&key);
  news_ = true;
}

void Blocking::key_ready(store::Database& db, std::string_view name, store::Type type) {
  if (const auto key = keys_.find({db.index(), type, name})) note_ready(**key);
}

void Blocking::swapped(store::Database& a, store::Database& b) {
  uint64_t cursor = 0;
  do {
    cursor = keys_.scan(cursor, [&](Awaited* key) {
      if ((&key->db == &a || &key->db == &b) && key->is_there()) note_ready(*key);
    });
  } while (cursor != 0);
}

bool Blocking::end(Client& client, Ending ending) {
  if (client.waits != Waits::keys || client.wait->ending != Ending::none) return false;
  withdraw(*client.wait);
  client.wait->ending = ending;
  ended_.push_back(client.id);
  news_ = true;
  return true;
}

void Blocking::end_overdue(MonoUs now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    end(deadlines_.begin()->second->client, Ending::timeout);
  }
}

Awaited* Blocking::next_ready() {
  if (ready_.empty()) {
    news_ = !ended_.empty();
    return nullptr;
  }
  Awaited* const key = ready_.take(ready_.head());
  key->ready_node = nullptr;
  return key;
}

}  // namespace redpoll::session
