// The listening sockets of the server: opens them as configured, registers them with the loop and hands
// accepted connections to an Acceptor.
//
// What is listened on can be changed at run time. Sockets that stay are kept (no connection waiting in their
// backlog is lost), new ones are opened before old ones are closed, and when one cannot be opened everything
// stays as it was.
//
// Out of descriptors or memory, accepting rests for kRestMs: the connections wait in the kernel's backlog,
// the loop does not spin, other clients are served, and the log gets a line at most every kLogIntervalMs.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/connection.h"

namespace redpoll {
class Logger;
namespace ae {
class EventLoop;
}
}  // namespace redpoll

namespace redpoll::net {

// Called for each accepted connection: no-delay and keep-alive are set already.
class Acceptor {
 public:
  virtual ~Acceptor() = default;
  // Takes the connection over. May call anything of Listeners but its destructor.
  virtual void accepted(Connection connection) = 0;
};

// What to listen on, in the terms of the configuration file.
struct ListenConfig {
  // At most kMaxBindAddresses. `*`: all IPv4, `::*`: all IPv6, else an address or name. With `-` in front the
  // address may be missing on this machine. No addresses (or a single empty one): no TCP.
  std::vector<std::string> bind = {"*", "-::*"};
  uint16_t port = 6379;  // 0: no TCP
  int backlog = 511;
  int keep_alive_s = 300;       // of accepted TCP connections; 0: off
  std::string unix_socket;      // empty: none
  mode_t unix_permissions = 0;  // 0: as umask gives
};

class Listeners {
 public:
  static constexpr size_t kMaxBindAddresses = 16;
  static constexpr int kAcceptsPerTurn = 1000;  // per socket; as Redis: MAX_ACCEPTS_PER_CALL
  static constexpr int kRestMs = 100;
  static constexpr int kLogIntervalMs = 1000;

  // `loop`, `acceptor` and `log` must outlive this.
  Listeners(ae::EventLoop& loop, Acceptor& acceptor, Logger& log);
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;
  // Closes as close() does.
  ~Listeners();

  // Makes the listening sockets those of `config`, at start or later (CONFIG SET bind, port). Logs each
  // address that cannot be listened on, as Redis does. The error is Redis's last line before it gives up,
  // such as `Failed listening on port 6379 (TCP), aborting.`; what was open before stays open then. Listening
  // nowhere is no error: see count().
  Result<void> open(const ListenConfig& config);

  // Number of listening sockets, and of the TCP ones among them.
  size_t count() const;
  size_t tcp_count() const;
  // The port of the first TCP socket: tells tests which one the kernel chose. 0 when there is none.
  uint16_t port() const;
  bool has_unix() const;

  // CONFIG SET tcp-keepalive: for connections accepted from now on.
  void set_keep_alive(int interval_s);

  // Stops and resumes accepting; connections wait in the backlog meanwhile.
  void pause();
  void resume();
  bool paused() const;

  // How often the kernel refused a connection for want of descriptors or memory.
  uint64_t refusals() const;

  // Closes all sockets and removes the Unix socket's file, if it is still ours.
  void close();
  // In a forked child: closes the descriptors but leaves the loop (which the parent shares) and the file
  // alone.
  void close_in_child();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace redpoll::net
