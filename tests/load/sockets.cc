#include "load/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace redpoll::load {

namespace {

constexpr size_t kSources = 100;

sockaddr_in loopback(uint32_t host, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl((127u << 24) + host);
  return address;
}

// In repair mode a socket is moved to another machine: closing it tells the peer nothing.
bool enter_repair_mode(int fd) {
  const int on = 1;
  return setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) == 0;
}

}  // namespace

Socket Socket::unconnected() {
  return Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

Socket Socket::connect(uint16_t port, size_t source) {
  Socket made = unconnected();
  if (!made.is_open()) return made;
  const int on = 1;
  setsockopt(made.fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // The port is chosen when the peer is known, which lets connections to different peers share it.
  setsockopt(made.fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const sockaddr_in from = loopback(static_cast<uint32_t>(1 + source % kSources), 0);
  const sockaddr_in to = loopback(1, port);
  const bool begun =
      bind(made.fd_, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0 &&
      (::connect(made.fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 || errno == EINPROGRESS);
  if (!begun) made.end(Ending::closed);
  return made;
}

Socket::Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  end(Ending::closed);
  fd_ = std::exchange(other.fd_, -1);
  return *this;
}

int Socket::error() const {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

ssize_t Socket::send(std::string_view bytes) const {
  return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

ssize_t Socket::receive(char* to, size_t size) const { return ::recv(fd_, to, size, 0); }

void Socket::end(Ending how) {
  if (fd_ < 0) return;
  if (how == Ending::reset) {
    const linger at_once{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  if (how == Ending::vanished) enter_repair_mode(fd_);
  ::close(std::exchange(fd_, -1));
}

bool may_vanish() {
  const Socket probe(Socket::unconnected());
  return enter_repair_mode(probe.fd());
}

size_t allow_open_files(size_t wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted) return limit.rlim_cur;
  const rlimit beyond{wanted, std::max<rlim_t>(wanted, limit.rlim_max)};
  if (setrlimit(RLIMIT_NOFILE, &beyond) == 0) return wanted;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace redpoll::load
