#include "ae/backend.h"

#include <array>
#include <cerrno>
#include <cstring>

#include "ae/backend_driver.h"
#include "base/assert.h"

namespace redpoll::ae {
namespace {

// In the order of the enumeration, which is the order of preference.
constexpr std::array<const BackendDriver*, kEventBackends.size() - 1> kDrivers = {
    &kEvportDriver, &kEpollDriver, &kKqueueDriver, &kPollDriver, &kSelectDriver};

const BackendDriver& driver_of(EventBackend kind) {
  for (const BackendDriver* driver : kDrivers) {
    if (kind == EventBackend::automatic ? driver->create != nullptr : driver->kind == kind) return *driver;
  }
  panic("no such event backend");
}

std::string names_of_available() {
  std::string names;
  for (const EventBackend kind : available_backends()) {
    if (!names.empty()) names += ", ";
    names += name_of(kind);
  }
  return names;
}

auto unavailable(EventBackend kind) {
  return failure("the event backend '{}' is not available on this system, which has {}", name_of(kind),
                 names_of_available());
}

}  // namespace

std::vector<EventBackend> available_backends() {
  std::vector<EventBackend> kinds;
  for (const BackendDriver* driver : kDrivers) {
    if (driver->create != nullptr) kinds.push_back(driver->kind);
  }
  return kinds;
}

size_t max_set_size(EventBackend kind) { return driver_of(kind).max_set_size; }

Result<std::unique_ptr<Backend>> create_backend(EventBackend kind, size_t set_size) {
  const BackendDriver& driver = driver_of(kind);
  if (driver.create == nullptr) return unavailable(driver.kind);
  if (set_size > driver.max_set_size) {
    return failure("the event backend '{}' can watch {} descriptors at most, not {}", name_of(driver.kind),
                   driver.max_set_size, set_size);
  }
  return driver.create(set_size);
}

void check_interrupted(std::string_view call, int error) {
  CHECK(error == EINTR, "{}: {}", call, std::strerror(error));
}

}  // namespace redpoll::ae
