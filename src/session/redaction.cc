#include "session/redaction.h"

#include "base/text.h"

namespace redpoll::session {

using resp::Arg;

// The value of CONFIG SET for this directive is a secret.
static bool is_secret(std::string_view directive) {
  for (const std::string_view name :
       {"requirepass", "masterauth", "masteruser", "tls-key-file-pass", "tls-client-key-file-pass"})
    if (iequals(directive, name)) return true;
  return false;
}

static void redact_hello(std::vector<Arg>& args) {
  for (size_t i = 2; i + 2 < args.size(); ++i) {
    if (!iequals(args[i], "auth")) continue;
    args[i + 1] = args[i + 2] = kRedacted;
    return;
  }
}

std::vector<Arg> redact(const exec::CommandEntry& entry, std::span<const Arg> args) {
  std::vector<Arg> shown(args.begin(), args.end());
  // The table's own name: a command that was renamed has the same secrets.
  const std::string_view command = entry.command->name;
  if (entry.parent == nullptr && command == "auth") {
    for (size_t i = 1; i < shown.size(); ++i) shown[i] = kRedacted;
  } else if (entry.parent == nullptr && command == "hello") {
    redact_hello(shown);
  } else if (entry.parent != nullptr && entry.parent->command->name == "config" && command == "set") {
    for (size_t i = 2; i + 1 < shown.size(); i += 2)
      if (is_secret(args[i])) shown[i + 1] = kRedacted;
  }
  return shown;
}

}  // namespace redpoll::session
