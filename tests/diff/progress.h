// How far a campaign is: it ends after a number of commands or after a time, and tells every half minute that
// it lives.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace redpoll::diff {

class Progress {
 public:
  // Over after `minutes`, or if they are zero after so many commands.
  Progress(uint64_t commands, double minutes) : wanted_(commands), minutes_(minutes) {}

  void add(uint64_t commands) {
    commands_ += commands;
    if (Clock::now() - shown_ < std::chrono::seconds(30)) return;
    shown_ = Clock::now();
    fmt::print("{}\n", text());
    std::fflush(stdout);
  }
  uint64_t commands() const { return commands_; }
  bool over() const { return minutes_ > 0 ? seconds() > minutes_ * 60 : commands_ >= wanted_; }
  std::string text() const { return fmt::format("{} commands in {:.0f} s", commands_, seconds()); }

 private:
  using Clock = std::chrono::steady_clock;

  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  const uint64_t wanted_;
  const double minutes_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point shown_ = start_;
  uint64_t commands_ = 0;
};

}  // namespace redpoll::diff
