// How many descriptors the process may have, and what that means for maxclients.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/log.h"
#include "config/config.h"

namespace redpoll::server {

// Descriptors kept for the server's own use: listening sockets, log, files.
inline constexpr size_t kReservedDescriptors = 32;
// Size of the loop's set beyond maxclients, so that a refused client still gets its error.
inline constexpr size_t kSetReserve = kReservedDescriptors + 96;

// The soft limit of this process.
uint64_t descriptor_limit();
// Raises the soft limit to at least `wanted`, or as far as the system allows. True if it is at least `wanted`
// now.
bool raise_descriptor_limit(uint64_t wanted);

// Raises the limit to what maxclients needs; if the system does not allow it, or the event backend watches no
// more than `set_limit` descriptors, lowers maxclients. Logs what it did. The error is for a limit that
// leaves room for no client at all.
Result<void> fit_maxclients(config::Config& config, Logger& log, size_t set_limit);

}  // namespace redpoll::server
