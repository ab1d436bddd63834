#include "store/slot.h"

#include <cstring>

namespace redpoll::store {

// Keeps in mind what the slot began with, and shows it to who wants pre-images.
void Slot::remember() {
  if (std::exchange(remembered_, true)) return;
  existed_ = occupied();
  if (!existed_) return;
  type_before_ = entry().type();
  if (db_.keyspace_.wants_pre_images) db_.keyspace_.observer()->before_change(db_, entry());
}

// Says what became of the key, all in all.
void Slot::tell() const {
  if (!existed_ && !occupied()) return;
  const Keyspace& keyspace = db_.keyspace_;
  if (keyspace.listeners & kAccess && occupied()) {
    place_.element()->set_access_clock(keyspace.access.modified(keyspace.terms().now));
  }
  if (!keyspace.heard()) return;
  KeyChange change{.what = Change::removed, .type = type_before_, .came_to_type = false};
  if (occupied()) {
    change.what = !existed_                       ? Change::created
                  : changed_ == Changed::deadline ? Change::deadline
                                                  : Change::modified;
    change.type = entry().type();
    change.came_to_type = !existed_ || change.type != type_before_;
  }
  keyspace.observer()->key_changed(db_, occupied() ? entry().key() : key_, change);
}

// Puts the entry that `make(entry)` returns in the place of the one that is here.
template <class F>
void Slot::replace(F&& make) {
  Entry& old = *place_.element();
  if (old.has_only_field_deadlines()) --db_.field_ttl_only_;
  Entry* const fresh = make(old);
  if (fresh != place_.element()) db_.dict_.replace(place_, fresh);
  db_.follow_deadlines(place_);
}

void Slot::insert(Entry* entry) {
  db_.dict_.insert(place_, entry);
  db_.follow_deadlines(place_);
  created_ = true;
}

void Slot::put(Value&& value, std::optional<UnixMs> deadline) {
  if (!occupied()) {
    Entry* fresh = Entry::create(key_, std::move(value), deadline);
    fresh->set_access_clock(db_.keyspace_.access.initial(db_.keyspace_.terms().now));
    return insert(fresh);
  }
  if (!db_.goes_to_worker(entry(), db_.reclaim_replaced())) {
    return replace([&](Entry& old) { return old.assign(std::move(value), deadline); });
  }
  Entry* fresh = Entry::create(entry().key(), std::move(value), deadline);
  fresh->set_access_clock(entry().access_clock());
  EntryPtr gone;
  replace([&](Entry& old) {
    gone.reset(&old);
    return fresh;
  });
  db_.keyspace_.reclaimer()->reclaim(std::move(gone));
}

void Slot::store(Value&& value, std::optional<UnixMs> deadline) {
  note_change();
  put(std::move(value), deadline);
}

void Slot::reencode(Value&& value) {
  begin();
  put(std::move(value), deadline());
}

void Slot::resize_packed(size_t size) {
  Entry* const resized = begin_edit().with_packed_size(size);
  if (resized != place_.element()) db_.dict_.replace(place_, resized);
}

char* Slot::resize(size_t size) {
  if (occupied()) {
    if (char* bytes = edit().resize(size)) return bytes;
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

void Slot::adopt(EntryPtr entry) {
  DCHECK(entry->key() == key_);
  note_change();
  if (!occupied()) return insert(entry.release());
  Entry* old = nullptr;
  replace([&](Entry& here) {
    old = &here;
    return entry.release();
  });
  db_.dispose(old, db_.reclaim_replaced());
}

void Slot::expire_at(UnixMs deadline) {
  begin();
  replace([deadline](Entry& entry) { return entry.with_deadline(deadline); });
  if (changed_ == Changed::nothing) changed_ = Changed::deadline;
}

bool Slot::persist() {
  if (!entry().has_deadline()) return false;
  begin();
  replace([](Entry& entry) { return entry.with_deadline(std::nullopt); });
  if (changed_ == Changed::nothing) changed_ = Changed::deadline;
  return true;
}

void Slot::set_field_deadlines(bool any) {
  if (entry().has_field_deadlines() == any) return;
  begin();
  replace([any](Entry& entry) {
    entry.set_field_deadlines(any);
    return &entry;
  });
}

void Slot::erase(Reclaim how) { db_.dispose(detach().release(), how); }

EntryPtr Slot::detach() {
  note_change();
  return EntryPtr(db_.take(place_));
}

}  // namespace redpoll::store
