// Writes to a descriptor until everything is written.
#pragma once

#include <string_view>

namespace redpoll {

// False if it cannot be written whole; errno says why. Async-signal-safe.
[[nodiscard]] bool write_all(int fd, std::string_view text) noexcept;

}  // namespace redpoll
