// Who asks for commands to be run: what the Executor has to know of a client. session::Client is the only
// one.
#pragma once

#include <cstdint>

#include "exec/admission.h"

namespace redpoll::exec {

struct CommandEntry;

struct Asker {
  Needs denied = 0;       // what it may not do for now
  int32_t database = 0;   // the number of the one that it has chosen
  bool no_touch = false;  // its commands are no use of a key
  const CommandEntry* last_command = nullptr;
  uint64_t commands = 0;  // that were run for it

 protected:
  Asker() = default;
  ~Asker() = default;
};

}  // namespace redpoll::exec
