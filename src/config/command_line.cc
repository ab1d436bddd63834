#include "config/command_line.h"

#include <fmt/format.h>

#include "base/numbers.h"
#include "base/text.h"
#include "build_info.h"

namespace redpoll::config {
namespace {

bool is_option(std::string_view arg) { return arg.starts_with("--"); }

// The directives as text, one a line; values are quoted, so that they arrive as they were given.
class OptionText {
 public:
  void add_name(std::string_view arg) {
    if (!text_.empty()) text_ += '\n';
    text_.append(arg.substr(2)).append(" ");
  }
  void add_value(std::string_view arg) {
    append_quoted(text_, arg);
    text_ += ' ';
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// `--port` alone waits for a value, so that one beginning with "--" can be given; `"--port 7000"` is
// complete.
bool waits_for_value(std::string_view arg) {
  const auto words = split_args(arg);
  return words && words->size() == 1;
}

// One that stands for a whole run; nullopt for a server.
std::optional<CommandLine::Task> task_of(std::string_view arg) {
  if (arg == "-v" || arg == "--version") return CommandLine::Task::version;
  if (arg == "-h" || arg == "--help") return CommandLine::Task::help;
  if (arg == "--test-memory") return CommandLine::Task::test_memory;
  if (arg == "--check-system") return CommandLine::Task::check_system;
  if (arg == "--check-health") return CommandLine::Task::check_health;
  return std::nullopt;
}

Result<CommandLine> parse_task(CommandLine::Task task, std::span<const std::string_view> args) {
  CommandLine out;
  out.task = task;
  if (task == CommandLine::Task::check_health && args.size() > 1) {
    const auto pid = parse_int64(args[1]);
    if (!pid || *pid < 1) return failure("--check-health takes the id of a process");
    out.pid = *pid;
  }
  if (task != CommandLine::Task::test_memory) return out;
  const auto megabytes = args.size() == 2 ? parse_int64(args[1]) : std::nullopt;
  if (!megabytes || *megabytes < 1 || *megabytes > 1 << 20) {
    return failure(
        "Please specify the amount of memory to test in megabytes.\n"
        "Example: ./redpoll-server --test-memory 4096\n\n");
  }
  out.megabytes = *megabytes;
  return out;
}

Result<void> parse_options(std::span<const std::string_view> args, CommandLine& out) {
  OptionText text;
  bool waiting = false;
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string_view arg = args[i];
    const bool last = i + 1 == args.size();
    if (arg == "-" && (last || (i == 0 && out.file.empty()))) {
      out.read_stdin = true;
      continue;
    }
    if (!is_option(arg) || waiting) {
      text.add_value(arg);
      waiting = false;
      continue;
    }
    if (iequals(arg, "--sentinel")) return failure("Redpoll has no Sentinel mode. Exiting...\n");
    text.add_name(arg);
    waiting = waits_for_value(arg);
    // Scripts that build command lines write `--save` without a value where they mean an empty one.
    if (iequals(arg, "--save") && (last || is_option(args[i + 1]))) {
      text.add_value("");
      waiting = false;
    }
  }
  out.options = text.take();
  return {};
}

}  // namespace

Result<CommandLine> parse_command_line(std::span<const std::string_view> args) {
  if (args.empty()) return CommandLine{};
  if (const auto task = task_of(args[0])) return parse_task(*task, args);
  CommandLine out;
  if (!args[0].starts_with('-')) {
    out.file = std::string(args[0]);
    args = args.subspan(1);
  }
  if (auto r = parse_options(args, out); !r) return failure("{}", r.error());
  return out;
}

std::string version_text() {
  return fmt::format("Redpoll server v={} sha={} malloc={} bits={} redis={}\n", build_info::kVersion,
                     build_info::kGitSha, build_info::kMalloc, 8 * sizeof(void*), build_info::kRedisVersion);
}

std::string usage_text() {
  return "Usage: redpoll-server [/path/to/redpoll.conf] [options] [-]\n"
         "       redpoll-server -                          configuration from standard input\n"
         "       redpoll-server -v or --version\n"
         "       redpoll-server -h or --help\n"
         "       redpoll-server --test-memory <megabytes>\n"
         "       redpoll-server --check-system\n"
         "       redpoll-server --check-health [<pid>]     whether a running server answers\n"
         "\n"
         "Options are the directives of the configuration file: --name value [value ...]. They are read "
         "after the\n"
         "file, and a \"-\" at the end reads standard input between the two. docs/configuration.md lists "
         "them.\n"
         "\n"
         "Examples:\n"
         "       redpoll-server                            with the defaults\n"
         "       redpoll-server --port 7777 --save ''\n"
         "       redpoll-server /etc/redpoll.conf --loglevel verbose\n"
         "       echo 'maxclients 500' | redpoll-server /etc/redpoll.conf -\n";
}

}  // namespace redpoll::config
