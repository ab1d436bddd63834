#include "diff/campaign.h"

#include <fmt/format.h>

#include <cstdio>
#include <sstream>

#include "diff/differences.h"
#include "diff/progress.h"
#include "diff/shrink.h"
#include "support/server_process.h"

namespace redpoll::diff {

namespace {

using testing::ServerProcess;

constexpr size_t kStepsPerSchedule = 500;

// Both servers, and what has been seen of them.
class Pair {
 public:
  explicit Pair(const CampaignOptions& options)
      : redpoll_({.args = settings(), .binary = options.redpoll}),
        redis_({.args = settings(), .binary = options.redis}) {}

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

}  // namespace

Schedule schedule_of(uint64_t seed, const Grammar& grammar) {
  Vocabulary vocabulary(seed);
  Schedule schedule{.clients = 1 + vocabulary.rng().below(4), .steps = {}};
  for (size_t client = 0; client < schedule.clients; ++client) {
    schedule.steps.push_back({client, {"HELLO", vocabulary.one_in(2) ? "3" : "2"}});
    schedule.steps.push_back({client, {"SELECT", std::to_string(vocabulary.rng().below(2))}});
  }
  size_t client = 0;
  while (schedule.steps.size() < kStepsPerSchedule) {
    if (vocabulary.one_in(5)) client = vocabulary.rng().below(schedule.clients);
    Step step = grammar.request(vocabulary);
    step.client = client;
    schedule.steps.push_back(std::move(step));
  }
  return schedule;
}

void show_schedule(const CampaignOptions& options) {
  print(schedule_of(options.seed, Grammar(options.groups)));
}

int compare_servers(const CampaignOptions& options) {
  const Grammar grammar(options.groups);
  const Pair pair(options);
  if (!differences_still_matter(pair)) return 1;
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
