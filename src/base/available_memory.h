// How much memory this process may use before something stops it: the least of what the machine has, what the
// control groups that it is in allow (a container's limit is one), and what its own resource limits allow.
#pragma once

#include <string>

#include "base/units.h"

namespace redpoll {

// Where the kernel tells of control groups; tests have folders of their own.
struct ControlGroupFiles {
  std::string of_process = "/proc/self/cgroup";
  std::string root = "/sys/fs/cgroup";
};

// The least limit of the process's control groups and of those around them, of version 1 and 2; `none` if
// there is none. A group that is not to be seen from inside of a container counts as its root.
Bytes control_group_memory(Bytes none, const ControlGroupFiles& files = {});
// The lesser of RLIMIT_AS and RLIMIT_DATA; `none` if neither is set.
Bytes resource_limit_memory(Bytes none);

// REQUIRES: `machine` is what the machine has; 0 if that is unknown, and then the answer may be 0 as well.
Bytes available_memory(Bytes machine);

}  // namespace redpoll
