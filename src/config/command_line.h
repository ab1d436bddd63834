// The command line, as redis-server takes it:
//
//   redpoll-server [/path/to/redpoll.conf | -] [--directive value ...]... [-]
//   redpoll-server -v | --version | -h | --help | --test-memory <megabytes> | --check-system | --check-health
//   [<pid>]
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redpoll::config {

struct CommandLine {
  enum class Task : uint8_t { serve, version, help, test_memory, check_system, check_health };
  Task task = Task::serve;
  std::string file;         // as given; empty: none
  bool read_stdin = false;  // "-" was given: standard input is configuration, read after the file
  std::string options;      // the directives as configuration text, one a line; read last
  int64_t megabytes = 0;    // of --test-memory
  int64_t pid = 0;          // of --check-health; 0: none was given
};

// `args` are the arguments without the program's name. The error is for standard error; the caller exits
// with 1.
Result<CommandLine> parse_command_line(std::span<const std::string_view> args);

// What --version and --help print, with the newline.
std::string version_text();
std::string usage_text();

}  // namespace redpoll::config
