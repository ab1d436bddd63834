#include "store/keyspace.h"

namespace redpoll::store {

Keyspace::Keyspace(int databases, const SipKey& seed, Reclaimer* reclaimer, ChangeObserver* observer)
    : rng(siphash13("rng", seed)), seed_(seed), reclaimer_(reclaimer), observer_(observer) {
  databases_.reserve(static_cast<size_t>(databases));
  for (int i = 0; i < databases; ++i) databases_.push_back(std::make_unique<Database>(*this, i));
}

void Keyspace::swap(int a, int b) {
  if (a == b) return;
  Database::swap_contents(db(a), db(b));
  if (heard()) observer_->swapped(db(a), db(b));
}

size_t Keyspace::clear(Reclaim how) {
  size_t removed = 0;
  for (const auto& db : databases_) removed += db->clear(how);
  return removed;
}

}  // namespace redpoll::store
