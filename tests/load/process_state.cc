#include "load/process_state.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "support/process.h"

namespace redpoll::load {

namespace {

std::string proc(pid_t pid, const char* file) { return "/proc/" + std::to_string(pid) + "/" + file; }

// 'T' is a stopped process.
char state_of(pid_t pid) {
  const std::string stat = testing::read_file(proc(pid, "stat"));
  const size_t end_of_name = stat.rfind(") ");
  return end_of_name == std::string::npos ? '?' : stat[end_of_name + 2];
}

void signal_until(pid_t pid, int signal, bool stopped) {
  kill(pid, signal);
  if (!testing::wait_until([&] { return (state_of(pid) == 'T') == stopped; })) {
    throw std::runtime_error("the process can't be " + std::string(stopped ? "stopped" : "continued"));
  }
}

}  // namespace

size_t open_descriptors(pid_t pid) {
  const std::filesystem::directory_iterator all(proc(pid, "fd"));
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

size_t peak_resident_bytes(pid_t pid) {
  constexpr std::string_view kLabel = "VmHWM:";
  std::ifstream status(proc(pid, "status"));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(kLabel)) return std::stoul(line.substr(kLabel.size())) * 1024;
  }
  return 0;
}

void stop_process(pid_t pid) { signal_until(pid, SIGSTOP, true); }

void continue_process(pid_t pid) { signal_until(pid, SIGCONT, false); }

}  // namespace redpoll::load
