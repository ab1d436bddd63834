#include "exec/command_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/assert.h"
#include "base/numbers.h"
#include "base/text.h"
#include "exec/missing_commands.h"

namespace redpoll::exec {

static uint16_t first_key_of(const Command& command) {
  const auto specs = command.keys.all();
  if (specs.empty() || specs[0].find != KeySpec::Find::range || specs[0].flags & kKeyNotKey) return 0;
  return static_cast<uint16_t>(specs[0].first);
}

static std::unique_ptr<CommandEntry> make_entry(const Command& command, const CommandEntry* parent) {
  auto entry = std::make_unique<CommandEntry>();
  entry->command = &command;
  entry->run = command.run;
  entry->arity = command.arity;
  entry->needs = needs_of(command);
  entry->name = command.name;
  entry->full_name =
      parent != nullptr ? fmt::format("{}|{}", parent->full_name, command.name) : std::string(command.name);
  entry->parent = parent;
  entry->first_key = first_key_of(command);
  if (entry->first_key != 0) {
    entry->last_key = command.keys.spec[0].last;
    entry->key_step = command.keys.spec[0].step;
  }
  entry->element = command.element;
  for (const Command& sub : command.subcommands) entry->subcommands.push_back(make_entry(sub, entry.get()));
  return entry;
}

CommandEntry* CommandEntry::find_subcommand(std::string_view called) const {
  for (const auto& sub : subcommands)
    if (iequals(sub->name, called)) return sub.get();
  return nullptr;
}

void CommandEntry::start_recording() {
  if (latency == nullptr) latency = std::make_unique<LatencyHistogram>();
  recorder = latency.get();
}

void CommandTable::add(std::span<const Command> table) {
  CHECK(slots_.empty(), "commands are added before the table is sealed");
  for (const Command& command : table) {
    for (const auto& other : entries_)
      CHECK(other->name != command.name, "command '{}' is there twice", command.name);
    entries_.push_back(make_entry(command, nullptr));
  }
}

Result<void> CommandTable::rename(std::string_view from, std::string_view to) {
  CHECK(slots_.empty(), "commands are renamed before the table is sealed");
  const auto called = [](std::string_view name) {
    return [name](const auto& entry) { return iequals(entry->name, name); };
  };
  const auto it = std::find_if(entries_.begin(), entries_.end(), called(from));
  if (it == entries_.end()) {
    if (is_missing_command(from)) return {};
    return failure("No such command in rename-command");
  }
  if (to.empty()) {
    entries_.erase(it);
    return {};
  }
  if (std::any_of(entries_.begin(), entries_.end(), called(to))) {
    return failure("Target command name already exists");
  }
  (*it)->name = to_lower(to);
  return {};
}

// Every byte behind the head counts, eight at a time: two different names differ for nearly every seed.
uint64_t CommandTable::fold_tail(uint64_t head, std::string_view name) const {
  uint64_t folded = head;
  for (name.remove_prefix(sizeof head); !name.empty();
       name.remove_prefix(std::min(name.size(), sizeof head))) {
    folded = (folded ^ head_of(name)) * seed_;
    folded ^= folded >> 29;
  }
  return folded;
}

bool CommandTable::try_seed(uint64_t seed) {
  seed_ = seed | 1;
  std::fill(slots_.begin(), slots_.end(), NameSlot{});
  for (const auto& entry : entries_) {
    const std::string_view name = entry->name;
    NameSlot& slot = slots_[slot_of(head_of(name), name)];
    if (slot.entry != nullptr) return false;
    slot = {head_of(name), name.size(), entry.get()};
  }
  return true;
}

void CommandTable::seal() {
  // Sixteen slots per command make a seed without collision likely within that many tries, up to some hundred
  // commands; more need a sparser table.
  constexpr int kTries = 4000;
  constexpr unsigned kMaxBits = 24;
  uint64_t seed = 0x9e3779b97f4a7c15;
  for (auto bits = static_cast<unsigned>(std::bit_width(entries_.size() * 16 + 1)); bits <= kMaxBits;
       ++bits) {
    slots_.assign(size_t{1} << bits, {});
    shift_ = 64 - bits;
    for (int i = 0; i < kTries; ++i) {
      if (try_seed(seed)) return;
      seed = seed * 6364136223846793005 + 1442695040888963407;
    }
  }
  panic("no perfect hash for the command names");
}

CommandEntry* CommandTable::find_full(std::string_view name) const {
  const size_t bar = name.find('|');
  CommandEntry* entry = find(name.substr(0, bar));
  if (entry == nullptr || bar == std::string_view::npos) return entry;
  return entry->find_subcommand(name.substr(bar + 1));
}

static void reset(CommandEntry& entry) {
  entry.stats = {};
  entry.recorder = nullptr;
  entry.latency.reset();
  for (const auto& sub : entry.subcommands) reset(*sub);
}

void CommandTable::reset_stats() {
  for (const auto& entry : entries_) reset(*entry);
}

void CommandTable::stop_recording() {
  for (const auto& entry : entries_) {
    entry->recorder = nullptr;
    for (const auto& sub : entry->subcommands) sub->recorder = nullptr;
  }
}

static KeyFlags flags_of(const KeySpec& spec, std::span<const resp::Arg> args) {
  return spec.flags_of != nullptr ? spec.flags_of(args) : spec.flags;
}

static bool add_range(const KeySpec& spec, std::span<const resp::Arg> args, std::vector<KeyPosition>& keys) {
  const auto count = static_cast<int64_t>(args.size());
  const int64_t last = spec.last < 0 ? count + spec.last : spec.first + spec.last;
  for (int64_t i = spec.first; i <= last; i += spec.step) {
    if (i >= count) return false;
    keys.push_back({static_cast<size_t>(i), flags_of(spec, args)});
  }
  return true;
}

static bool add_counted(const KeySpec& spec, std::span<const resp::Arg> args,
                        std::vector<KeyPosition>& keys) {
  const auto at = static_cast<size_t>(spec.first);
  const auto count = at < args.size() ? parse_int64(args[at]) : std::nullopt;
  if (!count || *count < 1 || static_cast<uint64_t>(*count) > args.size() - at - 1) return false;
  for (size_t i = 1; i <= static_cast<size_t>(*count); ++i) keys.push_back({at + i, flags_of(spec, args)});
  return true;
}

static bool add_found(const KeySpec& spec, std::span<const resp::Arg> args, std::vector<KeyPosition>& keys) {
  const size_t index = spec.finder != nullptr ? spec.finder(args) : 0;
  if (index != 0) keys.push_back({index, flags_of(spec, args)});
  return true;
}

static bool add_keys(const KeySpec& spec, std::span<const resp::Arg> args, std::vector<KeyPosition>& keys) {
  switch (spec.find) {
    case KeySpec::Find::range: return add_range(spec, args, keys);
    case KeySpec::Find::key_count: return add_counted(spec, args, keys);
    case KeySpec::Find::unknown: return add_found(spec, args, keys);
  }
  return false;
}

Result<std::vector<KeyPosition>> find_keys(const Command& command, std::span<const resp::Arg> args) {
  std::vector<KeyPosition> keys;
  for (const KeySpec& spec : command.keys.all()) {
    if (spec.flags & kKeyNotKey) continue;
    if (!add_keys(spec, args, keys)) return failure("Invalid arguments specified for command");
  }
  return keys;
}

}  // namespace redpoll::exec
