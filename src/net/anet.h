// Sockets without ceremony: listen, accept, connect, options and names, over TCP (IPv4, IPv6) and Unix-domain
// sockets. Everything returned is non-blocking and close-on-exec. An error is a text that tells the failed
// call and the reason, `bind: Address already in use`, as Redis composes it; nothing is logged here.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "net/address.h"

namespace redpoll::net {

// Owns a file descriptor and closes it.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

// A socket call that failed: the text for people, the errno for decisions.
struct SocketError {
  std::string text;
  int number = 0;
};

// Either an open descriptor or why there is none. (Result carries no errno, and callers decide by it.)
class FdOrError {
 public:
  FdOrError(Fd fd) : fd_(std::move(fd)) {}                    // NOLINT(google-explicit-constructor)
  FdOrError(SocketError error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return static_cast<bool>(fd_); }
  Fd take() { return std::move(fd_); }  // REQUIRES: ok()
  int fd() const { return fd_.get(); }  // REQUIRES: ok()
  const std::string& error() const { return error_.text; }
  int error_number() const { return error_.number; }

 private:
  Fd fd_;
  SocketError error_;
};

// --- Listening
// ---------------------------------------------------------------------------------------------------

// Binds and listens on `host`:`port` (port 0: any free one). `host`: "*" or empty for all IPv4 addresses,
// "::*" for all IPv6 addresses, else a name or an address, taken for IPv6 when it contains a colon. An IPv6
// socket takes IPv6 only, so that both families can listen on one port.
FdOrError listen_tcp(std::string_view host, uint16_t port, int backlog);

// Binds and listens at `path`. `permissions` 0 leaves what umask gives. A socket file that nobody listens on
// is removed first; a live one, or a file that is no socket, is left alone and refused.
FdOrError listen_unix(const std::string& path, mode_t permissions, int backlog);

// The warning of Redis when the kernel caps `backlog` at the value in `somaxconn_path`; empty when it does
// not, or when the file cannot be read.
std::string backlog_warning(int backlog, const char* somaxconn_path = "/proc/sys/net/core/somaxconn");

// Accepts one connection and stores who it is in `peer`. Retries EINTR only.
FdOrError accept_from(int listening_fd, Address& peer);

// --- Connecting
// --------------------------------------------------------------------------------------------------

// Begins to connect: the descriptor becomes writable when that has succeeded or failed, sock_error tells
// which. `source`: the local address to come from, if not empty. Looks the name up, which may block: see
// resolve.
Result<Fd> connect_tcp(const std::string& host, uint16_t port, const std::string& source = {});
Result<Fd> connect_unix(const std::string& path);

// Waits until a begun connect has succeeded or failed, blocking the thread: for jobs outside the loop. After
// `timeout_ms` the error is `connect: Connection timed out`.
Result<void> await_connected(int fd, int timeout_ms);

// The pending error of a socket as text (and clears it); empty when there is none.
std::string sock_error(int fd);

enum class Lookup { names, numeric_only };
// The first address of `host` as text. `names` asks the resolver and may block for seconds.
Result<std::string> resolve(const std::string& host, Lookup lookup = Lookup::names);

// --- Options and names
// -------------------------------------------------------------------------------------------

Result<void> set_non_blocking(int fd);
Result<void> set_no_delay(int fd, bool on);
// Probes after `interval_s` seconds of silence, then three times at a third of it. 0 turns it off.
Result<void> set_keep_alive(int fd, int interval_s);

// Who is at the other and at this end; Family::none when the socket is not connected. O(1), one system call.
Address peer_address(int fd);
Address local_address(int fd);
// The path a Unix socket is bound to (of an accepted one: that of its listener); empty for others.
std::string local_path(int fd);
// Both as CLIENT LIST prints them: a Unix socket has its path at both ends, `/path/redis.sock:0`.
std::string peer_name(int fd);
std::string local_name(int fd);

}  // namespace redpoll::net
