// Directives: who may do what.
#include <array>

#include "config/grammars.h"

namespace redpoll::config {
namespace {

using enum Status;
using enum Mutability;

constexpr std::array<Word, 3> kAllowed = {{
    {"no", static_cast<int>(Allowed::no)},
    {"yes", static_cast<int>(Allowed::yes)},
    {"local", static_cast<int>(Allowed::local)},
}};

constexpr std::array<Word, 3> kSanitizing = {{{"no", 0}, {"yes", 1}, {"clients", 2}}};
constexpr std::array<Word, 2> kChannels = {{{"allchannels", 0}, {"resetchannels", 1}}};

}  // namespace

std::span<const Directive> security_directives() {
  static const Directive kTable[] = {
      {.name = "requirepass",
       .kind = text(&Settings::requirepass),
       .apply = Apply::requirepass,
       .about =
           "Password that clients give to AUTH before anything else. Empty: none. Make it long: a client can "
           "try very many in a second."},
      {.name = "enable-debug-command",
       .kind = choice<&Settings::enable_debug_command>(kAllowed),
       .mutability = at_start,
       .about = "Who may use DEBUG: nobody (no), everybody (yes), or clients of this machine (local)."},
      {.name = "enable-protected-configs",
       .kind = choice<&Settings::enable_protected_configs>(kAllowed),
       .mutability = at_start,
       .about = "Who may change 'dir' and 'dbfilename' by CONFIG SET, which lets a client write files "
                "anywhere: no, yes or local."},
      {.name = "enable-module-command",
       .kind = choice(kAllowed, 0),
       .mutability = at_start,
       .needs = needs::modules,
       .about = "Who may use MODULE: no, yes or local."},
      {.name = "aclfile",
       .kind = text(""),
       .mutability = at_start,
       .needs = needs::users,
       .about = "File with the users, instead of 'user' lines."},
      {.name = "acl-pubsub-default",
       .kind = choice(kChannels, 1),
       .needs = needs::users,
       .harmless = "allchannels",
       .about = "Which channels a new user may use: all, or none."},
      {.name = "acllog-max-len",
       .kind = number(128, 0, LLONG_MAX),
       .needs = needs::users,
       .about = "How many refused attempts ACL LOG remembers."},
      {.name = "sanitize-dump-payload",
       .kind = choice(kSanitizing, 0),
       .needs = needs::dumps,
       .harmless = "yes",
       .about = "Whether what RESTORE and snapshots bring is checked to the last byte: never, always, or for "
                "clients only."},
  };
  return kTable;
}

}  // namespace redpoll::config
