#include "exec/request_errors.h"

#include <fmt/format.h>

#include "base/text.h"

namespace redpoll::exec {

// What of the client's words goes into an error.
static constexpr size_t kShown = 128;

// As C prints it: up to the first NUL, and no more than `most`.
static std::string_view shown(std::string_view word, size_t most) {
  return word.substr(0, std::min(word.find('\0'), most));
}

static std::string unknown_command(std::span<const resp::Arg> args) {
  std::string rest;
  for (size_t i = 1; i < args.size() && rest.size() < kShown; ++i) {
    rest += fmt::format("'{}' ", shown(args[i], kShown - rest.size()));
  }
  return fmt::format("ERR unknown command '{}', with args beginning with: {}", shown(args[0], kShown), rest);
}

std::string request_error(const CommandEntry* entry, std::span<const resp::Arg> args) {
  if (entry == nullptr) return unknown_command(args);
  if (lacks_subcommand(*entry, args)) {
    return fmt::format("ERR unknown subcommand '{}'. Try {} HELP.", shown(args[1], kShown),
                       to_upper(args[0]));
  }
  return fmt::format("ERR wrong number of arguments for '{}' command", entry->full_name);
}

}  // namespace redpoll::exec
