// What a unit of execution did, written down while it runs and handed on when it is over.
//
//   keyspace ── key changed, expired, missed ──┐
//   handler  ── events, commands to propagate ─┼─► Journal ── committed ─► Watches, Conditions, ...
//                                              ┘   (one unit)             (JournalReader, each with its
//                                              interest)
//
// A unit is the outermost command with all that it runs (EXEC and its queue, a script and its calls); what
// happens outside of any, as a key that the cron removes, is a unit of its own. So a reader never sees half
// of a transaction. If a unit propagates more than one command, MULTI and EXEC stand around them.
//
// What nobody is interested in is not written down: that costs one test of a mask.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exec/event.h"
#include "resp/arg.h"
#include "store/change.h"

namespace redpoll::store {
class Keyspace;
}

namespace redpoll::exec {

// What a reader wants to hear of. A set of bits.
using Interests = uint8_t;
namespace interest {
inline constexpr Interests kChanges = store::kChanges;  // of keys and databases
inline constexpr Interests kEvents = store::kEvents;    // keyspace events
inline constexpr Interests kCommands = store::kLog;     // what an append-only file and replicas are told
}  // namespace interest

// Valid while the unit is handed on.
struct ChangedKey {
  int db;
  std::string_view key;
  store::KeyChange change;
};
struct KeyEvent {
  int db;
  Event type;
  std::string_view name;
  std::string_view key;
};
struct PropagatedCommand {
  static constexpr int kNoDatabase = -1;
  int db;  // kNoDatabase: MULTI and EXEC, which are about none
  std::span<const resp::Arg> words;
};

class Journal;

// What one unit did. Each kind of thing is told in the order in which it happened.
class JournalUnit {
 public:
  // visit(const ChangedKey&), visit(const KeyEvent&), visit(const PropagatedCommand&).
  template <class Visit>
  void each_change(Visit&& visit) const;
  template <class Visit>
  void each_event(Visit&& visit) const;
  template <class Visit>
  void each_command(Visit&& visit) const;

 private:
  friend class Journal;
  explicit JournalUnit(const Journal& journal) : journal_(journal) {}

  const Journal& journal_;
};

class JournalReader {
 public:
  // A unit is over. The reader notes what it needs to know; it changes no key here.
  virtual void committed(const JournalUnit& unit) = 0;
  // Two databases have exchanged their contents. Told at once.
  virtual void databases_swapped(store::Database&, store::Database&) {}
  // All keys of the database go. Told at once.
  virtual void database_cleared(store::Database&) {}

 protected:
  ~JournalReader() = default;
};

class Journal final : public store::ChangeObserver {
 public:
  Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // The keyspace whose observer this is tells only what somebody is interested in. Called once.
  void observe(store::Keyspace& keyspace);
  // From now on `reader` is told of what `interests` says; none of it: of nothing any more. REQUIRES: not
  // while a unit is handed on; the reader outlives the journal or takes its interest back.
  void read_by(JournalReader& reader, Interests interests);
  bool wants(Interests what) const { return (interests_ & what) != 0; }

  // --- for the Executor: a unit lasts from the first begin to the last end
  void begin() { ++depth_; }
  void end() {
    if (--depth_ == 0 && pending_) [[unlikely]]
      commit();
  }

  // --- for handlers. REQUIRES: wants(interest::kEvents), wants(interest::kCommands).
  void event(Event type, std::string_view name, int db, std::string_view key);
  void command(int db, std::span<const resp::Arg> words) {
    put_word(words);
    end_command(db);
  }
  // A command word by word, with nothing else in between: text, numbers, several at once.
  void put_word(std::string_view word) { words_.push_back(keep(word)); }
  void put_word(int64_t number);
  void put_word(std::span<const resp::Arg> several) {
    for (const resp::Arg word : several) put_word(word.view());
  }
  void end_command(int db);

  // --- store::ChangeObserver
  void key_changed(store::Database& db, std::string_view key, const store::KeyChange& change) override;
  void fields_expired(store::Database& db, std::string_view key,
                      std::span<const std::string> fields) override;
  void key_missed(store::Database& db, std::string_view key) override;
  void swapped(store::Database& a, store::Database& b) override;
  void before_clear(store::Database& db) override;

 private:
  friend class JournalUnit;
  struct Text {
    size_t begin;
    size_t size;
  };
  struct Change {
    int db;
    Text key;
    store::KeyChange change;
  };
  struct EventRecord {
    int db;
    Event type;
    std::string_view name;  // a constant
    Text key;
  };
  struct Command {
    int db;
    size_t first_word;
    size_t words;
  };
  struct Reader {
    JournalReader* reader;
    Interests interests;
  };

  Text keep(std::string_view text);
  std::string_view view(Text text) const { return {bytes_.data() + text.begin, text.size}; }
  void propagate_removal(store::Database& db, std::string_view key, bool lazily);
  void recorded() {
    pending_ = true;
    if (depth_ == 0) commit();
  }
  void commit();
  void forget();

  store::Keyspace* keyspace_ = nullptr;
  std::vector<Reader> readers_;
  Interests interests_ = 0;
  int depth_ = 0;
  bool pending_ = false;  // something is written down
  std::string bytes_;     // of keys and words
  std::vector<Change> changes_;
  std::vector<EventRecord> events_;
  std::vector<Command> commands_;
  std::vector<Text> words_;
};

template <class Visit>
void JournalUnit::each_change(Visit&& visit) const {
  for (const auto& c : journal_.changes_) visit(ChangedKey{c.db, journal_.view(c.key), c.change});
}

template <class Visit>
void JournalUnit::each_event(Visit&& visit) const {
  for (const auto& e : journal_.events_) visit(KeyEvent{e.db, e.type, e.name, journal_.view(e.key)});
}

template <class Visit>
void JournalUnit::each_command(Visit&& visit) const {
  static constexpr resp::Arg kMulti[] = {"MULTI"}, kExec[] = {"EXEC"};
  const bool several = journal_.commands_.size() > 1;
  if (several) visit(PropagatedCommand{PropagatedCommand::kNoDatabase, kMulti});
  std::vector<resp::Arg> words;
  for (const auto& c : journal_.commands_) {
    words.clear();
    for (size_t i = 0; i < c.words; ++i) words.emplace_back(journal_.view(journal_.words_[c.first_word + i]));
    visit(PropagatedCommand{c.db, words});
  }
  if (several) visit(PropagatedCommand{PropagatedCommand::kNoDatabase, kExec});
}

}  // namespace redpoll::exec
