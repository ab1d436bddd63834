// redpoll-echo: the smallest epoll server there can be, as the floor that the kernel sets for a workload.
//
// It does not look at what it gets. It is told how long a request is and what answers one, counts bytes, and
// for each full length sends the same reply: one read and one write per readable socket, level-triggered, one
// thread. So it cannot answer workloads whose requests differ in length, and it stores nothing: a SET and a
// GET of the same sizes cost it what moving their bytes costs.
//
// usage: redpoll-echo --port N --request BYTES --reply SHAPE      (SHAPE as in bench/load/shape.h)
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/numbers.h"
#include "bench/load/shape.h"
#include "net/anet.h"

namespace redpoll {
namespace {

constexpr size_t kReadBuffer = 256 * 1024;
constexpr size_t kReplyBuffer = 256 * 1024;
constexpr size_t kMaxFired = 1024;

[[noreturn]] void die(std::string_view text) {
  fmt::print(stderr, "redpoll-echo: {}\n", text);
  std::exit(1);
}

struct Connection {
  explicit Connection(net::Fd socket) : fd(std::move(socket)) {}
  net::Fd fd;
  size_t partial = 0;  // bytes of a request that is not complete
  size_t owed = 0;     // bytes of replies not sent
  size_t at = 0;       // how far into the reply the next byte is
  bool waits_to_write = false;
};

class EchoServer {
 public:
  EchoServer(uint16_t port, size_t request_bytes, const std::string& reply)
      : request_bytes_(request_bytes), reply_bytes_(reply.size()), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    while (replies_.size() < kReplyBuffer + reply_bytes_) replies_ += reply;
    net::FdOrError listener = net::listen_tcp("127.0.0.1", port, 4096);
    if (!listener.ok()) die(listener.error());
    listener_ = listener.take();
    watch(EPOLL_CTL_ADD, listener_.get(), EPOLLIN);
  }

  [[noreturn]] void run() {
    std::vector<epoll_event> fired(kMaxFired);
    for (;;) {
      const int n = SYS(::epoll_wait(epoll_.get(), fired.data(), static_cast<int>(fired.size()), -1));
      for (int i = 0; i < n; ++i) {
        const epoll_event& event = fired[static_cast<size_t>(i)];
        if (event.data.fd == listener_.get()) {
          accept();
          continue;
        }
        std::unique_ptr<Connection>& connection = by_fd_[static_cast<size_t>(event.data.fd)];
        // Closing the socket takes it out of epoll.
        if (!serve(*connection, event.events)) connection.reset();
      }
    }
  }

 private:
  void watch(int operation, int fd, uint32_t events) const {
    epoll_event event{.events = events, .data = {.fd = fd}};
    if (::epoll_ctl(epoll_.get(), operation, fd, &event) != 0) die(std::strerror(errno));
  }

  void accept() {
    net::Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) return;
    if (!net::set_no_delay(fd.get(), true).ok()) return;
    const auto number = static_cast<size_t>(fd.get());
    watch(EPOLL_CTL_ADD, fd.get(), EPOLLIN);
    if (by_fd_.size() <= number) by_fd_.resize(number + 1);
    by_fd_[number] = std::make_unique<Connection>(std::move(fd));
  }

  // False when the connection is over.
  bool serve(Connection& c, uint32_t events) {
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
      const ssize_t n = ::recv(c.fd.get(), buffer_.data(), buffer_.size(), 0);
      if (n == 0 || (n < 0 && errno != EAGAIN)) return false;
      if (n > 0) {
        c.partial += static_cast<size_t>(n);
        c.owed += c.partial / request_bytes_ * reply_bytes_;
        c.partial %= request_bytes_;
      }
    }
    while (c.owed > 0) {
      const size_t size = std::min(c.owed, replies_.size() - c.at);
      const ssize_t n = ::send(c.fd.get(), replies_.data() + c.at, size, MSG_NOSIGNAL);
      if (n < 0 && errno != EAGAIN) return false;
      if (n < 0) break;
      c.owed -= static_cast<size_t>(n);
      c.at = (c.at + static_cast<size_t>(n)) % reply_bytes_;
    }
    const bool must_wait = c.owed > 0;
    if (must_wait != c.waits_to_write) {
      watch(EPOLL_CTL_MOD, c.fd.get(), must_wait ? EPOLLIN | EPOLLOUT : EPOLLIN);
      c.waits_to_write = must_wait;
    }
    return true;
  }

  size_t request_bytes_;
  size_t reply_bytes_;
  std::string replies_;  // the reply, again and again
  std::vector<char> buffer_ = std::vector<char>(kReadBuffer);
  net::Fd epoll_;
  net::Fd listener_;
  std::vector<std::unique_ptr<Connection>> by_fd_;
};

int main(int argc, char** argv) {
  std::optional<uint64_t> port, request;
  std::optional<load::Shape> reply;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i], value = argv[i + 1];
    if (name == "--port") port = parse_uint64(value);
    if (name == "--request") request = parse_uint64(value);
    if (Result<load::Shape> shape = load::Shape::parse(value); name == "--reply" && shape.ok())
      reply = *shape;
  }
  if (!port || *port > UINT16_MAX || !request || *request == 0 || !reply) {
    die("usage: redpoll-echo --port N --request BYTES --reply SHAPE");
  }
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  EchoServer(static_cast<uint16_t>(*port), *request, reply->sample()).run();
}

}  // namespace
}  // namespace redpoll

int main(int argc, char** argv) { return redpoll::main(argc, argv); }
