// A connected, non-blocking stream socket owned by one client.
//
// It reads and writes bytes and knows its ends; it buffers nothing, and registers nothing with the loop: the
// session does both. Kept in 40 bytes, since there is one per idle client. Code that uses it must not take
// read and write for system calls: TLS will sit behind the same functions.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "ae/interest.h"
#include "mem/blob.h"
#include "net/address.h"
#include "net/anet.h"

namespace redpoll::net {

enum class IoStatus : uint8_t {
  ok,           // `bytes` were moved, at least one
  would_block,  // try again when the loop says so
  eof,          // reading only: the peer will send no more; it may still read what we write
  error,        // the connection is lost, text() tells why
};

// What a read or write did. 16 bytes, returned in registers.
struct IoResult {
  size_t bytes = 0;
  int os_error = 0;
  IoStatus status = IoStatus::ok;

  bool ok() const { return status == IoStatus::ok; }
  bool would_block() const { return status == IoStatus::would_block; }
  bool eof() const { return status == IoStatus::eof; }
  bool failed() const { return status == IoStatus::error; }
  // "Connection reset by peer". REQUIRES: failed().
  std::string text() const;
};
static_assert(sizeof(IoResult) == 16);

class Connection {
 public:
  Connection() = default;
  // REQUIRES: `fd` is a non-blocking stream socket; `peer` is its other end, and `local` the name of this
  // one. Without it the kernel is asked whenever somebody wants to know.
  Connection(Fd fd, Address peer, ae::Priority priority = ae::Priority::normal, mem::BlobPtr local = {})
      : local_(std::move(local)), fd_(std::move(fd)), peer_(peer), priority_(priority) {}
  // Asks the kernel for the peer: for a socket that connect made.
  explicit Connection(Fd fd);
  Connection(Connection&&) noexcept = default;
  Connection& operator=(Connection&&) noexcept = default;

  // Reads what is there, at most `into.size()` bytes. REQUIRES: open(), `into` not empty.
  IoResult read(std::span<char> into);
  // Writes the pieces in order; may take only a part of them (`bytes` tells). Raises no SIGPIPE. At most
  // IOV_MAX pieces are looked at. REQUIRES: open(), at least one byte in `pieces`.
  IoResult write(std::span<const iovec> pieces);
  IoResult write(std::string_view bytes);

  bool open() const { return static_cast<bool>(fd_); }
  int fd() const { return fd_.get(); }
  void close() { fd_.reset(); }
  // The peer has ended its direction: read has returned eof.
  bool read_closed() const { return read_closed_; }

  bool is_unix() const { return peer_.family() == Family::local; }
  // From this machine, through Unix socket or loopback address: what protected mode trusts.
  bool is_local() const { return is_unix() || is_loopback(); }
  bool is_loopback() const { return peer_.is_loopback(); }
  const Address& peer() const { return peer_; }
  // That of the listener it came by, for whoever watches it.
  ae::Priority priority() const { return priority_; }
  // `127.0.0.1:6379`, `[::1]:6379`, `/path/redis.sock:0`; `?:0` when unknown. Made anew by each call; the
  // peer's stays known after the peer is gone.
  std::string peer_name() const;
  std::string local_name() const;
  // True if that is its name. No system call for what a listener has accepted.
  bool has_local_name(std::string_view name) const;

 private:
  mem::BlobPtr local_;
  Fd fd_;
  Address peer_;
  bool read_closed_ = false;
  ae::Priority priority_ = ae::Priority::normal;
};
static_assert(sizeof(Connection) <= 40);

}  // namespace redpoll::net
