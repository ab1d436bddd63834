// All commands of a server, found by name with a perfect hash.
//
// Built at start from the tables of the command files; commands can be renamed and removed before `seal`. Each
// entry carries the run-time statistics of its command.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/command.h"
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
  std::string name;       // as clients call it: renamed, or the subcommand's own word
  std::string full_name;  // "get", "config|get": for statistics and error texts
  const CommandEntry* parent = nullptr;
  std::vector<std::unique_ptr<CommandEntry>> subcommands;
  uint16_t first_key = 0;  // index of the first key's argument, 0 if it is not known beforehand
  CommandStats stats;

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
    CommandEntry* entry = slots_[slot_of(name)];
    return entry != nullptr && same_name(entry->name, name) ? entry : nullptr;
  }
  // By "name" or "container|subcommand".
  CommandEntry* find_full(std::string_view name) const;
  // The entry of a request: the subcommand's where there is one. Null if the command does not exist; the
  // container itself if its subcommand does not.
  CommandEntry* resolve(std::span<const resp::Arg> args) const;

  // In the order in which they were added, subcommands inside their containers.
  std::span<const std::unique_ptr<CommandEntry>> all() const { return entries_; }
  void reset_stats();

 private:
  static bool same_name(std::string_view a, std::string_view b);
  size_t slot_of(std::string_view name) const;
  bool try_seed(uint64_t seed);

  std::vector<std::unique_ptr<CommandEntry>> entries_;
  std::vector<CommandEntry*> slots_;
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
