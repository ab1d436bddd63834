// The listening sockets of the server: opens them as configured, registers them with the loop and hands
// accepted connections to an Acceptor.
//
// What is listened on can be changed at run time. Sockets that stay are kept (no connection waiting in their
// backlog is lost), new ones are opened before old ones are closed, and when one cannot be opened everything
// stays as it was. Only where an old one is in the way of a new one, as `*` is of 127.0.0.1, it is closed
// first, and opened again should the change fail.
//
// Out of descriptors or memory, accepting rests for kRestMs: the connections wait in the kernel's backlog,
// the loop does not spin, other clients are served, and the log gets a line at most every kLogIntervalMs.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ae/event_loop.h"
#include "base/result.h"
#include "base/units.h"
#include "net/connection.h"
#include "net/local_names.h"

namespace redpoll {
class Logger;
}

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
  int accepts_per_turn = 10;    // on each socket
  std::string unix_socket;      // empty: none
  mode_t unix_permissions = 0;  // 0: as umask gives
  // Of the listeners and of what they accept from now on.
  ae::Priority tcp_priority = ae::Priority::normal;
  ae::Priority unix_priority = ae::Priority::normal;
};

class Listeners {
 public:
  static constexpr size_t kMaxBindAddresses = 16;
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
  bool has_unix() const;

  // CONFIG SET tcp-keepalive: for connections accepted from now on.
  void set_keep_alive(int interval_s);
  // CONFIG SET max-new-connections-per-cycle.
  void set_accepts_per_turn(int count) { config_.accepts_per_turn = count; }

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
  enum class Kind : uint8_t { tcp, local };
  // Tells our Unix socket file from one that another server has put in its place.
  struct FileId {
    dev_t device = 0;
    ino_t inode = 0;
    friend bool operator==(const FileId&, const FileId&) = default;
  };
  struct Socket {
    Kind kind = Kind::tcp;
    bool optional = false;
    bool kept = false;  // in a change under way: an open socket is at this place already
    uint16_t port = 0;
    std::string name;  // bind address or path
    Fd fd;
    FileId file;

    bool same_place(const Socket& other) const {
      return kind == other.kind && port == other.port && name == other.name;
    }
  };
  using Sockets = std::vector<Socket>;

  static Sockets places(const ListenConfig& config);
  static FileId file_id(const std::string& path);

  // The text is the error, empty when all went well.
  std::string open_new(Sockets& next, const ListenConfig& config);
  std::string open_tcp(Socket& socket, const Sockets* next, const ListenConfig& config);
  std::string open_local(Socket& socket, const ListenConfig& config);
  void mark_kept(Sockets& next) const;
  bool make_way(const Sockets& next, uint16_t port);
  void restore();
  void adopt(Sockets next);
  void drop(Socket& socket);
  void remove_file(const Socket& socket);

  bool accepting() const { return !paused_ && rest_ == ae::TimerId::none; }
  Result<void> watch(const Socket& socket);
  void watch_all();
  void set_priority(const Socket& socket);
  void unwatch_all();
  void on_acceptable(int fd, ae::Interest ready);
  void hand_over(Fd fd, const Address& peer, ae::Priority priority);
  void rest(std::string_view reason);
  int64_t on_rested(ae::TimerId timer);

  ae::EventLoop& loop_;
  Acceptor& acceptor_;
  Logger& log_;
  ListenConfig config_;
  Sockets sockets_;
  LocalNames names_;
  bool paused_ = false;
  ae::TimerId rest_ = ae::TimerId::none;
  std::optional<MonoUs> last_complaint_;
  uint64_t refusals_ = 0;
  uint64_t changes_ = 0;  // a burst ends when the acceptor has changed what we listen on
};

}  // namespace redpoll::net
