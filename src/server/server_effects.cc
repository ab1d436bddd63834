#include "server/server_effects.h"

#include <vector>

namespace redpoll::server {

void ServerEffects::key_expired(store::Database& db, std::string_view key) {
  notify(exec::Event::expired, "expired", db.index(), key);
  propagate_removal(db, key);
}

void ServerEffects::fields_expired(store::Database& db, std::string_view key, std::span<const std::string> fields) {
  notify(exec::Event::hash, "hexpired", db.index(), key);
  if (!wants_propagation()) return;
  std::vector<resp::Arg> words{"HDEL", key};
  for (const std::string_view field : fields) words.emplace_back(field);
  propagate(db.index(), words);
}

void ServerEffects::hash_expired(store::Database& db, std::string_view key) {
  notify(exec::Event::hash, "hexpired", db.index(), key);
  notify(exec::Event::generic, "del", db.index(), key);
  propagate_removal(db, key);
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
