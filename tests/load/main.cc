// Throws load and faults at a real server, and tells what it survived. See --help.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <string>
#include <vector>

#include "load/report.h"
#include "load/scenario.h"
#include "load/sockets.h"
#include "load/victim.h"

namespace redpoll::load {

namespace {

constexpr const char* kHelp =
    R"(usage: load [--only REGEX] [--seconds S] [--scale F] [--smoke] [--server BINARY] [--markdown FILE] [--json FILE]
       load --list | --ctest FILE
  --only REGEX     scenarios whose name it matches somewhere
  --seconds S      how long a scenario goes on that could go on for ever (default 5)
  --scale F        part of the full number of clients, keys and requests (default 1)
  --smoke          a second each and a twentieth; memory is given back by MEMORY PURGE instead of waiting for it
  --server BINARY  another server than the one that was built beside this program, to compare
  --markdown FILE  the results as a table
  --json FILE      and for programs
  --list           what there is
  --ctest FILE     writes an entry for each scenario, for CTest to include
Exit code 0: all that was thrown was survived. The server runs on a free port of 127.0.0.1, in a directory of its own.
)";

struct Options {
  Plan plan{.time = milliseconds(5000)};
  std::regex only{""};
  std::string markdown_file;
  std::string json_file;
};

void print_list() {
  for (const Scenario& scenario : scenarios()) {
    std::cout << fmt::format("{:<22} {}\n", scenario.name, scenario.about);
  }
}

std::string_view resource_of(Needs needs) {
  switch (needs) {
    case Needs::nothing: return "";
    case Needs::descriptors: return "load-descriptors";
    case Needs::memory: return "load-memory";
  }
  return "";
}

// CTest runs each scenario by itself; the list stays in one place.
int write_ctest_entries(const std::string& program, const std::string& file) {
  std::ofstream out(file, std::ios::trunc);
  for (const Scenario& scenario : scenarios()) {
    out << fmt::format("add_test(\"load: {}\" \"{}\" --smoke --only \"^{}$\")\n", scenario.name, program,
                       scenario.name);
    const std::string_view lock = resource_of(scenario.needs);
    const std::string locked = lock.empty() ? "" : fmt::format(" RESOURCE_LOCK {}", lock);
    out << fmt::format(
        "set_tests_properties(\"load: {}\" PROPERTIES LABELS load TIMEOUT 300 SKIP_REGULAR_EXPRESSION \" "
        "skipped: \"{})\n",
        scenario.name, locked);
  }
  return out.flush() ? 0 : 1;
}

Plan smoke_plan() {
  return {.time = milliseconds(1000), .scale = testing::sanitized() ? 0.02 : 0.05, .patient = false};
}

// Runs what was chosen, and says how many failed.
int run_scenarios(const Options& options) {
  std::vector<Report> reports;
  int failed = 0;
  for (const Scenario& scenario : scenarios()) {
    if (!std::regex_search(std::string(scenario.name), options.only)) continue;
    const Report& report = reports.emplace_back(Trial::run(scenario, options.plan));
    failed += !report.failures.empty();
    std::cout << as_line(report) << std::flush;
  }
  if (reports.empty()) {
    std::cerr << "no scenario has such a name\n";
    return 2;
  }
  if (!options.markdown_file.empty()) testing::write_file(options.markdown_file, as_markdown(reports));
  if (!options.json_file.empty()) testing::write_file(options.json_file, as_json(reports));
  std::cout << fmt::format("{} scenarios, {} failed\n", reports.size(), failed);
  return failed == 0 ? 0 : 1;
}

int bad_usage() {
  std::fputs(kHelp, stderr);
  return 2;
}

int main_with(const std::vector<std::string>& words) {
  Options options;
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool has_value = i + 1 < words.size();
    if (word == "--help") {
      std::fputs(kHelp, stdout);
      return 0;
    }
    if (word == "--list") {
      print_list();
      return 0;
    }
    if (word == "--smoke") {
      options.plan = smoke_plan();
      continue;
    }
    if (!has_value) return bad_usage();
    const std::string& value = words[++i];
    if (word == "--victim" && i + 1 < words.size())
      return run_victim(value, static_cast<uint16_t>(std::stoul(words[i + 1])));
    if (word == "--ctest") return write_ctest_entries(std::filesystem::canonical("/proc/self/exe"), value);
    if (word == "--only")
      options.only = std::regex(value);
    else if (word == "--seconds")
      options.plan.time = milliseconds(static_cast<int64_t>(std::stod(value) * 1000));
    else if (word == "--scale")
      options.plan.scale = std::stod(value);
    else if (word == "--server")
      setenv("REDPOLL_TEST_SERVER", value.c_str(), 1);
    else if (word == "--markdown")
      options.markdown_file = value;
    else if (word == "--json")
      options.json_file = value;
    else
      return bad_usage();
  }
  return run_scenarios(options);
}

}  // namespace

}  // namespace redpoll::load

int main(int argc, char** argv) {
  try {
    return redpoll::load::main_with({argv, argv + argc});
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 2;
  }
}
