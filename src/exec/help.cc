#include "exec/help.h"

#include <fmt/format.h>

namespace redpoll::exec {

void reply_help(Reply& out, std::string_view command, std::span<const std::string_view> lines) {
  out.array(lines.size() + 3);
  out.status(fmt::format("{} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", command));
  for (const std::string_view line : lines) out.status(line);
  out.status("HELP");
  out.status("    Prints this help.");
}

}  // namespace redpoll::exec
