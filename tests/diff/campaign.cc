#include "diff/campaign.h"

#include <fmt/format.h>

#include <cstdio>
#include <sstream>

#include "diff/differences.h"
#include "diff/progress.h"
#include "diff/redis_commands.h"
#include "diff/shrink.h"
#include "diff/transaction.h"
#include "support/server_process.h"

namespace redpoll::diff {

namespace {

using testing::ServerProcess;

constexpr size_t kStepsPerSchedule = 500;

// Both servers, and what has been seen of them.
class Pair {
 public:
  explicit Pair(const CampaignOptions& options)
      : redpoll_({.args = own_settings(options.redpoll), .environment = environment(), .binary = options.redpoll}),
        redis_({.args = settings(), .environment = environment(), .binary = options.redis}) {}

  Peer redis() const { return Peer(redis_.port(), 0); }

  Conversation conversation(size_t clients) const { return {redpoll_.port(), redis_.port(), clients}; }
  std::optional<Mismatch> hold(const Schedule& schedule) const {
    return conversation(schedule.clients).hold(schedule.steps);
  }

 private:
  static std::vector<std::string> settings() {
    return {"--save",
            "",
            "--databases",
            std::to_string(kDatabases),
            "--appendonly",
            "no",
            "--enable-debug-command",
            "yes"};
  }

  // What is set of features that are not there yet is compared as text. Redis, when it is compared with
  // itself, has no such directive.
  static std::vector<std::string> own_settings(std::string_view binary) {
    auto all = settings();
    if (!binary.ends_with("redis-server")) all.insert(all.end(), {"--allow-missing-features", "yes"});
    return all;
  }

  // SORT compares by the locale.
  static std::vector<std::pair<std::string, std::string>> environment() { return {{"LC_ALL", "C"}}; }

  ServerProcess redpoll_;
  ServerProcess redis_;
};

void print(const Schedule& schedule) {
  for (const Step& step : schedule.steps) {
    fmt::print("{}{}{}\n", schedule.clients > 1 ? fmt::format("client {}> ", step.client) : "",
               line_of(step.words),
               step.settle_ms > 0 ? fmt::format("   (then wait {} ms)", step.settle_ms) : "");
  }
}

void report(const Pair& pair, uint64_t seed, Schedule schedule, const Mismatch& mismatch) {
  fmt::print("\nseed {}: {}\n", seed, mismatch.text);
  std::fflush(stdout);
  schedule.steps.resize(mismatch.step + 1);
  const auto fails = [&](const Schedule& s) { return pair.hold(s).has_value(); };
  constexpr int kTries = 5;
  int seen = 0;
  for (int i = 0; i < kTries; ++i) seen += fails(schedule) ? 1 : 0;
  fmt::print("\nSeen again {} times of {}.", seen, kTries);
  if (seen < kTries) {
    // A matter of time, so that leaving out steps proves nothing.
    constexpr size_t kShown = 30;
    if (schedule.steps.size() > kShown)
      schedule.steps.erase(schedule.steps.begin(), schedule.steps.end() - kShown);
    fmt::print(" The steps before it:\n\n");
    print(schedule);
  } else {
    fmt::print(" The shortest schedule that shows a difference:\n\n");
    const Schedule shortest = shrunk(schedule, fails);
    print(shortest);
    if (const auto again = pair.hold(shortest)) fmt::print("\n  {}\n", again->text);
  }
  fmt::print("\n--seed {} --commands 1 runs the whole schedule again.\n", seed);
}

std::vector<Step> steps_of(std::string_view example) {
  std::vector<Step> steps;
  std::istringstream lines{std::string(example)};
  for (std::string line; std::getline(lines, line);) {
    Words words = testing::words_of(line);
    if (words[0] == "WAIT-MS")
      steps.back().settle_ms = std::stoi(words[1]);
    else
      steps.push_back({0, std::move(words)});
  }
  return steps;
}

// An entry of the list whose example the servers answer alike is out of date.
bool differences_still_matter(const Pair& pair) {
  bool all = true;
  for (const DeliberateDifference& difference : deliberate_differences()) {
    const std::vector<Step> steps = steps_of(difference.example);
    Conversation conversation = pair.conversation(1);
    if (!conversation.hold(steps) && conversation.explained().contains(&difference)) continue;
    fmt::print("not a difference any more: {}\n", difference.what);
    all = false;
  }
  return all;
}

// Encodings change early in one schedule of two.
void limit_encodings(Vocabulary& vocabulary, Schedule& schedule) {
  if (vocabulary.one_in(2)) return;
  Words words{"CONFIG", "SET"};
  for (const std::string_view limit :
       {"hash-max-listpack-entries", "hash-max-listpack-value", "set-max-intset-entries",
        "zset-max-listpack-entries", "zset-max-listpack-value", "list-max-listpack-size"})
    words.insert(words.end(), {std::string(limit), std::to_string(vocabulary.between(1, 9))});
  schedule.steps.push_back({0, words});
  // Redis does not have that one.
  schedule.steps.push_back(
      {0, {"CONFIG", "SET", "set-max-listpack-entries", std::to_string(vocabulary.between(1, 9))}});
}

// Client 0 never waits for long, so that somebody is there whom the others can wait for.
Step next_step(Vocabulary& vocabulary, const Grammar& grammar, TransactionEnds& ends, size_t client) {
  if (client > 0 && vocabulary.one_in(100)) return {client, {"(leaves)"}, 0, true};
  if (auto words = ends.due(vocabulary, client)) return {client, *std::move(words)};
  Step step = grammar.request(vocabulary);
  step.client = client;
  if (client == 0) wait_shortly(step.words);
  ends.said(vocabulary, client, step.words);
  return step;
}

}  // namespace

Schedule schedule_of(uint64_t seed, const Grammar& grammar) {
  Vocabulary vocabulary(seed);
  Schedule schedule{.clients = 1 + vocabulary.rng().below(kMostClients), .steps = {}};
  for (size_t client = 0; client < schedule.clients; ++client) {
    schedule.steps.push_back({client, {"HELLO", vocabulary.one_in(2) ? "3" : "2"}});
    schedule.steps.push_back({client, {"SELECT", std::to_string(vocabulary.rng().below(2))}});
  }
  limit_encodings(vocabulary, schedule);
  TransactionEnds ends(schedule.clients);
  size_t client = 0;
  while (schedule.steps.size() < kStepsPerSchedule) {
    if (vocabulary.one_in(5)) client = vocabulary.rng().below(schedule.clients);
    Step step = next_step(vocabulary, grammar, ends, client);
    // SORT of Redis fails if an earlier command has read a number out of range: it does not clear errno. This
    // does.
    if (care_of(step.words) == Care::sorts)
      schedule.steps.push_back({client, {"SCAN", "0", "COUNT", "1000"}});
    schedule.steps.push_back(std::move(step));
  }
  return schedule;
}

void show_schedule(const CampaignOptions& options) {
  print(schedule_of(options.seed, Grammar({.groups = options.groups})));
}

int compare_servers(const CampaignOptions& options) {
  const Grammar grammar({.groups = options.groups});
  const Pair pair(options);
  if (!options.same && (!differences_still_matter(pair) || !names_are_those_of(pair.redis()))) return 1;
  Progress progress(options.commands, options.minutes);
  for (uint64_t seed = options.seed; !progress.over(); ++seed) {
    const Schedule schedule = schedule_of(seed, grammar);
    if (const auto mismatch = pair.hold(schedule)) {
      report(pair, seed, schedule, *mismatch);
      return 1;
    }
    progress.add(schedule.steps.size());
  }
  fmt::print("{}: no unexplained difference\n", progress.text());
  return 0;
}

}  // namespace redpoll::diff
