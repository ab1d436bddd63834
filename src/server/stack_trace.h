// Who called whom, for the log.
#pragma once

#include "base/log.h"

namespace redpoll::server {

// Writes the stack of the calling thread. Callable from a signal handler once it was called outside of one:
// the first call loads a library.
void print_stack_trace(Logger& log);

}  // namespace redpoll::server
