#include "server/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace redpoll::server {

static rlimit current() {
  rlimit limit{};
  // A system that does not even tell its limit gets the least that is common.
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) limit = {1024, 1024};
  return limit;
}

uint64_t descriptor_limit() { return current().rlim_cur; }

bool raise_descriptor_limit(uint64_t wanted) {
  rlimit limit = current();
  if (limit.rlim_cur >= wanted) return true;
  // A privileged process may go beyond the hard limit; if that is refused, the hard limit is what can be had.
  const rlimit beyond = {wanted, std::max<rlim_t>(limit.rlim_max, wanted)};
  if (setrlimit(RLIMIT_NOFILE, &beyond) == 0) return true;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, wanted);
  const int error = errno;
  setrlimit(RLIMIT_NOFILE, &limit);
  errno = error;
  return current().rlim_cur >= wanted;
}

static void set_maxclients(config::Config& config, uint64_t count) {
  config.adjust([count](config::Settings& s) { s.maxclients = static_cast<unsigned>(count); });
}

Result<void> fit_maxclients(config::Config& config, Logger& log, size_t set_limit) {
  if (config.settings().maxclients + kSetReserve > set_limit) {
    set_maxclients(config, set_limit - kSetReserve);
    log.warning("The event backend watches at most {} descriptors: maxclients has been reduced to {}.",
                set_limit, config.settings().maxclients);
  }
  const unsigned requested = config.settings().maxclients;
  const uint64_t wanted = requested + kReservedDescriptors;
  const uint64_t before = descriptor_limit();
  if (before >= wanted) return {};
  if (raise_descriptor_limit(wanted)) {
    log.notice("Increased maximum number of open files to {} (it was originally set to {}).", wanted, before);
    return {};
  }
  const char* reason = std::strerror(errno);
  const uint64_t limit = descriptor_limit();
  if (limit <= kReservedDescriptors) {
    return failure(
        "Your current 'ulimit -n' of {} is not enough for the server to start. Please increase your open "
        "file limit to at least {}. Exiting.",
        limit, wanted);
  }
  const uint64_t possible = limit - kReservedDescriptors;
  set_maxclients(config, possible);
  log.warning("You requested maxclients of {} requiring at least {} max file descriptors.", requested,
              wanted);
  log.warning("Server can't set maximum open files to {} because of OS error: {}.", wanted, reason);
  log.warning(
      "Current maximum open files is {}. maxclients has been reduced to {} to compensate for low ulimit. If "
      "you need higher maxclients increase 'ulimit -n'.",
      limit, possible);
  return {};
}

}  // namespace redpoll::server
