// What tests make the stand-ins refuse.
#pragma once

#include <atomic>

namespace redpoll::stand_in {

// So many calls of port_associate fail with EAGAIN, as when the system has no room for more.
inline std::atomic<int> failing_associations = 0;
// Filters of this kind cannot be added (EINVAL), as those of some devices; 0: any can.
inline std::atomic<short> refused_filter = 0;

}  // namespace redpoll::stand_in
