#include "store/database.h"

#include <cstring>
#include <utility>

#include "store/hash.h"
#include "store/keyspace.h"

namespace redpoll::store {

Database::Database(Keyspace& keyspace, int index) : keyspace_(keyspace), dict_(keyspace.seed()), index_(index) {}

UnixMs Database::now() const { return keyspace_.now; }

uint64_t Database::hash_hinted(std::string_view key) const {
  const Keyspace::HashHint& hint = keyspace_.hint;
  if (hint.data == key.data() && hint.size == key.size()) return hint.hash;
  return dict_.hash(key);
}

const Object* Database::large_collection(std::string_view key, uint64_t hash) const {
  const Entry* entry = dict_.find(key, hash).value_or(nullptr);
  return entry != nullptr && entry->encoding() == Encoding::object ? &entry->object() : nullptr;
}

Entry* Database::lookup(std::string_view key, Touch how) {
  const uint64_t hash = hash_hinted(key);
  Entry* entry = dict_.find(key, hash).value_or(nullptr);
  if (entry != nullptr && entry->expires()) entry = what_lives_of(entry, hash);
  if (entry == nullptr) {
    if (how == Touch::hidden) {
      ++keyspace_.stats.misses;
    } else {
      missed(key);
    }
    return nullptr;
  }
  ++keyspace_.stats.hits;
  if (how == Touch::yes ? keyspace_.touch : how == Touch::always) touch(*entry);
  return entry;
}

void Database::touch(Entry& entry) {
  const uint32_t clock = entry.access_clock();
  const uint32_t touched = keyspace_.access.touched(clock, keyspace_.now, keyspace_.rng);
  // The line is only dirtied when there is news.
  if (touched != clock) entry.set_access_clock(touched);
}

void Database::missed(std::string_view key) {
  ++keyspace_.stats.misses;
  if (KeyspaceObserver* observer = keyspace_.observer()) observer->key_missed(*this, key);
}

// True if the entry's time has come. It is gone then, unless expired keys are only hidden for now.
bool Database::expire_if_due(Entry* entry, uint64_t hash) {
  if (!entry->expired(keyspace_.now)) return false;
  if (!keyspace_.hide_expired) {
    EntryDict::Place place = dict_.locate(entry->key(), hash);
    remove_expired(place);
  }
  return true;
}

// What is there of an entry that expires: the same, or another one if fields had to go, or null if nothing is left.
Entry* Database::what_lives_of(Entry* entry, uint64_t hash) {
  if (expire_if_due(entry, hash)) return nullptr;
  if (!entry->has_field_deadlines() || keyspace_.hide_expired) return entry;
  const EntryDict::Place place = dict_.locate(entry->key(), hash);
  expire_fields(place, kFieldsPerLook);
  return place.element();
}

// Removes up to `limit` fields of a hash whose time has come; returns how many. REQUIRES: not that of all has.
size_t Database::expire_fields(const EntryDict::Place& place, size_t limit) {
  if (!some_field_due(*place.element(), keyspace_.now)) return 0;
  Slot slot(*this, place.element()->key(), place);
  return HashEditor(slot).expire(limit);
}

void Database::remove_expired(EntryDict::Place& place) {
  Entry* entry = take(place);
  KeyspaceObserver* const observer = keyspace_.observer();
  if (entry->has_field_deadlines() && !(entry->has_deadline() && entry->deadline() < keyspace_.now)) {
    keyspace_.stats.expired_fields += field_count(*entry);
    if (observer != nullptr) observer->hash_expired(*this, entry->key());
  } else {
    ++keyspace_.stats.expired;
    if (observer != nullptr) observer->key_expired(*this, entry->key());
  }
  dispose(entry, keyspace_.lazy_expire ? Reclaim::background : Reclaim::now);
}

static bool field_ttl_only(const Entry& entry) { return entry.has_field_deadlines() && !entry.has_deadline(); }

// Takes an entry out without freeing it.
Entry* Database::take(EntryDict::Place& place) {
  Entry* entry = dict_.remove(place);
  if (field_ttl_only(*entry)) --field_ttl_only_;
  return entry;
}

// An entry has come to this place: it is marked and counted by its deadlines.
void Database::follow_deadlines(EntryDict::Place& place) {
  dict_.set_mark(place, place.element()->expires());
  if (field_ttl_only(*place.element())) ++field_ttl_only_;
}

// Small things are freed faster than handed over; what takes milliseconds to free never is while others wait.
bool Database::goes_to_worker(const Entry& entry, Reclaim how) const {
  constexpr size_t kWorthIt = 64;  // as in Redis: the answer shows in lazyfreed_objects
  constexpr size_t kTooMuch = 16 * 1024;
  if (keyspace_.reclaimer() == nullptr) return false;
  return entry.free_effort() > (how == Reclaim::background ? kWorthIt : kTooMuch);
}

void Database::dispose(Entry* entry, Reclaim how) {
  if (goes_to_worker(*entry, how)) {
    keyspace_.reclaimer()->reclaim(EntryPtr(entry));
  } else {
    Entry::destroy(entry);
  }
}

// How a value is freed that another takes the place of.
Reclaim Database::reclaim_replaced() const {
  return keyspace_.lazy_server_delete ? Reclaim::background : Reclaim::now;
}

// A string is nothing that anyone waits for.
void Database::announce(const Entry& entry) {
  if (awaited && entry.type() != Type::string)
    keyspace_.observer()->key_ready(*this, entry.key(), entry.type());
}

Slot Database::probe(std::string_view key, Count count) {
  const uint64_t hash = hash_hinted(key);
  EntryDict::Place place = dict_.locate_for_write(key, hash);
  if (place.found() && place.element()->expires()) {
    if (place.element()->expired(keyspace_.now)) {
      remove_expired(place);
      place = dict_.locate_for_write(key, hash);
    } else if (place.element()->has_field_deadlines()) {
      expire_fields(place, kFieldsPerLook);
    }
  }
  if (count == Count::lookup) {
    if (place.found()) {
      ++keyspace_.stats.hits;
    } else {
      missed(key);
    }
  }
  if (place.found() && keyspace_.touch) touch(*place.element());
  return Slot(*this, key, place);
}

size_t Database::clear(Reclaim how) {
  const size_t removed = dict_.size();
  if (removed == 0) return 0;
  sweep_cursor_ = 0;
  field_ttl_only_ = 0;
  average_ttl_ms = 0;
  EntryDict old = std::exchange(dict_, EntryDict(keyspace_.seed()));
  if (how == Reclaim::background && keyspace_.reclaimer() != nullptr) keyspace_.reclaimer()->reclaim(std::move(old));
  return removed;
}

Entry* Database::random() {
  // If nearly every key has expired and none may be removed, a live one cannot be found by drawing: after this
  // many draws an expired one is better than a blocked loop.
  constexpr int kDrawsWhileHiding = 100;
  for (int draws = 1; dict_.size() > 0; ++draws) {
    Entry* entry = dict_.fair_random(keyspace_.rng);
    if (!entry->expired(keyspace_.now)) return entry;
    if (!keyspace_.hide_expired) {
      expire_if_due(entry, dict_.hash(entry->key()));
    } else if (draws == kDrawsWhileHiding) {
      return entry;
    }
  }
  return nullptr;
}

uint64_t Database::scan(uint64_t cursor, const std::function<void(Entry&)>& visit) {
  return dict_.scan(cursor, [&](Entry* entry) { visit(*entry); });
}

void Database::each(const std::function<void(Entry&)>& visit) {
  uint64_t cursor = 0;
  do cursor = scan(cursor, visit);
  while (cursor != 0);
}

Database::SweepStep Database::sweep_step(UnixMs now) {
  SweepStep step;
  // Removing while a bucket is being visited is not for the visitor; so the due ones are noted first.
  due_.clear();
  uint64_t next = dict_.scan_marked(sweep_cursor_, [&](Entry* entry) {
    ++step.visited;
    const bool over = entry->expired(now);
    if (over || (entry->has_field_deadlines() && some_field_due(*entry, now))) due_.push_back(entry);
    if (over || !entry->has_deadline()) return;
    ++step.lasting;
    step.ttl_sum_ms += static_cast<double>(entry->deadline() - now);
  });
  step.wrapped = next == 0;
  for (Entry* entry : due_) {
    EntryDict::Place place = dict_.locate_for_write(entry->key(), dict_.hash(entry->key()));
    if (entry->expired(now)) {
      remove_expired(place);
      ++step.expired;
      continue;
    }
    const size_t fields = expire_fields(place, kFieldsPerVisit);
    step.visited += fields;
    step.expired += fields;
    if (fields < kFieldsPerVisit) continue;
    // There may be more: the next step comes here again.
    next = sweep_cursor_;
    step.wrapped = false;
  }
  sweep_cursor_ = next;
  return step;
}

void Database::swap_contents(Database& a, Database& b) {
  std::swap(a.dict_, b.dict_);
  std::swap(a.sweep_cursor_, b.sweep_cursor_);
  std::swap(a.field_ttl_only_, b.field_ttl_only_);
  std::swap(a.average_ttl_ms, b.average_ttl_ms);
}

// Puts the entry that `make(entry)` returns in the place of the one that is here.
template <class F>
void Slot::replace(F&& make) {
  if (field_ttl_only(entry())) --db_.field_ttl_only_;
  Entry* const fresh = make(entry());
  if (fresh != place_.element()) db_.dict_.replace(place_, fresh);
  db_.follow_deadlines(place_);
}

void Slot::insert(Entry* entry) {
  db_.dict_.insert(place_, entry);
  db_.follow_deadlines(place_);
  created_ = true;
  db_.announce(*entry);
}

void Slot::store(Value&& value, std::optional<UnixMs> deadline) {
  if (!occupied()) {
    Entry* fresh = Entry::create(key_, std::move(value), deadline);
    fresh->set_access_clock(db_.keyspace_.access.initial(db_.keyspace_.now));
    return insert(fresh);
  }
  const Type before = entry().type();
  if (db_.goes_to_worker(entry(), db_.reclaim_replaced())) {
    Entry* fresh = Entry::create(entry().key(), std::move(value), deadline);
    fresh->set_access_clock(entry().access_clock());
    Entry* old = &entry();
    replace([fresh](Entry&) { return fresh; });
    db_.keyspace_.reclaimer()->reclaim(EntryPtr(old));
  } else {
    replace([&](Entry& old) { return old.assign(std::move(value), deadline); });
  }
  if (entry().type() != before) db_.announce(entry());
}

void Slot::resize_packed(size_t size) {
  Entry* const resized = entry().with_packed_size(size);
  if (resized != place_.element()) db_.dict_.replace(place_, resized);
}

char* Slot::resize(size_t size) {
  if (occupied()) {
    if (char* bytes = entry().resize(size)) return bytes;
  }
  StringView::Digits digits;
  const auto old = get<String>();
  const std::string_view text = old ? old->text(digits) : std::string_view{};
  mem::BlobPtr blob = mem::Blob::allocate(size);
  text.copy(blob->data(), size);
  if (size > text.size()) std::memset(blob->data() + text.size(), 0, size - text.size());
  blob->set_size(size);
  char* bytes = blob->data();
  store({.encoding = Encoding::blob, .variant = true, .blob = std::move(blob)}, Ttl::keep);
  return bytes;
}

void Slot::adopt(Entry* entry) {
  DCHECK(entry->key() == key_);
  if (!occupied()) return insert(entry);
  Entry* const old = &this->entry();
  replace([entry](Entry&) { return entry; });
  db_.dispose(old, db_.reclaim_replaced());
  db_.announce(*entry);
}

void Slot::expire_at(UnixMs deadline) {
  replace([deadline](Entry& entry) { return entry.with_deadline(deadline); });
}

bool Slot::persist() {
  if (!entry().has_deadline()) return false;
  replace([](Entry& entry) { return entry.with_deadline(std::nullopt); });
  return true;
}

void Slot::set_field_deadlines(bool any) {
  if (entry().has_field_deadlines() == any) return;
  replace([any](Entry& entry) {
    entry.set_field_deadlines(any);
    return &entry;
  });
}

void Slot::erase(Reclaim how) { db_.dispose(detach(), how); }

Entry* Slot::detach() { return db_.take(place_); }

}  // namespace redpoll::store
