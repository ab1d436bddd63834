// `redpoll-server --check-health [pid]`: asks a running server for a sign of life, whatever it listens on.
//
// The addresses are those of the sockets that the process really listens on, from /proc: no configuration has
// to be known, and no stranger on the same port is taken for the server.
#pragma once

#include <cstdint>

namespace redpoll::server {

// `pid` 0: the process 1 if it is a server (a container), else any other process that runs this program.
// Writes what is wrong to standard output. Returns the exit code: 0 if a server answers, even if it wants a
// password, is loading, or has as many clients as it may.
int check_health(int64_t pid);

}  // namespace redpoll::server
