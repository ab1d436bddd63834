// Writes to a descriptor until everything is written.
#pragma once

#include <string_view>

namespace redpoll {

// False if it cannot be written whole; errno says why. Async-signal-safe.
[[nodiscard]] bool write_all(int fd, std::string_view text) noexcept;

// The same, but gives up when the descriptor takes nothing for so long: a pipe that nobody reads, a terminal
// that is held. What is no longer than PIPE_BUF is written whole or not at all to a pipe.
[[nodiscard]] bool write_in_time(int fd, std::string_view text, int patience_ms) noexcept;

}  // namespace redpoll
