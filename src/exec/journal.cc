#include "exec/journal.h"

#include <algorithm>
#include <utility>

#include "base/numbers.h"
#include "store/keyspace.h"

namespace redpoll::exec {

void Journal::observe(store::Keyspace& keyspace) {
  keyspace_ = &keyspace;
  keyspace.listen_only(interests_);
}

void Journal::read_by(JournalReader& reader, Interests interests) {
  const auto is_reader = [&](const Reader& known) { return known.reader == &reader; };
  const auto known = std::find_if(readers_.begin(), readers_.end(), is_reader);
  if (known != readers_.end()) {
    known->interests = interests;
  } else {
    readers_.push_back({&reader, interests});
  }
  std::erase_if(readers_, [](const Reader& each) { return each.interests == 0; });
  interests_ = 0;
  for (const Reader& each : readers_) interests_ |= each.interests;
  if (keyspace_ != nullptr) keyspace_->listen_only(interests_);
}

Journal::Text Journal::keep(std::string_view text) {
  bytes_.append(text);
  return {bytes_.size() - text.size(), text.size()};
}

void Journal::event(Event type, std::string_view name, int db, std::string_view key) {
  events_.push_back({db, type, name, keep(key)});
  recorded();
}

void Journal::put_word(int64_t number) {
  char digits[kInt64Chars];
  put_word(std::string_view(digits, format_int64(digits, number)));
}

void Journal::end_command(int db) {
  const size_t first = commands_.empty() ? 0 : commands_.back().first_word + commands_.back().words;
  commands_.push_back({db, first, words_.size() - first});
  recorded();
}

// --- what the store tells

void Journal::key_changed(store::Database& db, std::string_view key, const store::KeyChange& change) {
  using enum store::Change;
  begin();  // one unit, also outside of any: the end of a key is an event and a command as well
  if (wants(interest::kChanges)) {
    changes_.push_back({db.index(), keep(key), change});
    pending_ = true;
  }
  if (change.what == expired && wants(interest::kEvents)) event(Event::expired, "expired", db.index(), key);
  if (change.what == hash_expired && wants(interest::kEvents)) {
    event(Event::hash, "hexpired", db.index(), key);
    event(Event::generic, "del", db.index(), key);
  }
  if (change.what == evicted && wants(interest::kEvents)) event(Event::evicted, "evicted", db.index(), key);
  // Others must not wait for their own clock, nor choose by themselves: they are told that the key is gone.
  const store::Keyspace& keyspace = db.keyspace();
  if (change.what == evicted) propagate_removal(db, key, keyspace.lazy_eviction);
  if (change.what == expired || change.what == hash_expired) propagate_removal(db, key, keyspace.lazy_expire);
  end();
}

void Journal::propagate_removal(store::Database& db, std::string_view key, bool lazily) {
  if (!wants(interest::kCommands)) return;
  const resp::Arg words[] = {lazily ? "UNLINK" : "DEL", key};
  command(db.index(), words);
}

void Journal::fields_expired(store::Database& db, std::string_view key, std::span<const std::string> fields) {
  begin();
  if (wants(interest::kEvents)) event(Event::hash, "hexpired", db.index(), key);
  if (wants(interest::kCommands)) {
    std::vector<resp::Arg> words{"HDEL", key};
    for (const std::string_view field : fields) words.emplace_back(field);
    command(db.index(), words);
  }
  end();
}

void Journal::key_missed(store::Database& db, std::string_view key) {
  event(Event::key_miss, "keymiss", db.index(), key);
}

void Journal::before_clear(store::Database& db) {
  for (const Reader& each : readers_) {
    if (each.interests & interest::kChanges) each.reader->database_cleared(db);
  }
}

void Journal::swapped(store::Database& a, store::Database& b) {
  for (const Reader& each : readers_) {
    if (each.interests & interest::kChanges) each.reader->databases_swapped(a, b);
  }
}

// --- the end of a unit

void Journal::commit() {
  for (const Reader& each : readers_) each.reader->committed(JournalUnit(*this));
  forget();
}

// Memory is kept for the next unit, unless this one was unusually large.
void Journal::forget() {
  pending_ = false;
  constexpr size_t kKeptBytes = 64 * 1024, kKeptRecords = 1024;
  const auto clear = [](auto& records, size_t kept) {
    if (records.capacity() > kept) {
      std::remove_reference_t<decltype(records)>().swap(records);
    } else {
      records.clear();
    }
  };
  clear(bytes_, kKeptBytes);
  clear(changes_, kKeptRecords);
  clear(events_, kKeptRecords);
  clear(commands_, kKeptRecords);
  clear(words_, kKeptRecords);
}

}  // namespace redpoll::exec
