#include "support/raw_client.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace redpoll::testing {

namespace {

[[noreturn]] void socket_failed(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int connect_to(const sockaddr* address, socklen_t size, int receive_buffer) {
  const int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) socket_failed("socket");
  if (receive_buffer > 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (connect(fd, address, size) != 0) {
    const int error = errno;
    close(fd);
    errno = error;
    socket_failed("connect");
  }
  return fd;
}

int connect_tcp(uint16_t port, const std::string& address, int receive_buffer) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    throw std::runtime_error("not an address: " + address);
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  const int fd = connect_to(found->ai_addr, found->ai_addrlen, receive_buffer);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

}  // namespace

RawClient::RawClient(uint16_t port, const std::string& address, int receive_buffer)
    : fd_(connect_tcp(port, address, receive_buffer)) {}
RawClient::RawClient(int fd) : fd_(fd) {}
RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

RawClient& RawClient::operator=(RawClient&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

RawClient RawClient::unix_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return RawClient(connect_to(reinterpret_cast<sockaddr*>(&address), sizeof address, 0));
}

void RawClient::wait_for(short events) {
  pollfd wanted{fd_, events, 0};
  const int ready = poll(&wanted, 1, static_cast<int>(kDeadline.count()));
  if (ready < 0) socket_failed("poll");
  if (ready == 0)
    throw std::runtime_error("nothing happened on the connection; received so far: " +
                             redpoll::quoted(buffer_));
}

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const long sent = send_some(bytes);
    if (sent < 0) socket_failed("send");
    bytes.remove_prefix(static_cast<size_t>(sent));
    if (!bytes.empty()) wait_for(POLLOUT);
  }
}

void RawClient::send_or_notice(std::string_view bytes) {
  try {
    send(bytes);
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::broken_pipe && error.code() != std::errc::connection_reset) throw;
  }
}

long RawClient::send_some(std::string_view bytes) {
  const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : sent;
}

void RawClient::finish_sending() { shutdown(fd_, SHUT_WR); }

void RawClient::reset() {
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(std::exchange(fd_, -1));
}

bool RawClient::fill() {
  wait_for(POLLIN);
  const size_t had = buffer_.size();
  buffer_.resize(had + 65'536);
  const ssize_t got = recv(fd_, buffer_.data() + had, 65'536, 0);
  buffer_.resize(had + static_cast<size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0 && errno != ECONNRESET && errno != EPIPE) socket_failed("recv");
  return got > 0;
}

std::string RawClient::read_exactly(size_t bytes) {
  while (buffer_.size() < bytes) {
    if (!fill()) throw std::runtime_error("the connection ended after " + redpoll::quoted(buffer_));
  }
  std::string taken = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return taken;
}

std::string RawClient::read_until(std::string_view text) {
  size_t at;
  while ((at = buffer_.find(text)) == std::string::npos) {
    if (!fill()) throw std::runtime_error("the connection ended after " + redpoll::quoted(buffer_));
  }
  return read_exactly(at + text.size());
}

std::string RawClient::read_to_end() {
  while (fill()) {}
  return std::exchange(buffer_, {});
}

bool RawClient::is_closed() { return buffer_.empty() && !fill(); }

bool RawClient::is_silent_for(milliseconds time) { return buffer_.empty() && !readable_within(time); }

ParsedReply RawClient::take_reply() {
  ParsedReply parsed = parse_reply(buffer_);
  if (parsed.state == ParsedReply::State::complete) buffer_.erase(0, parsed.used);
  return parsed;
}

bool RawClient::readable_within(milliseconds time) {
  pollfd wanted{fd_, POLLIN, 0};
  return poll(&wanted, 1, static_cast<int>(time.count())) > 0;
}

Reply RawClient::next_reply() {
  for (;;) {
    ParsedReply parsed = take_reply();
    if (parsed.state == ParsedReply::State::complete) return std::move(parsed.reply);
    if (parsed.state == ParsedReply::State::malformed)
      throw std::runtime_error("not a reply (" + std::string(parsed.problem) +
                               "): " + redpoll::quoted(buffer_));
    if (!fill()) throw std::runtime_error("the connection ended after " + redpoll::quoted(buffer_));
  }
}

std::string RawClient::reply() { return to_text(next_reply()); }

std::string RawClient::call(const std::vector<std::string>& words) {
  send(encode(words));
  return reply();
}

std::string RawClient::run(std::string_view line) { return call(words_of(line)); }

std::string encode(const std::vector<std::string>& words) {
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    bytes += "$" + std::to_string(word.size()) + "\r\n";
    bytes += word;
    bytes += "\r\n";
  }
  return bytes;
}

std::vector<std::string> words_of(std::string_view line) {
  auto words = split_args(line);
  if (!words) throw std::runtime_error("unbalanced quotes: " + std::string(line));
  return *std::move(words);
}

}  // namespace redpoll::testing
