// A client in one line: what CLIENT LIST and CLIENT INFO answer, and what the log calls it.
#pragma once

#include <string>

#include "base/units.h"
#include "session/client.h"

namespace redpoll::session {

class Watches;

// `id=3 addr=127.0.0.1:58888 laddr=127.0.0.1:6379 fd=8 name= age=0 ... resp=2`, without a line end.
// With `watches` it also tells whether a key that the client watches was touched (flag d), which is found by
// looking. `running_args`: bytes of the arguments of the request that asks, if it is this client's; they lie
// with its other input in the buffer that all share, and are nobody's memory.
std::string describe(const Client& client, MonoUs now, const Watches* watches = nullptr,
                     size_t running_args = 0);

}  // namespace redpoll::session
