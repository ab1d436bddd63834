#include "server/system_check.h"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <cstdio>
#include <fstream>
#include <utility>

#include "base/clock.h"
#include "mem/zmalloc.h"
#include "net/anet.h"

namespace redpoll::server {

static std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Each check answers what is wrong, or an empty text.

static std::string check_clock() {
  const std::string source = first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  if (source.empty() || source == "tsc" || source == "kvm-clock" || source == "hyperv_clocksource_tsc_page")
    return {};
  // What counts is whether the clock is read without a system call.
  constexpr int kReads = 10'000;
  constexpr int64_t kSlowNs = 500;
  const MonoUs begin = mono_now();
  for (int i = 0; i < kReads; ++i) static_cast<void>(mono_now());
  const int64_t ns = (mono_now() - begin) * 1000 / kReads;
  if (ns < kSlowNs) return {};
  return fmt::format(
      "Reading the clock takes {} ns with the clock source '{}'. A faster one, such as tsc, can be chosen in "
      "/sys/devices/system/clocksource/clocksource0/current_clocksource.",
      ns, source);
}

static std::string check_overcommit() {
  const std::string mode = first_line("/proc/sys/vm/overcommit_memory");
  if (mode.empty() || mode == "1") return {};
  return "Memory overcommit must be enabled! Without it, an allocation or a background process may fail "
         "although there is memory left. To fix this, add 'vm.overcommit_memory = 1' to /etc/sysctl.conf and "
         "reboot, or run 'sysctl vm.overcommit_memory=1' for now.";
}

static bool thp_always() {
  return first_line("/sys/kernel/mm/transparent_hugepage/enabled").find("[always]") != std::string::npos;
}

void disable_transparent_huge_pages() {
  if (thp_always()) prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

static std::string check_thp() {
  if (!thp_always() || prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1) return {};
  return "Transparent huge pages are always used on this machine, which costs latency and memory. To fix "
         "this, run 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled' as root, and at each start "
         "of the machine.";
}

struct Check {
  const char* name;
  std::string (*run)();
};
static constexpr Check kChecks[] = {
    {"slow-clocksource", check_clock}, {"overcommit", check_overcommit}, {"THP", check_thp}};

std::vector<std::string> system_warnings(const config::Settings& settings) {
  std::vector<std::string> warnings;
  const auto add = [&](std::string text) {
    if (!text.empty()) warnings.push_back("WARNING: " + text);
  };
  if (settings.port != 0) {
    if (std::string text = net::backlog_warning(settings.tcp_backlog); !text.empty())
      warnings.push_back(std::move(text));
  }
  add(check_overcommit());
  add(check_thp());
  return warnings;
}

int check_system() {
  int code = 0;
  for (const Check& check : kChecks) {
    const std::string wrong = check.run();
    if (wrong.empty()) {
      fmt::print("[{}]...OK\n", check.name);
      continue;
    }
    fmt::print("[{}]...WARNING:\n{}\n\n", check.name, wrong);
    code = 1;
  }
  return code;
}

// What the word at an index is to be.
using Pattern = uint64_t (*)(size_t index);

// Writes a pattern over all words and reads it back. Returns the number of words that came back different.
static uint64_t try_pattern(volatile uint64_t* words, size_t count, Pattern pattern) {
  for (size_t i = 0; i < count; ++i) words[i] = pattern(i);
  uint64_t wrong = 0;
  for (size_t i = 0; i < count; ++i) wrong += words[i] != pattern(i);
  return wrong;
}

int test_memory(int64_t megabytes) {
  if (megabytes <= 0) {
    fmt::print(stderr, "The number of megabytes to test must be positive.\n");
    return 1;
  }
  const size_t bytes = static_cast<size_t>(megabytes) << 20;
  auto* words = static_cast<uint64_t*>(mem::try_zmalloc(bytes));
  if (words == nullptr) {
    fmt::print(stderr, "Unable to allocate {} megabytes.\n", megabytes);
    return 1;
  }
  const std::pair<const char*, Pattern> patterns[] = {
      {"addresses", [](size_t i) { return i; }},
      {"random bits", [](size_t i) { return (i + 1) * 0x9e3779b97f4a7c15; }},
      {"zeros", [](size_t) { return uint64_t{0}; }},
      {"ones", [](size_t) { return ~uint64_t{0}; }},
      {"checkerboard", [](size_t i) { return i % 2 ? 0x5555555555555555 : 0xaaaaaaaaaaaaaaaa; }},
  };
  uint64_t wrong = 0;
  for (const auto& [name, pattern] : patterns) {
    const uint64_t bad = try_pattern(words, bytes / sizeof *words, pattern);
    fmt::print("{}: {}\n", name, bad == 0 ? "OK" : fmt::format("{} words differ", bad));
    wrong += bad;
  }
  mem::zfree(words);
  fmt::print("{}\n", wrong == 0 ? "Your memory passed this test." : "*** MEMORY ERRORS FOUND ***");
  return wrong == 0 ? 0 : 1;
}

}  // namespace redpoll::server
