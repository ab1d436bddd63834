// All commands of a server, found by name with a perfect hash.
//
// Built at start from the tables of the command files; commands can be renamed and removed before `seal`.
// Each entry carries the run-time statistics of its command.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "exec/admission.h"
#include "exec/command.h"
#include "exec/latency_histogram.h"
#include "resp/arg.h"

namespace redpoll::exec {

struct CommandStats {
  uint64_t calls = 0;
  uint64_t ticks = 0;     // time spent, in processor ticks
  uint64_t rejected = 0;  // refused before they ran
  uint64_t failed = 0;    // ran and answered an error
};

struct CommandEntry {
  const Command* command = nullptr;
  // Of the command, where the Executor finds them at once.
  Handler run;
  Arity arity;
  Needs needs = 0;
  CommandStats stats;
  // Of how long its calls took; null before the first one that was recorded.
  std::unique_ptr<LatencyHistogram> latency;
  // The same while it is recorded, else null.
  LatencyHistogram* recorder = nullptr;
  std::string name;       // as clients call it: renamed, or the subcommand's own word
  std::string full_name;  // "get", "config|get": for statistics and error texts
  const CommandEntry* parent = nullptr;
  std::vector<std::unique_ptr<CommandEntry>> subcommands;
  uint16_t first_key = 0;  // index of the first key's argument, 0 if it is not known beforehand
  int16_t last_key = 0;    // of the first key specification: counted from the first, or negative from the end
  int16_t key_step = 1;
  uint16_t element = 0;  // see Command::element

  // The index of the last key of the first key specification in a request of so many arguments.
  size_t last_key_of(size_t args) const {
    return static_cast<size_t>(last_key < 0 ? static_cast<int64_t>(args) + last_key : first_key + last_key);
  }

  // From now on its calls are recorded.
  void start_recording();

  // The subcommand called `name`, case ignored, or null. O(number of subcommands).
  CommandEntry* find_subcommand(std::string_view called) const;
};

class CommandTable {
 public:
  // REQUIRES: not sealed; no command is there twice.
  void add(std::span<const Command> table);
  // Gives a command another name, or removes it if `to` is empty. REQUIRES: not sealed.
  Result<void> rename(std::string_view from, std::string_view to);
  // Builds the hash; from now on the table can be searched.
  void seal();

  // The command called `name`, case ignored, or null. O(1). REQUIRES: sealed.
  CommandEntry* find(std::string_view name) const {
    const uint64_t head = head_of(name);
    const NameSlot& slot = slots_[slot_of(head, name)];
    if (slot.head != head || slot.size != name.size()) return nullptr;
    return name.size() <= sizeof head || iequals(slot.entry->name, name) ? slot.entry : nullptr;
  }
  // By "name" or "container|subcommand".
  CommandEntry* find_full(std::string_view name) const;
  // The entry of a request: the subcommand's where there is one. Null if the command does not exist; the
  // container itself if its subcommand does not.
  CommandEntry* resolve(std::span<const resp::Arg> args) const {
    CommandEntry* entry = find(args[0]);
    if (entry == nullptr || entry->subcommands.empty() || args.size() < 2) [[likely]]
      return entry;
    CommandEntry* sub = entry->find_subcommand(args[1]);
    return sub != nullptr ? sub : entry;
  }

  // In the order in which they were added, subcommands inside their containers.
  std::span<const std::unique_ptr<CommandEntry>> all() const { return entries_; }
  void reset_stats();
  // What was recorded stays; the Executor goes on recording by itself.
  void stop_recording();

 private:
  // Most names are no longer than one word: comparing that word and the size compares them.
  struct NameSlot {
    uint64_t head = 0;
    size_t size = SIZE_MAX;  // an empty slot is no name's
    CommandEntry* entry = nullptr;
  };

  // The first eight bytes of a name in lower case, zeros behind a shorter one.
  static uint64_t head_of(std::string_view name) {
    const char* p = name.data();
    const size_t n = name.size();
    uint64_t head = 0;
    if (n >= 8) {
      std::memcpy(&head, p, 8);
    } else if (n >= 4) {
      // Two halves that overlap: where they do, they agree.
      uint32_t first, last;
      std::memcpy(&first, p, 4);
      std::memcpy(&last, p + n - 4, 4);
      head = first | uint64_t{last} << (8 * (n - 4));
    } else if (n > 0) {
      const auto byte = [p](size_t i) { return uint64_t{static_cast<unsigned char>(p[i])} << (8 * i); };
      head = byte(0) | byte(n / 2) | byte(n - 1);
    }
    return to_lower8(head);
  }
  size_t slot_of(uint64_t head, std::string_view name) const {
    const uint64_t folded = name.size() <= sizeof head ? head : fold_tail(head, name);
    return static_cast<size_t>((folded ^ folded >> 32) * seed_ >> shift_);
  }
  uint64_t fold_tail(uint64_t head, std::string_view name) const;
  bool try_seed(uint64_t seed);

  std::vector<std::unique_ptr<CommandEntry>> entries_;
  std::vector<NameSlot> slots_;
  uint64_t seed_ = 0;
  unsigned shift_ = 0;
};

// Positions of the keys among `args`, and what the command does with each.
struct KeyPosition {
  size_t index;
  KeyFlags flags;  // of this request: they do not vary
};
// Fails with the texts of COMMAND GETKEYS. REQUIRES: the arity accepts the number of arguments.
Result<std::vector<KeyPosition>> find_keys(const Command& command, std::span<const resp::Arg> args);

}  // namespace redpoll::exec
