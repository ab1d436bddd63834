#include "server/server_effects.h"

namespace redpoll::server {

void ServerEffects::key_expired(store::Database& db, std::string_view key) {
  notify(exec::Event::expired, "expired", db.index(), key);
  if (!wants_propagation()) return;
  const resp::Arg words[] = {db.keyspace().lazy_expire ? "UNLINK" : "DEL", key};
  propagate(db.index(), words);
}

void ServerEffects::key_missed(store::Database& db, std::string_view key) {
  notify(exec::Event::key_miss, "keymiss", db.index(), key);
}

}  // namespace redpoll::server
