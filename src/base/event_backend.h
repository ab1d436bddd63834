// The system calls that an event loop can wait with, and their names.
//
// Here, because two layers that know nothing of each other speak of them: the configuration reads a name,
// the event loop has a backend of that name, or says that this system lacks it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace redpoll {

// `automatic` is the first one of the others that the system has: they stand in order of preference. Those
// that wait for any number of descriptors at the same cost come first; of these each system has one at most.
enum class EventBackend : uint8_t { automatic, evport, epoll, kqueue, poll, select };

struct EventBackendName {
  EventBackend backend;
  std::string_view text;
};
inline constexpr std::array<EventBackendName, 6> kEventBackends = {{{EventBackend::automatic, "auto"},
                                                                    {EventBackend::evport, "evport"},
                                                                    {EventBackend::epoll, "epoll"},
                                                                    {EventBackend::kqueue, "kqueue"},
                                                                    {EventBackend::poll, "poll"},
                                                                    {EventBackend::select, "select"}}};

constexpr std::string_view name_of(EventBackend backend) {
  return kEventBackends[static_cast<size_t>(backend)].text;
}

namespace detail {
constexpr bool each_is_at_its_index() {
  for (size_t i = 0; i < kEventBackends.size(); i++) {
    if (static_cast<size_t>(kEventBackends[i].backend) != i) return false;
  }
  return true;
}
}  // namespace detail
static_assert(detail::each_is_at_its_index());

}  // namespace redpoll
