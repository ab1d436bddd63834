#include "net/anet.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/assert.h"
#include "base/clock.h"

namespace redpoll::net {

namespace {

constexpr int kSocketFlags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
constexpr int kKeepAliveProbes = 3;

// Must be called before anything else may change errno.
SocketError failed(std::string_view call) {
  const int number = errno;
  return {fmt::format("{}: {}", call, std::strerror(number)), number};
}

bool set_option(int fd, int level, int option, int value) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

// Looks `host` up (null: the wildcard address). On failure the list is empty and `why` tells the reason,
// which Redis prints without the name of the call.
AddressList look_up(const char* host, int family, int flags, uint16_t port, SocketError& why) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host, std::to_string(port).c_str(), &hints, &found);
  if (code == EAI_SYSTEM) {
    why = {std::strerror(errno), errno};
  } else if (code != 0) {
    why = {::gai_strerror(code), 0};
  }
  return {code == 0 ? found : nullptr, &::freeaddrinfo};
}

FdOrError bind_and_listen(Fd fd, const addrinfo& at, int backlog) {
  if (at.ai_family == AF_INET6 && !set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1)) {
    return failed("setsockopt");
  }
  if (!set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1)) return failed("setsockopt SO_REUSEADDR");
  if (::bind(fd.get(), at.ai_addr, at.ai_addrlen) != 0) return failed("bind");
  if (::listen(fd.get(), backlog) != 0) return failed("listen");
  return fd;
}

struct UnixAddress {
  sockaddr_un raw{};
  std::string error;  // not empty: the path does not fit

  explicit UnixAddress(const std::string& path) {
    if (path.size() >= sizeof raw.sun_path) {
      error =
          fmt::format("unix socket path too long ({}), must be under {}", path.size(), sizeof raw.sun_path);
      return;
    }
    raw.sun_family = AF_UNIX;
    std::memcpy(raw.sun_path, path.data(), path.size());
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&raw); }
};

// Removes the socket file of a server that is gone. The error tells why the file has to stay.
SocketError remove_if_stale(const std::string& path, const UnixAddress& address) {
  const auto in_use = [&](std::string_view why) {
    return SocketError{fmt::format("bind: {} ({} {})", std::strerror(EADDRINUSE), path, why), EADDRINUSE};
  };
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return errno == ENOENT ? SocketError{} : failed("lstat");
  if (!S_ISSOCK(status.st_mode)) return in_use("is not a socket");

  const Fd probe{::socket(AF_UNIX, kSocketFlags, 0)};
  if (!probe) return failed("creating socket");
  if (::connect(probe.get(), address.get(), sizeof address.raw) == 0 || errno != ECONNREFUSED) {
    return in_use("is served by another process");
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("unlink");
  return {};
}

// Starts to connect to one of the addresses a name has.
FdOrError begin_connect(const addrinfo& to, const addrinfo* sources) {
  Fd fd{::socket(to.ai_family, kSocketFlags, to.ai_protocol)};
  if (!fd) return failed("creating socket");
  for (const addrinfo* from = sources; from != nullptr; from = from->ai_next) {
    if (::bind(fd.get(), from->ai_addr, from->ai_addrlen) == 0) break;
    if (from->ai_next == nullptr) return failed("bind");
  }
  // An interrupted connect goes on in the background, like one in progress.
  if (::connect(fd.get(), to.ai_addr, to.ai_addrlen) != 0 && errno != EINPROGRESS && errno != EINTR) {
    return failed("connect");
  }
  return fd;
}

using NameCall = int (*)(int, sockaddr*, socklen_t*);

Address address_of(int fd, NameCall name) {
  sockaddr_storage raw{};
  socklen_t size = sizeof raw;
  if (name(fd, reinterpret_cast<sockaddr*>(&raw), &size) != 0) return {};
  return Address::from(raw);
}

std::string name_of(int fd, NameCall name) {
  const Address address = address_of(fd, name);
  return address.family() == Family::local ? format_address(local_path(fd), 0) : address.text();
}

Result<void> option_result(bool done, std::string_view call) {
  if (!done) return failure("{}", failed(call).text);
  return {};
}

}  // namespace

void Fd::reset(int fd) {
  // Not retried on EINTR: Linux has closed the descriptor by then, and it may be somebody else's already.
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

FdOrError listen_tcp(std::string_view host, uint16_t port, int backlog) {
  const int family = host.find(':') == std::string_view::npos ? AF_INET : AF_INET6;
  const bool wildcard = host.empty() || host == "*" || host == "::*";
  const std::string name{host};
  SocketError why;
  const AddressList found = look_up(wildcard ? nullptr : name.c_str(), family, AI_PASSIVE, port, why);
  if (!found) return why;
  for (const addrinfo* at = found.get(); at != nullptr; at = at->ai_next) {
    Fd fd{::socket(at->ai_family, kSocketFlags, at->ai_protocol)};
    if (fd) return bind_and_listen(std::move(fd), *at, backlog);
    why.number = errno;
  }
  why.text = fmt::format("unable to bind socket, errno: {}", why.number);
  return why;
}

FdOrError listen_unix(const std::string& path, mode_t permissions, int backlog) {
  const UnixAddress address{path};
  if (!address.error.empty()) return SocketError{address.error, ENAMETOOLONG};
  Fd fd{::socket(AF_UNIX, kSocketFlags, 0)};
  if (!fd) return failed("creating socket");
  if (::bind(fd.get(), address.get(), sizeof address.raw) != 0) {
    if (errno != EADDRINUSE) return failed("bind");
    SocketError stays = remove_if_stale(path, address);
    if (stays.number != 0) return stays;
    if (::bind(fd.get(), address.get(), sizeof address.raw) != 0) return failed("bind");
  }
  // Nobody can connect before listen, so no one slips in ahead of the permissions.
  if (permissions != 0 && ::chmod(path.c_str(), permissions) != 0) return failed("chmod");
  if (::listen(fd.get(), backlog) != 0) return failed("listen");
  return fd;
}

std::string backlog_warning(int backlog, const char* somaxconn_path) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file{std::fopen(somaxconn_path, "re"), &std::fclose};
  int limit = 0;
  if (!file || std::fscanf(file.get(), "%d", &limit) != 1 || limit <= 0 || limit >= backlog) return {};
  return fmt::format(
      "WARNING: The TCP backlog setting of {} cannot be enforced because /proc/sys/net/core/somaxconn is set "
      "to the lower value of {}.",
      backlog, limit);
}

FdOrError accept_from(int listening_fd, Address& peer) {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  Fd fd{
      SYS(::accept4(listening_fd, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC))};
  if (!fd)
    return errno == EAGAIN ? SocketError{{}, EAGAIN} : failed("accept");  // EAGAIN ends each burst: no text
  peer = Address::from(from);
  return fd;
}

Result<Fd> connect_tcp(const std::string& host, uint16_t port, const std::string& source) {
  SocketError why;
  const AddressList found = look_up(host.c_str(), AF_UNSPEC, 0, port, why);
  if (!found) return failure("{}", why.text);
  for (const addrinfo* to = found.get(); to != nullptr; to = to->ai_next) {
    AddressList sources{nullptr, &::freeaddrinfo};
    if (!source.empty()) {
      sources = look_up(source.c_str(), to->ai_family, 0, 0, why);
      if (!sources) continue;
    }
    FdOrError begun = begin_connect(*to, sources.get());
    if (begun.ok()) return begun.take();
    why.text = begun.error();
  }
  return failure("{}", why.text);
}

Result<Fd> connect_unix(const std::string& path) {
  const UnixAddress address{path};
  if (!address.error.empty()) return failure("{}", address.error);
  Fd fd{::socket(AF_UNIX, kSocketFlags, 0)};
  if (!fd) return failure("{}", failed("creating socket").text);
  if (::connect(fd.get(), address.get(), sizeof address.raw) != 0 && errno != EINPROGRESS) {
    return failure("{}", failed("connect").text);
  }
  return fd;
}

Result<void> await_connected(int fd, int timeout_ms) {
  const MonoUs deadline = mono_now() + int64_t{timeout_ms} * 1000;
  pollfd wait{.fd = fd, .events = POLLOUT, .revents = 0};
  for (;;) {
    const int64_t left_us = std::max<int64_t>(deadline - mono_now(), 0);
    const int ready = ::poll(&wait, 1, static_cast<int>((left_us + 999) / 1000));
    if (ready > 0) break;
    if (ready < 0 && errno != EINTR) return failure("{}", failed("poll").text);
    if (left_us == 0) return failure("connect: {}", std::strerror(ETIMEDOUT));
  }
  const std::string error = sock_error(fd);
  if (!error.empty()) return failure("connect: {}", error);
  return {};
}

std::string sock_error(int fd) {
  int pending = 0;
  socklen_t size = sizeof pending;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &pending, &size) != 0) pending = errno;
  return pending == 0 ? std::string{} : std::strerror(pending);
}

Result<std::string> resolve(const std::string& host, Lookup lookup) {
  SocketError why;
  const int flags = lookup == Lookup::numeric_only ? AI_NUMERICHOST : 0;
  const AddressList found = look_up(host.c_str(), AF_UNSPEC, flags, 0, why);
  if (!found) return failure("{}", why.text);
  sockaddr_storage raw{};
  std::memcpy(&raw, found->ai_addr, std::min<size_t>(found->ai_addrlen, sizeof raw));
  return Address::from(raw).ip();
}

Result<void> set_non_blocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return option_result(false, "fcntl(F_GETFL)");
  return option_result(::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0, "fcntl(F_SETFL,O_NONBLOCK)");
}

Result<void> set_no_delay(int fd, bool on) {
  return option_result(set_option(fd, IPPROTO_TCP, TCP_NODELAY, on), "setsockopt TCP_NODELAY");
}

Result<void> set_keep_alive(int fd, int interval_s) {
  const bool on = interval_s > 0;
  if (!set_option(fd, SOL_SOCKET, SO_KEEPALIVE, on)) return option_result(false, "setsockopt SO_KEEPALIVE");
  if (!on) return {};
  if (!set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, interval_s)) {
    return option_result(false, "setsockopt TCP_KEEPIDLE");
  }
  if (!set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, std::max(interval_s / 3, 1))) {
    return option_result(false, "setsockopt TCP_KEEPINTVL");
  }
  return option_result(set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes), "setsockopt TCP_KEEPCNT");
}

Address peer_address(int fd) { return address_of(fd, &::getpeername); }

Address local_address(int fd) { return address_of(fd, &::getsockname); }

std::string local_path(int fd) {
  sockaddr_un raw{};
  socklen_t size = sizeof raw;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&raw), &size) != 0 || raw.sun_family != AF_UNIX)
    return {};
  return {raw.sun_path, ::strnlen(raw.sun_path, sizeof raw.sun_path)};
}

std::string peer_name(int fd) { return name_of(fd, &::getpeername); }

std::string local_name(int fd) { return name_of(fd, &::getsockname); }

}  // namespace redpoll::net
