// What the server does with the effects of commands, and with what lookups find out.
//
// Nothing takes the stream of changes yet (no append-only file, no replicas) and nobody can subscribe to keyspace
// events: so it asks for no propagation, and events end here. It is the place where both will be fanned out.
#pragma once

#include "exec/effects.h"
#include "session/blocking.h"
#include "store/keyspace.h"

namespace redpoll::server {

class ServerEffects : public exec::Effects, public store::ChangeObserver {
 public:
  explicit ServerEffects(session::Blocking& blocking) : blocking_(blocking) {}

  bool wants_propagation() const override { return false; }
  void propagate(int, std::span<const resp::Arg>) override {}
  void notify(exec::Event, std::string_view, int, std::string_view) override {}

  void key_changed(store::Database& db, std::string_view key, const store::KeyChange& change) override;
  void fields_expired(store::Database& db, std::string_view key, std::span<const std::string> fields) override;
  void before_clear(store::Database&) override {}
  void key_missed(store::Database& db, std::string_view key) override;
  void swapped(store::Database& a, store::Database& b) override { blocking_.swapped(a, b); }

 private:
  void propagate_removal(store::Database& db, std::string_view key);

  session::Blocking& blocking_;
};

}  // namespace redpoll::server
