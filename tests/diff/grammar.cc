#include "diff/grammar.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
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
  return {string_family(),  list_family(),       hash_family(),   set_family(),        sorted_set_family(),
          generic_family(), connection_family(), server_family(), transaction_family()};
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
      for (const Alone& alone : family.alone) found.emplace(alone.rule.command, &alone.rule);
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
  const auto known = rules().lower_bound(to_lower(words[0]));
  if (known == rules().end() || !known->first.starts_with(to_lower(words[0]))) words[0].insert(0, "no-");
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

// A timeout as both servers read it; nullopt if it is none.
std::optional<double> timeout_of(const std::string& word) {
  char* end = nullptr;
  const double seconds = std::strtod(word.c_str(), &end);
  if (word.empty() || end != word.c_str() + word.size() || std::isnan(seconds)) return std::nullopt;
  return seconds;
}

// Longer than any schedule takes.
constexpr double kForever = 100'000;

void bound_sample(Words& words) {
  constexpr int64_t kLeast = -1000;
  for (std::string& word : std::span(words).subspan(1)) {
    const auto count = parse_int64(word);
    if (count && *count<kLeast&& * count> INT64_MIN) word = std::to_string(kLeast);
  }
}

// From the beginning to the end in one step. What is no cursor stays.
void scan_at_once(Words& words) {
  if (words.size() < 3) return;
  if (std::strtoull(words[2].c_str(), nullptr, 10) != 0) words[2] = "0";
  if (words[words.size() - 2] != "COUNT" || words.back() != "1000")
    words.insert(words.end(), {"COUNT", "1000"});
}

// The words that follow a word of that name, which may be there several times.
std::vector<std::string_view> following(const Words& words, std::string_view name) {
  std::vector<std::string_view> found;
  for (size_t i = 2; i < words.size(); ++i) {
    if (iequals(words[i - 1], name)) found.push_back(words[i]);
  }
  return found;
}
bool has(const Words& words, std::string_view name) {
  return std::any_of(words.begin(), words.end(),
                     [name](const std::string& word) { return iequals(word, name); });
}

// Numbers that are equal are ordered by the elements; texts that are equal are not.
bool leaves_order_open(const Words& words) { return has(words, "ALPHA") && has(words, "BY"); }

Match match_of_sort(const Words& words) {
  if (has(words, "STORE")) return Match::exact;
  const auto patterns = following(words, "BY");
  // A pattern without a star says that nothing is sorted, and sets have no order.
  const bool unsorted = std::any_of(patterns.begin(), patterns.end(), [](std::string_view pattern) {
    return pattern.find('*') == std::string_view::npos;
  });
  if (!unsorted && !leaves_order_open(words)) return Match::exact;
  return has(words, "LIMIT") ? Match::count : Match::unordered;
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
    for (const Alone& alone : family.alone) mention(alone.rule.command);
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

Grammar::Grammar(const Selection& selection) : alone_(selection.alone) {
  const auto& groups = selection.groups;
  for (const Family& family : families()) {
    if (!groups.empty() && std::find(groups.begin(), groups.end(), family.group) == groups.end()) continue;
    for (const Rule& rule : family.rules) add(rule, family.group);
    if (!selection.alone) continue;
    for (const Alone& alone : family.alone) add(alone.rule, family.group);
  }
  if (entries_.empty()) throw std::runtime_error("no family of commands has that name");
}

void Grammar::add(const Rule& rule, std::string_view group) {
  Entry& entry =
      entries_.emplace_back(Entry{&rule, commands().at(std::string(rule.command)), group, std::nullopt});
  if (!rule.source.form.empty()) entry.form.emplace(rule.source.form);
  total_weight_ += rule.weight;
}

const Grammar::Entry& Grammar::choose(Vocabulary& vocabulary) const {
  auto left = static_cast<int>(vocabulary.rng().below(static_cast<uint64_t>(total_weight_)));
  for (const Entry& entry : entries_) {
    left -= entry.rule->weight;
    if (left < 0) return entry;
  }
  return entries_.back();
}

Words Grammar::words_of(const Entry& entry, Vocabulary& vocabulary) const {
  Words words;
  if (entry.form) {
    words.push_back(vocabulary.any_case(entry.rule->command));
    entry.form->write(vocabulary, words, alone_);
  } else {
    words = documented_request(vocabulary, entry.rule->command, *entry.command);
  }
  if (vocabulary.one_in(8) && !touches_lex_key(words))
    spoil(vocabulary, words, entry.rule->command.find('|') != std::string_view::npos);
  keep_unknown_unknown(words);
  return words;
}

Step Grammar::request(Vocabulary& vocabulary) const {
  const Entry& entry = choose(vocabulary);
  vocabulary.at_home_in(entry.group);
  Step step;
  // Generators exist where a random word could do harm, so what they made stays as it is.
  if (entry.rule->source.generator != nullptr) {
    step.words = entry.rule->source.generator(vocabulary);
    return step;
  }
  step.words = words_of(entry, vocabulary);
  step.settle_ms = avoid_short_lives(step.words, *entry.command);
  if (!alone_ || care_of(step.words) == Care::draws) make_comparable(step.words);
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
  if (rule == nullptr) return Match::exact;
  return rule->care == Care::sorts ? match_of_sort(words) : rule->match;
}

Care care_of(const Words& words) {
  const Rule* rule = rule_of(words);
  return rule != nullptr ? rule->care : Care::none;
}

std::optional<size_t> timeout_at(const Words& words) {
  const Care care = care_of(words);
  if (words.size() < 2 || (care != Care::waits_first && care != Care::waits_last)) return std::nullopt;
  return care == Care::waits_first ? 1 : words.size() - 1;
}

bool waits_shortly(const Words& words) {
  const auto at = timeout_at(words);
  return at && words[*at] == kShortTimeout;
}

void wait_shortly(Words& words) {
  const auto at = timeout_at(words);
  if (at && timeout_of(words[*at]).value_or(-1) >= 0) words[*at] = kShortTimeout;
}

void make_comparable(Words& words) {
  switch (care_of(words)) {
    case Care::none: break;
    case Care::waits_first:
    case Care::waits_last:
      if (const auto at = timeout_at(words)) {
        const double seconds = timeout_of(words[*at]).value_or(-1);
        if (seconds > 0 && seconds < kForever) words[*at] = kShortTimeout;
      }
      break;
    case Care::draws: bound_sample(words); break;
    case Care::scans: scan_at_once(words); break;
    case Care::sorts:
      if (leaves_order_open(words))
        std::erase_if(words, [](const std::string& word) { return iequals(word, "STORE"); });
      break;
  }
}

}  // namespace redpoll::diff
