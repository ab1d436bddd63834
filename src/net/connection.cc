#include "net/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "base/assert.h"

namespace redpoll::net {

namespace {

// Names the outcome of a system call that gave `n`. 0 is left to the caller: it means another thing to read
// and write.
IoResult outcome(ssize_t n) {
  if (n >= 0) return {.bytes = static_cast<size_t>(n)};
  if (errno == EAGAIN || errno == EWOULDBLOCK) return {.status = IoStatus::would_block};
  return {.os_error = errno, .status = IoStatus::error};
}

}  // namespace

std::string IoResult::text() const { return std::strerror(os_error); }

Connection::Connection(Fd fd) : fd_(std::move(fd)), peer_(peer_address(fd_.get())) {}

IoResult Connection::read(std::span<char> into) {
  const ssize_t n = SYS(::recv(fd(), into.data(), into.size(), 0));
  if (n != 0) return outcome(n);
  read_closed_ = true;
  return {.status = IoStatus::eof};
}

IoResult Connection::write(std::span<const iovec> pieces) {
  if (pieces.size() == 1) return write({static_cast<const char*>(pieces[0].iov_base), pieces[0].iov_len});
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());  // sendmsg only reads them
  message.msg_iovlen = std::min<size_t>(pieces.size(), IOV_MAX);
  return outcome(SYS(::sendmsg(fd(), &message, MSG_NOSIGNAL)));
}

IoResult Connection::write(std::string_view bytes) {
  return outcome(SYS(::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL)));
}

std::string Connection::peer_name() const { return is_unix() ? local_name() : peer_.text(); }

std::string Connection::local_name() const {
  return local_ ? std::string(local_->view()) : net::local_name(fd());
}

bool Connection::has_local_name(std::string_view name) const {
  return local_ ? local_->view() == name : net::local_name(fd()) == name;
}

}  // namespace redpoll::net
