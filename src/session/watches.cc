#include "session/watches.h"

#include <algorithm>
#include <memory>

#include "mem/zmalloc.h"

namespace redpoll::session {

void WatchedKeyPolicy::destroy(WatchedKey* watched) { std::unique_ptr<WatchedKey> gone(watched); }

Bytes WatchedKeys::cost_of(const WatchedKey& key) {
  return mem::good_size(sizeof(WatchedKey)) + key.name.size();
}

Bytes WatchedKeys::memory_bytes() const {
  return mem::good_size(sizeof(WatchedKeys)) + mem::good_size(keys_.capacity() * sizeof(Watch)) + names_;
}

Watches::~Watches() { journal_.read_by(*this, 0); }

bool Watches::exists(int db, std::string_view name) const {
  return keyspace_.db(db).peek_live(name) != nullptr;
}

// Who names a key again and again watches it once: looked after when the list would grow. The first one
// counts.
void Watches::drop_repeated(WatchedKeys& watched) {
  using Watch = WatchedKeys::Watch;
  std::vector<Watch>& keys = watched.keys_;
  std::stable_sort(keys.begin(), keys.end(), [](const Watch& a, const Watch& b) { return a.key < b.key; });
  const auto same_key = [](const Watch& a, const Watch& b) { return a.key == b.key; };
  size_t kept = 0;
  for (const Watch& each : keys) {
    if (kept > 0 && same_key(keys[kept - 1], each)) {
      --each.key->watchers;
      watched.names_ -= WatchedKeys::cost_of(*each.key);
    } else {
      keys[kept++] = each;
    }
  }
  keys.resize(kept);
}

void Watches::watch(Client& client, int db, std::span<const resp::Arg> names) {
  if (!client.watched) client.watched = std::make_unique<WatchedKeys>();
  if (keys_.size() == 0) journal_.read_by(*this, exec::interest::kChanges);
  WatchedKeys& watched = *client.watched;
  for (const resp::Arg name : names) {
    const WatchedKeyPolicy::Key wanted{db, name};
    auto place = keys_.locate_for_write(wanted, keys_.hash(wanted));
    if (!place.found()) {
      auto fresh = std::unique_ptr<WatchedKey>(new WatchedKey{.db = db, .name = std::string(name.view())});
      keys_.insert(place, fresh.release());
    }
    WatchedKey& key = *place.element();
    ++key.watchers;
    watched.names_ += WatchedKeys::cost_of(key);
    if (watched.keys_.size() == watched.keys_.capacity()) drop_repeated(watched);
    watched.keys_.push_back({&key, key.version, exists(db, key.name)});
  }
}

bool Watches::touched(const Client& client) const {
  if (!client.watched) return false;
  const auto& all = client.watched->keys_;
  return std::any_of(all.begin(), all.end(), [this](const WatchedKeys::Watch& then) {
    return then.key->version != then.version || exists(then.key->db, then.key->name) != then.existed;
  });
}

bool Watches::touched_already(const Client& client) const {
  constexpr size_t kGlance = 64;  // keys
  if (!client.watched) return false;
  WatchedKeys& watched = *client.watched;
  if (watched.looked_at_ == touches_) return watched.touched_;
  watched.looked_at_ = touches_;
  const auto keys = std::span(watched.keys_).first(std::min(kGlance, watched.size()));
  watched.touched_ =
      watched.touched_ || std::any_of(keys.begin(), keys.end(), [](const WatchedKeys::Watch& then) {
        return then.key->version != then.version;
      });
  return watched.touched_;
}

void Watches::forget(Client& client) {
  if (!client.watched) return;
  for (const WatchedKeys::Watch& each : client.watched->keys_) {
    if (--each.key->watchers == 0) keys_.erase(WatchedKeyPolicy::key(each.key));
  }
  client.watched.reset();
  if (keys_.size() == 0) journal_.read_by(*this, 0);
}

void Watches::touch(WatchedKey& key) {
  ++key.version;
  ++touches_;
}

void Watches::committed(const exec::JournalUnit& unit) {
  unit.each_change([this](const exec::ChangedKey& changed) {
    // That it is gone shows; and who began to watch when it had expired already must not learn of it.
    if (changed.change.what == store::Change::expired || changed.change.what == store::Change::hash_expired)
      return;
    if (const auto key = keys_.find({changed.db, changed.key})) touch(**key);
  });
}

// As in Redis, a key is touched if it is there in either database: it was another value's name, or came to be
// one.
void Watches::databases_swapped(store::Database& a, store::Database& b) {
  uint64_t cursor = 0;
  do {
    cursor = keys_.scan(cursor, [&](WatchedKey* key) {
      if (key->db != a.index() && key->db != b.index()) return;
      if (exists(a.index(), key->name) || exists(b.index(), key->name)) touch(*key);
    });
  } while (cursor != 0);
}

}  // namespace redpoll::session
