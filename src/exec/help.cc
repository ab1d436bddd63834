#include "exec/help.h"

#include <fmt/format.h>

#include "base/text.h"

namespace redpoll::exec {

void reply_help(Reply& out, std::string_view called, std::span<const std::string_view> lines) {
  out.array(lines.size() + 3);
  out.status(fmt::format("{} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", to_upper(called)));
  for (const std::string_view line : lines) out.status(line);
  out.status("HELP");
  out.status("    Prints this help.");
}

}  // namespace redpoll::exec
