#include "bench/load/connection.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "base/assert.h"
#include "base/text.h"

namespace redpoll::load {

namespace {

// How much of an unexpected reply a message shows.
constexpr size_t kExcerpt = 80;

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

// How much the socket takes at once, possibly nothing.
size_t send_some(int fd, std::string_view bytes) {
  const ssize_t n = SYS(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
  if (n < 0 && errno != EAGAIN) fail("send");
  return n < 0 ? 0 : static_cast<size_t>(n);
}

}  // namespace

void Connection::send(Script& script, size_t count) {
  if (sent_ + count > script.size()) sent_ = 0;
  if (outstanding_ == 0) answered_ = sent_;
  std::string_view bytes = script.number(sent_, count);
  sent_ += count;
  outstanding_ += count;
  if (unsent_.empty()) bytes.remove_prefix(send_some(fd_.get(), bytes));
  unsent_ += bytes;
}

void Connection::flush() {
  if (!unsent_.empty()) unsent_.erase(0, send_some(fd_.get(), unsent_));
}

size_t Connection::receive(const Script& script, std::span<char> buffer, Tally& tally) {
  size_t completed = 0;
  for (;;) {
    const ssize_t n = SYS(::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT));
    if (n == 0) throw std::runtime_error("the server closed a connection");
    if (n < 0 && errno == EAGAIN) return completed;
    if (n < 0) fail("recv");
    const std::string_view bytes(buffer.data(), static_cast<size_t>(n));
    if (begun_.empty()) {
      completed += take(script, bytes, tally);
    } else {
      const std::string joined = std::exchange(begun_, {}).append(bytes);
      completed += take(script, joined, tally);
    }
    // A read that does not fill the buffer has emptied the socket.
    if (bytes.size() < buffer.size()) return completed;
  }
}

size_t Connection::take(const Script& script, std::string_view bytes, Tally& tally) {
  size_t completed = 0;
  while (!bytes.empty()) {
    if (skip_ == 0) skip_ = judge(script, bytes, tally);
    if (skip_ == 0) {
      begun_ = bytes;
      break;
    }
    const size_t n = std::min(skip_, bytes.size());
    skip_ -= n;
    if (skip_ == 0) {
      if (bytes[n - 1] != '\n') {
        throw std::runtime_error(fmt::format("a reply that should be {} does not end where it should",
                                             script.reply(answered_).text()));
      }
      ++answered_;
      --outstanding_;
      ++completed;
    }
    bytes.remove_prefix(n);
  }
  tally.replies += completed;
  return completed;
}

size_t Connection::judge(const Script& script, std::string_view bytes, Tally& tally) {
  if (outstanding_ == 0) {
    throw std::runtime_error("a reply that nobody asked for: " + quoted(bytes.substr(0, kExcerpt)));
  }
  if (answered_ == script.size()) answered_ = 0;
  const Match match = script.reply(answered_).match(bytes);
  switch (match.verdict) {
    case Verdict::incomplete:
    case Verdict::good: break;
    case Verdict::null: ++tally.nulls; break;
    case Verdict::error:
      if (tally.errors++ == 0) tally.first_error = trim(bytes.substr(1, match.length - 1));
      break;
    case Verdict::wrong:
      throw std::runtime_error(fmt::format("a reply that should be {} is {}", script.reply(answered_).text(),
                                           quoted(bytes.substr(0, kExcerpt))));
  }
  return match.length;
}

}  // namespace redpoll::load
