// A client in one line: what CLIENT LIST and CLIENT INFO answer, and what the log calls it.
#pragma once

#include <string>

#include "base/units.h"
#include "session/client.h"

namespace redpoll::session {

class Watches;

// `id=3 addr=127.0.0.1:58888 laddr=127.0.0.1:6379 fd=8 name= age=0 ... resp=2`, without a line end.
// With `watches` it also tells whether a key that the client watches was touched (flag d), which is found by
// looking.
std::string describe(const Client& client, MonoUs now, const Watches* watches = nullptr);

}  // namespace redpoll::session
