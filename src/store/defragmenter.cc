#include "store/defragmenter.h"

namespace redpoll::store {

// Blocks looked at before the clock is read again: some microseconds.
static constexpr uint64_t kBlocksPerClockRead = 64;
// Buckets without a key cost something too.
static constexpr uint64_t kStepsPerClockRead = 256;

bool Defragmenter::sweep_for(int64_t budget_us, size_t whole) {
  const MonoUs end = clocks_.mono() + budget_us;
  const auto blocks = [this] { return relocator_.hits() + relocator_.misses(); };
  for (uint64_t seen = blocks(), steps = 0;;) {
    step(whole);
    if (db_ == keyspace_.size()) {
      db_ = 0;
      return true;
    }
    if (blocks() - seen < kBlocksPerClockRead && ++steps < kStepsPerClockRead) continue;
    if (clocks_.mono() >= end) return false;
    seen = blocks();
    steps = 0;
  }
}

void Defragmenter::step(size_t whole) {
  Database& db = keyspace_.db(db_);
  if (!large_.empty()) return visit_large(db);
  if (through_ || db.size() == 0) return next_database();
  visit_bucket(db, whole);
}

void Defragmenter::next_database() {
  ++db_;
  cursor_ = 0;
  through_ = false;
}

void Defragmenter::visit_bucket(Database& db, size_t whole) {
  cursor_ = db.relocate(cursor_, [&](Entry* entry) {
    const uint64_t before = relocator_.hits();
    Entry* const kept = entry->relocated(relocator_);
    if (kept->encoding() == Encoding::object) {
      Object& object = kept->object();
      if (object.free_effort() > whole) {
        large_.emplace_back(kept->key());
        return kept;
      }
      uint64_t cursor = 0;
      do cursor = object.relocate(cursor, relocator_);
      while (cursor != 0);
    }
    count_key(before);
    return kept;
  });
  through_ = cursor_ == 0;
}

// One bucket of it. It may have gone meanwhile, or another have come in its place: then a part of that is not
// looked at in this sweep.
void Defragmenter::visit_large(Database& db) {
  const uint64_t before = relocator_.hits();
  if (Object* const object = db.collection_to_relocate(large_.back())) {
    large_cursor_ = object->relocate(large_cursor_, relocator_);
    if (large_cursor_ != 0) return;
  }
  large_cursor_ = 0;
  large_.pop_back();
  count_key(before);
}

void Defragmenter::count_key(uint64_t hits_before) {
  ++(relocator_.hits() != hits_before ? key_hits_ : key_misses_);
}

}  // namespace redpoll::store
