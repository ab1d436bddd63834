// What the system tells about a process, and SIGSTOP with certainty.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace redpoll::load {

size_t open_descriptors(pid_t pid);
// The most memory it has had resident.
size_t peak_resident_bytes(pid_t pid);

// Send SIGSTOP or SIGCONT and wait until the process has stopped, or runs.
void stop_process(pid_t pid);
void continue_process(pid_t pid);

}  // namespace redpoll::load
