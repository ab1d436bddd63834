// redpoll-diff: sends the same random commands to Redpoll and to Redis and compares every reply. See
// docs/testing.md.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <exception>
#include <random>
#include <string>

#include "diff/campaign.h"
#include "support/server_process.h"

namespace {

using redpoll::diff::CampaignOptions;

constexpr const char* kUsage =
    "usage: redpoll-diff [--alone | --same] [--seed N|random] [--commands N | --minutes N] [--family "
    "GROUP]...\n"
    "                    [--redpoll BINARY] [--redis BINARY]\n"
    "       redpoll-diff --show [--seed N] [--family GROUP]...\n"
    "       redpoll-diff --check-grammar\n"
    "  --alone          torments Redpoll alone, with malformed bytes and CONFIG SET mixed in\n"
    "  --same           deliberate differences need not show: for two builds of one server\n"
    "  --family GROUP   only commands of that group of COMMAND DOCS\n"
    "  --show           prints the schedule of the seed\n"
    "  --check-grammar  names the commands that no grammar mentions\n";

struct Arguments {
  CampaignOptions campaign;
  bool alone = false;
  bool check_grammar = false;
  bool show = false;

  bool* flag(std::string_view option) {
    if (option == "--alone") return &alone;
    if (option == "--same") return &campaign.same;
    if (option == "--check-grammar") return &check_grammar;
    return option == "--show" ? &show : nullptr;
  }
};

double number_in(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0)
    throw std::invalid_argument(text);
  return value;
}

Arguments read_arguments(int argc, char** argv) {
  Arguments arguments{.campaign = {.redpoll = redpoll::testing::server_binary()}};
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (bool* flag = arguments.flag(option)) {
      *flag = true;
      continue;
    }
    if (i + 1 == argc) throw std::invalid_argument(option);
    const std::string value = argv[++i];
    CampaignOptions& to = arguments.campaign;
    if (option == "--seed")
      to.seed = value == "random" ? std::random_device{}() : static_cast<uint64_t>(number_in(value));
    else if (option == "--commands")
      to.commands = static_cast<uint64_t>(number_in(value));
    else if (option == "--minutes")
      to.minutes = number_in(value);
    else if (option == "--family")
      to.groups.push_back(value);
    else if (option == "--redpoll")
      to.redpoll = value;
    else if (option == "--redis")
      to.redis = value;
    else
      throw std::invalid_argument(option);
  }
  return arguments;
}

int check_grammar() {
  const auto gaps = redpoll::diff::gaps();
  for (const std::string& gap : gaps) fmt::print(stderr, "grammar of redpoll-diff: {}\n", gap);
  return gaps.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  try {
    arguments = read_arguments(argc, argv);
  } catch (const std::invalid_argument& bad) {
    fmt::print(stderr, "what is '{}'?\n{}", bad.what(), kUsage);
    return 2;
  }
  try {
    if (arguments.check_grammar) return check_grammar();
    fmt::print("seed {}\n", arguments.campaign.seed);
    if (arguments.show) {
      show_schedule(arguments.campaign);
      return 0;
    }
    return arguments.alone ? torment_server(arguments.campaign) : compare_servers(arguments.campaign);
  } catch (const std::exception& error) {
    fmt::print(stderr, "redpoll-diff: {}\n", error.what());
    return 1;
  }
}
