// A client in one line: what CLIENT LIST and CLIENT INFO answer, and what the log calls it.
#pragma once

#include <string>

#include "base/units.h"
#include "session/client.h"

namespace redpoll::session {

// `id=3 addr=127.0.0.1:58888 laddr=127.0.0.1:6379 fd=8 name= age=0 ... resp=2`, without a line end.
std::string describe(const Client& client, MonoUs now);

}  // namespace redpoll::session
