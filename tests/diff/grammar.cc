#include "diff/grammar.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "admin/tables.h"
#include "base/assert.h"
#include "base/numbers.h"
#include "base/text.h"
#include "diff/documented_request.h"

namespace redpoll::diff {

namespace {

std::vector<Family> families() {
  return {string_family(), generic_family(), connection_family(), server_family()};
}

using CommandsByName = std::map<std::string, const exec::Command*, std::less<>>;

// Every command by its full name, subcommands apart.
const CommandsByName& commands() {
  static const CommandsByName all = [] {
    CommandsByName found;
    for (const auto table : admin::all_tables()) {
      for (const exec::Command& command : table) {
        if (command.run != nullptr || command.subcommands.empty()) found.emplace(command.name, &command);
        for (const exec::Command& subcommand : command.subcommands)
          found.emplace(std::string(command.name) + "|" + std::string(subcommand.name), &subcommand);
      }
    }
    return found;
  }();
  return all;
}

// Full name to rule.
const std::map<std::string, const Rule*, std::less<>>& rules() {
  static const auto all = [] {
    std::map<std::string, const Rule*, std::less<>> found;
    for (const Family& family : families()) {
      for (const Rule& rule : family.rules) found.emplace(rule.command, &rule);
    }
    return found;
  }();
  return all;
}

// Where the words of a valid request may be spoilt: the name itself only now and then.
size_t some_argument(Vocabulary& vocabulary, const Words& words) {
  if (words.size() == 1 || vocabulary.one_in(30)) return vocabulary.rng().below(words.size());
  return 1 + vocabulary.rng().below(words.size() - 1);
}

// Never leaves a container without its subcommand: that may be another command, as COMMAND is.
void spoil(Vocabulary& vocabulary, Words& words, bool has_subcommand) {
  const size_t at = some_argument(vocabulary, words);
  const auto place = words.begin() + static_cast<std::ptrdiff_t>(at);
  switch (vocabulary.rng().below(6)) {
    case 0:
      if (at > (has_subcommand ? 1 : 0)) words.erase(place);
      break;
    case 1: words.insert(place + 1, vocabulary.junk()); break;
    case 2: *place = vocabulary.junk(); break;
    case 3: words.insert(place, std::string(*place)); break;
    case 4: std::swap(*place, words[some_argument(vocabulary, words)]); break;
    case 5: words.push_back(vocabulary.junk()); break;
  }
}

// What Redis may know and Redpoll does not (yet), nobody knows: SYNC would make a replica of a client.
void keep_unknown_unknown(Words& words) {
  const auto known = commands().lower_bound(to_lower(words[0]));
  if (known == commands().end() || !known->first.starts_with(to_lower(words[0]))) words[0].insert(0, "no-");
}

// A number that might be read as a short time to live would make replies depend on when they were asked for:
// in seconds it becomes a long time, in milliseconds one that is over when the schedule goes on. How long to
// wait then.
int avoid_short_lives(Words& words, const exec::Command& command) {
  const bool milliseconds = takes_time(command, "milliseconds");
  if (!milliseconds && !takes_time(command, "seconds")) return 0;
  int settle_ms = 0;
  for (size_t i = 1; i < words.size(); ++i) {
    // SET keeps what has expired long ago, until somebody looks.
    if (iequals(words[i - 1], "EXAT") || iequals(words[i - 1], "PXAT")) settle_ms = std::max(settle_ms, 1);
    const auto number = parse_int64(words[i]);
    if (!number || *number <= 0 || *number > 60'000) continue;
    if (!milliseconds || iequals(words[i - 1], "EX")) {
      words[i] = "100";
    } else {
      words[i] = kSoonMs;
      settle_ms = kSettleMs;
    }
  }
  return settle_ms;
}

}  // namespace

std::vector<std::string> gaps() {
  std::vector<std::string> found;
  std::map<std::string_view, std::string_view> mentioned;  // command to the group of its family
  for (const Family& family : families()) {
    const auto mention = [&](std::string_view command) {
      if (!mentioned.emplace(command, family.group).second)
        found.push_back(std::string(command) + " is mentioned twice");
      if (!commands().contains(command))
        found.push_back(std::string(command) + " has a rule and does not exist");
    };
    for (const Rule& rule : family.rules) mention(rule.command);
    for (const Excluded& excluded : family.excluded) mention(excluded.command);
  }
  for (const auto& [name, command] : commands()) {
    const auto at = mentioned.find(name);
    if (at == mentioned.end()) {
      found.push_back(name + " (group " + std::string(command->docs.group) + ") has no rule");
    } else if (at->second != command->docs.group) {
      found.push_back(name + " belongs to the family " + std::string(command->docs.group));
    }
  }
  return found;
}

Grammar::Grammar(std::span<const std::string> groups) {
  for (const Family& family : families()) {
    if (!groups.empty() && std::find(groups.begin(), groups.end(), family.group) == groups.end()) continue;
    for (const Rule& rule : family.rules) {
      entries_.push_back({&rule, commands().find(rule.command)->second});
      total_weight_ += rule.weight;
    }
  }
  if (entries_.empty()) throw std::runtime_error("no family of commands has that name");
}

const Grammar::Entry& Grammar::choose(Vocabulary& vocabulary) const {
  auto left = static_cast<int>(vocabulary.rng().below(static_cast<uint64_t>(total_weight_)));
  for (const Entry& entry : entries_) {
    left -= entry.rule->weight;
    if (left < 0) return entry;
  }
  return entries_.back();
}

Step Grammar::request(Vocabulary& vocabulary) const {
  const Entry& entry = choose(vocabulary);
  Step step;
  // Generators exist where a random word could do harm, so what they made stays as it is.
  if (entry.rule->generate != nullptr) {
    step.words = entry.rule->generate(vocabulary);
    return step;
  }
  step.words = documented_request(vocabulary, entry.rule->command, *entry.command);
  if (vocabulary.one_in(8))
    spoil(vocabulary, step.words, entry.rule->command.find('|') != std::string_view::npos);
  keep_unknown_unknown(step.words);
  step.settle_ms = avoid_short_lives(step.words, *entry.command);
  return step;
}

const Rule* rule_of(const Words& words) {
  const std::string name = to_lower(words.front());
  if (words.size() > 1) {
    const auto subcommand = rules().find(name + "|" + to_lower(words[1]));
    if (subcommand != rules().end()) return subcommand->second;
  }
  const auto rule = rules().find(name);
  return rule != rules().end() ? rule->second : nullptr;
}

Match match_of(const Words& words) {
  const Rule* rule = rule_of(words);
  return rule != nullptr ? rule->match : Match::exact;
}

}  // namespace redpoll::diff
