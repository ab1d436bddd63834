// Sockets of the load generator, beyond what testing::RawClient does: very many of them, from many addresses,
// and ended in every way a connection can end.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace redpoll::load {

// How a connection ends for its peer.
enum class Ending : unsigned char {
  closed,  // in order; our side keeps the port for a minute (TIME_WAIT)
  reset,   // at once, and what was under way is lost
  // Without a word to the peer, as when a machine loses its power. Takes may_vanish(); otherwise it is
  // `closed`.
  vanished,
};

// A non-blocking connection.
class Socket {
 public:
  Socket() = default;
  // Connects from 127.0.0.(1 + source % 100): each address has ports of its own, so that they do not run out.
  // The connection may not be complete yet. is_open() is false if it cannot even begin.
  static Socket connect(uint16_t port, size_t source);
  static Socket unconnected();
  ~Socket() { end(Ending::closed); }
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  // What the connection has died of (an errno), or 0.
  int error() const;
  // As send(2) and recv(2): -1 with errno, EAGAIN among them.
  ssize_t send(std::string_view bytes) const;
  ssize_t receive(char* to, size_t size) const;
  void end(Ending how);

 private:
  explicit Socket(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// Whether the system lets this process end connections by Ending::vanished (CAP_NET_ADMIN).
bool may_vanish();

// How many files this process may open, after raising its limit to `wanted` as far as it may.
size_t allow_open_files(size_t wanted);

}  // namespace redpoll::load
