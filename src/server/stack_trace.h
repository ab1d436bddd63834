// Who called whom, for the log.
#pragma once

#include "base/log.h"

namespace redpoll::server {

// Loads what a stack trace needs: from then on one can be printed in a signal handler. Idempotent.
void prepare_stack_trace();

// Writes the stack of the calling thread, with the names of functions as far as they are known, in the form
// of redis-server. `instruction`: where it crashed, to be named first; null if it did not. REQUIRES:
// prepared.
void print_stack_trace(Logger& log, void* instruction = nullptr);

}  // namespace redpoll::server
