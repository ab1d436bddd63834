#include "server/server_effects.h"

#include <vector>

namespace redpoll::server {

void ServerEffects::key_changed(store::Database& db, std::string_view key, const store::KeyChange& change) {
  if (change.came_to_type && change.type != store::Type::string) blocking_.key_ready(db, key, change.type);
  // Others must not wait for their own clock: they are told that the key is gone.
  if (change.what == store::Change::expired) {
    notify(exec::Event::expired, "expired", db.index(), key);
    propagate_removal(db, key);
  } else if (change.what == store::Change::hash_expired) {
    notify(exec::Event::hash, "hexpired", db.index(), key);
    notify(exec::Event::generic, "del", db.index(), key);
    propagate_removal(db, key);
  }
}

void ServerEffects::fields_expired(store::Database& db, std::string_view key, std::span<const std::string> fields) {
  notify(exec::Event::hash, "hexpired", db.index(), key);
  if (!wants_propagation()) return;
  std::vector<resp::Arg> words{"HDEL", key};
  for (const std::string_view field : fields) words.emplace_back(field);
  propagate(db.index(), words);
}

void ServerEffects::propagate_removal(store::Database& db, std::string_view key) {
  if (!wants_propagation()) return;
  const resp::Arg words[] = {db.keyspace().lazy_expire ? "UNLINK" : "DEL", key};
  propagate(db.index(), words);
}

void ServerEffects::key_missed(store::Database& db, std::string_view key) {
  notify(exec::Event::key_miss, "keymiss", db.index(), key);
}

}  // namespace redpoll::server
