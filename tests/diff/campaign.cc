#include "diff/campaign.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <sstream>

#include "diff/differences.h"
#include "diff/shrink.h"
#include "support/server_process.h"

namespace redpoll::diff {

namespace {

using testing::ServerProcess;
using Clock = std::chrono::steady_clock;

constexpr size_t kStepsPerSchedule = 500;

// Both servers, and what has been seen of them.
class Pair {
 public:
  explicit Pair(const CampaignOptions& options)
      : redpoll_({.args = settings(), .binary = options.redpoll}), redis_({.args = settings(), .binary = options.redis}) {}

  Conversation conversation(size_t clients) const { return {redpoll_.port(), redis_.port(), clients}; }
  std::optional<Mismatch> hold(const Schedule& schedule) const {
    return conversation(schedule.clients).hold(schedule.steps);
  }

 private:
  static std::vector<std::string> settings() {
    return {"--save", "", "--databases", std::to_string(kDatabases), "--appendonly", "no"};
  }

  ServerProcess redpoll_;
  ServerProcess redis_;
};

void print(const Schedule& schedule) {
  for (const Step& step : schedule.steps) {
    fmt::print("{}{}{}\n", schedule.clients > 1 ? fmt::format("client {}> ", step.client) : "", line_of(step.words),
               step.settle_ms > 0 ? fmt::format("   (then wait {} ms)", step.settle_ms) : "");
  }
}

void report(const Pair& pair, uint64_t seed, Schedule schedule, const Mismatch& mismatch) {
  fmt::print("\nseed {}: {}\n", seed, mismatch.text);
  std::fflush(stdout);
  schedule.steps.resize(mismatch.step + 1);
  const Schedule shortest = shrunk(schedule, [&](const Schedule& s) { return pair.hold(s).has_value(); });
  fmt::print("\nThe shortest schedule that shows a difference:\n\n");
  print(shortest);
  const auto again = pair.hold(shortest);
  fmt::print("\n  {}\n\n--seed {} --commands 1 runs the whole schedule again.\n",
             again ? again->text : "(it does not show it every time)", seed);
}

// An entry of the list whose example the servers answer alike is out of date.
bool differences_still_matter(const Pair& pair) {
  bool all = true;
  for (const DeliberateDifference& difference : deliberate_differences()) {
    std::vector<Step> steps;
    std::istringstream lines{std::string(difference.example)};
    for (std::string line; std::getline(lines, line);) steps.push_back({0, testing::words_of(line)});
    Conversation conversation = pair.conversation(1);
    if (!conversation.hold(steps) && conversation.explained().contains(&difference)) continue;
    fmt::print("not a difference any more: {}\n", difference.what);
    all = false;
  }
  return all;
}

class Progress {
 public:
  explicit Progress(const CampaignOptions& options) : options_(options) {}

  void add(size_t steps) {
    commands_ += steps;
    ++schedules_;
    if (options_.minutes > 0 && Clock::now() - shown_ > std::chrono::seconds(30)) {
      shown_ = Clock::now();
      show();
    }
  }
  bool over() const {
    if (options_.minutes > 0) return std::chrono::duration<double>(Clock::now() - start_).count() > options_.minutes * 60;
    return commands_ >= options_.commands;
  }
  void show() const {
    fmt::print("{} schedules, {} commands, {:.0f} s: no unexplained difference\n", schedules_, commands_,
               std::chrono::duration<double>(Clock::now() - start_).count());
    std::fflush(stdout);
  }

 private:
  const CampaignOptions& options_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point shown_ = start_;
  uint64_t commands_ = 0;
  uint64_t schedules_ = 0;
};

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

int compare_servers(const CampaignOptions& options) {
  const Grammar grammar(options.groups);
  const Pair pair(options);
  if (!differences_still_matter(pair)) return 1;
  Progress progress(options);
  for (uint64_t seed = options.seed; !progress.over(); ++seed) {
    const Schedule schedule = schedule_of(seed, grammar);
    if (const auto mismatch = pair.hold(schedule)) {
      report(pair, seed, schedule, *mismatch);
      return 1;
    }
    progress.add(schedule.steps.size());
  }
  progress.show();
  return 0;
}

}  // namespace redpoll::diff
