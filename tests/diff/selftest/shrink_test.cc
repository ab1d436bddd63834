#include "diff/shrink.h"

#include <catch2/catch.hpp>

using namespace redpoll::diff;

namespace {

Schedule schedule_of(std::vector<Words> requests) {
  Schedule schedule;
  for (Words& words : requests) schedule.steps.push_back({0, std::move(words)});
  return schedule;
}

bool has_in_order(const Schedule& schedule, const std::string& first, const std::string& second) {
  bool seen = false;
  for (const Step& step : schedule.steps) {
    if (seen && step.words[0] == second) return true;
    seen |= step.words[0] == first;
  }
  return false;
}

}  // namespace

TEST_CASE("A schedule shrinks to the steps that make it fail") {
  std::vector<Words> requests(100, Words{"PING"});
  requests[17] = {"SET", "k", "v"};
  requests[71] = {"GET", "k"};
  const auto fails = [](const Schedule& s) { return has_in_order(s, "SET", "GET"); };
  const Schedule shortest = shrunk(schedule_of(requests), fails);
  REQUIRE(shortest.steps.size() == 2);
  REQUIRE(shortest.steps[0].words == Words{"SET"});
  REQUIRE(shortest.steps[1].words == Words{"GET"});
}

TEST_CASE("A schedule keeps the words that matter, and shortens long ones") {
  const std::string text(300, 'x');
  const auto fails = [](const Schedule& s) {
    return !s.steps.empty() && s.steps.back().words.size() == 3 && s.steps.back().words[2].starts_with("x");
  };
  const Schedule shortest = shrunk(schedule_of({{"PING"}, {"SET", "k", text}}), fails);
  REQUIRE(shortest.steps.size() == 1);
  REQUIRE(shortest.steps[0].words == Words{"SET", "k", "xxxx"});
}

TEST_CASE("Shrinking never turns a request into another command") {
  const auto fails = [](const Schedule& s) { return !s.steps.empty() && s.steps[0].words[0] == "CONFIG"; };
  const Schedule shortest = shrunk(schedule_of({{"CONFIG", "GET", "hz"}}), fails);
  REQUIRE(shortest.steps[0].words == Words{"CONFIG", "GET"});
}

TEST_CASE("Shrinking stops after so many tries") {
  int asked = 0;
  const auto fails = [&](const Schedule&) { return ++asked > 0; };
  shrunk(schedule_of(std::vector<Words>(1000, Words{"PING", "a", "b"})), fails, 10);
  REQUIRE(asked <= 10);
}
