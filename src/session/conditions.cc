#include "session/conditions.h"

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
  const store::Entry* entry = db.peek_live(name);
  return entry != nullptr && entry->type() == type;
}

Bytes Waiting::memory_bytes() const {
  // A list allocates a node for each: the value and two pointers, as the allocator rounds it. A key that
  // others wait for as well counts for each of them.
  constexpr Bytes kListNode = 32;
  return mem::good_size(sizeof(Waiting)) + args.memory_bytes() +
         mem::good_size(places.capacity() * sizeof(Place)) +
         places.size() * (kListNode + mem::good_size(sizeof(Awaited)));
}

Awaited& Conditions::awaited(store::Database& db, std::string_view name, store::Type type) {
  const AwaitedPolicy::Key key{db.index(), type, name};
  auto place = keys_.locate_for_write(key, keys_.hash(key));
  if (place.found()) return *place.element();
  auto fresh =
      std::unique_ptr<Awaited>(new Awaited{.db = db, .name = std::string(name), .type = type, .clients = {}});
  if (keys_.size() == 0) journal_.read_by(*this, exec::interest::kChanges);
  keys_.insert(place, fresh.get());
  return *fresh.release();
}

Conditions::~Conditions() { journal_.read_by(*this, 0); }

Waiting& Conditions::wait(Client& client, store::Database& db, exec::CommandEntry& entry,
                          const exec::Condition& condition, std::span<const resp::Arg> args) {
  CHECK(client.waits == Waits::no && !condition.keys.empty());
  client.wait = std::make_unique<Waiting>(client, entry, args);
  client.waits = Waits::keys;
  Waiting& waiting = *client.wait;
  waiting.places.reserve(condition.keys.size());
  for (const resp::Arg name : condition.keys) {
    Awaited& key = awaited(db, name, condition.type);
    // A key named twice: nobody can have come in between.
    if (!key.clients.empty() && key.clients.tail()->value == &waiting) continue;
    waiting.places.push_back({&key, key.clients.add_tail(&waiting)});
  }
  if (condition.timeout_ms > 0) {
    timeouts_.add(waiting, condition.timeout_ms);
    ++with_timeout_;
  }
  return waiting;
}

void Conditions::postpone(Client& client, exec::CommandEntry& entry, std::span<const resp::Arg> args) {
  CHECK(client.waits == Waits::no);
  client.wait = std::make_unique<Waiting>(client, entry, args);
  client.waits = Waits::pause;
  postponed_.push_back(client.id);
}

void Conditions::forget_postponed(ClientId id) {
  if (postponed_.front() == id) return postponed_.pop_front();
  std::erase(postponed_, id);
}

// Takes the client out of one list, and the key out of the books if it was the last.
void Conditions::give_up(const Waiting::Place& place) {
  Awaited& key = *place.key;
  key.clients.erase(place.node);
  if (!key.clients.empty()) return;
  if (key.ready_node != nullptr) ready_.erase(key.ready_node);
  keys_.erase(AwaitedPolicy::key(&key));
  if (keys_.size() == 0) journal_.read_by(*this, 0);
}

void Conditions::withdraw(Waiting& waiting) {
  // There can be a million, each of which the caches have long forgotten: so these are asked for beforehand.
  constexpr size_t kBucketAhead = 4, kKeyAhead = 8;
  const auto& places = waiting.places;
  for (size_t i = 0; i < places.size(); ++i) {
    if (i + kKeyAhead < places.size()) {
      prefetch(places[i + kKeyAhead].key);
      prefetch(places[i + kKeyAhead].node);
    }
    if (i + kBucketAhead < places.size()) {
      keys_.prefetch_bucket(keys_.hash(AwaitedPolicy::key(places[i + kBucketAhead].key)));
    }
    give_up(places[i]);
  }
  waiting.places.clear();
  if (waiting.waits()) --with_timeout_;
  waiting.cancel();
}

std::unique_ptr<Waiting> Conditions::leave(Client& client) {
  CHECK(client.waits != Waits::no);
  if (client.waits == Waits::pause) forget_postponed(client.id);
  withdraw(*client.wait);
  client.waits = Waits::no;
  return std::move(client.wait);
}

void Conditions::note_ready(Awaited& key) {
  if (key.ready_node == nullptr) key.ready_node = ready_.add_tail(&key);
  news_ = true;
}

void Conditions::committed(const exec::JournalUnit& unit) {
  unit.each_change([this](const exec::ChangedKey& changed) {
    if (!changed.change.came_to_type) return;
    if (const auto key = keys_.find({changed.db, changed.change.type, changed.key})) note_ready(**key);
  });
}

void Conditions::databases_swapped(store::Database& a, store::Database& b) {
  uint64_t cursor = 0;
  do {
    cursor = keys_.scan(cursor, [&](Awaited* key) {
      if ((&key->db == &a || &key->db == &b) && key->is_there()) note_ready(*key);
    });
  } while (cursor != 0);
}

bool Conditions::end(Client& client, Ending ending) {
  if (client.waits != Waits::keys || client.wait->ending != Ending::none) return false;
  withdraw(*client.wait);
  client.wait->ending = ending;
  ended_.push_back(client.id);
  news_ = true;
  return true;
}

void Conditions::time_over(ae::Timeout& timeout) {
  --with_timeout_;
  end(static_cast<Waiting&>(timeout).client, Ending::timeout);
}

Awaited* Conditions::next_ready() {
  if (ready_.empty()) {
    news_ = !ended_.empty();
    return nullptr;
  }
  Awaited* const key = ready_.take(ready_.head());
  key->ready_node = nullptr;
  return key;
}

}  // namespace redpoll::session
