#include "ae/backend.h"

#include <array>
#include <cerrno>
#include <cstring>

#include "ae/backend_driver.h"
#include "base/assert.h"

namespace redpoll::ae {
namespace {

// In order of preference.
constexpr std::array<const BackendDriver*, 4> kDrivers = {&kEpollDriver, &kKqueueDriver, &kPollDriver,
                                                          &kSelectDriver};

const BackendDriver& driver_of(BackendKind kind) {
  for (const BackendDriver* driver : kDrivers) {
    if (kind == BackendKind::automatic ? driver->create != nullptr : driver->kind == kind) return *driver;
  }
  panic("no such event backend");
}

std::string names_of_available() {
  std::string names;
  for (const BackendKind kind : available_backends()) {
    if (!names.empty()) names += ", ";
    names += backend_name(kind);
  }
  return names;
}

auto unavailable(std::string_view name) {
  return failure("the event backend '{}' is not available on this system, which has {}", name,
                 names_of_available());
}

}  // namespace

Result<BackendKind> parse_backend(std::string_view name) {
  if (name == "auto") return BackendKind::automatic;
  for (const BackendDriver* driver : kDrivers) {
    if (driver->name != name) continue;
    if (driver->create == nullptr) return unavailable(name);
    return driver->kind;
  }
  return failure("'{}' is not an event backend: auto, epoll, kqueue, poll or select is expected", name);
}

std::string_view backend_name(BackendKind kind) {
  return kind == BackendKind::automatic ? "auto" : driver_of(kind).name;
}

std::vector<BackendKind> available_backends() {
  std::vector<BackendKind> kinds;
  for (const BackendDriver* driver : kDrivers) {
    if (driver->create != nullptr) kinds.push_back(driver->kind);
  }
  return kinds;
}

size_t max_set_size(BackendKind kind) { return driver_of(kind).max_set_size; }

Result<std::unique_ptr<Backend>> create_backend(BackendKind kind, size_t set_size) {
  const BackendDriver& driver = driver_of(kind);
  if (driver.create == nullptr) return unavailable(driver.name);
  if (set_size > driver.max_set_size) {
    return failure("the event backend '{}' can watch {} descriptors at most, not {}", driver.name,
                   driver.max_set_size, set_size);
  }
  return driver.create(set_size);
}

void check_interrupted(std::string_view call, int error) {
  CHECK(error == EINTR, "{}: {}", call, std::strerror(error));
}

}  // namespace redpoll::ae
