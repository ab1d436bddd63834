// What a run wants to know from outside: the CPU time of the server, and which commands it has.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace redpoll::load {

// CPU time that all threads of a process have used so far, in nanoseconds, from /proc/PID/task/*/schedstat.
// Of a thread that is running just now it may be some milliseconds behind. Throws if there is no such
// process.
uint64_t cpu_time_ns(pid_t pid);

// Those of `commands` that the server does not have, by its answer to COMMAND INFO. Throws if it does not
// answer.
std::vector<std::string> missing_commands(const std::string& host, uint16_t port,
                                          const std::vector<std::string>& commands);

}  // namespace redpoll::load
