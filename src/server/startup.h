// From `main` to a running server and back: command line, configuration, daemon, log, server, exit code.
#pragma once

namespace redpoll::server {

// Does all that the process does. Returns its exit code.
int start(int argc, char** argv);

}  // namespace redpoll::server
