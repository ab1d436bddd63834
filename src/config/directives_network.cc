// Directives: where the server listens.
#include <array>

#include "config/grammars.h"

namespace redpoll::config {
namespace {

using enum Status;
using enum Mutability;

constexpr auto kBackends = [] {
  std::array<Word, kEventBackends.size()> words{};
  for (size_t i = 0; i < words.size(); i++) {
    words[i] = {kEventBackends[i].text, static_cast<int>(kEventBackends[i].backend)};
  }
  return words;
}();

constexpr std::array<Word, 3> kPriorityListeners = {{
    {"none", static_cast<int>(PriorityListener::none)},
    {"port", static_cast<int>(PriorityListener::port)},
    {"unixsocket", static_cast<int>(PriorityListener::unixsocket)},
}};

}  // namespace

std::span<const Directive> network_directives() {
  static const Directive kTable[] = {
      {.name = "bind",
       .kind = kBindAddresses,
       .apply = Apply::listen,
       .about = "Addresses to listen on. One that starts with '-' may be missing on this machine; any other "
                "has to be there. '*' is every IPv4 address, '::*' every IPv6 address. An empty list means "
                "no TCP."},
      {.name = "port",
       .kind = number<&Settings::port>(0, 65535),
       .apply = Apply::listen,
       .about = "TCP port. 0 turns TCP off, so that only the Unix socket is left."},
      {.name = "unixsocket",
       .kind = text(&Settings::unixsocket),
       .mutability = at_start,
       .about = "Path of a Unix socket to listen on as well. Empty: none. A stale socket file is replaced."},
      {.name = "unixsocketperm",
       .kind = number<&Settings::unixsocketperm>(0, 0777, Number::Form::octal),
       .mutability = at_start,
       .about = "Permissions of the Unix socket, in octal. 0 leaves what the umask makes of it."},
      {.name = "priority-listener",
       .kind = choice<&Settings::priority_listener>(kPriorityListeners),
       .apply = Apply::listen,
       .about = "Whose clients are served before all others that have sent something at the same time: those "
                "of the TCP 'port', those of the 'unixsocket', or nobody's. So an administrator is answered "
                "while others flood the server. For connections from now on. Redpoll only."},
      {.name = "tcp-backlog",
       .kind = number<&Settings::tcp_backlog>(0, INT_MAX),
       .mutability = at_start,
       .about = "How many connections may wait to be accepted. The kernel cuts it down to "
                "/proc/sys/net/core/somaxconn, and the log warns of it."},
      {.name = "max-new-connections-per-cycle",
       .kind = number<&Settings::max_new_connections_per_cycle>(1, 1000),
       .apply = Apply::accepting,
       .about = "Connections that are accepted on each listening socket before other clients are served."},
      {.name = "mptcp",
       .kind = flag(false),
       .mutability = Mutability::as_it_is,
       .needs = needs::mptcp,
       .about = "Offer multipath TCP to clients."},
      {.name = "unixsocketgroup",
       .kind = text(""),
       .mutability = Mutability::as_it_is,
       .needs = needs::socket_group,
       .about = "Group of the Unix socket."},
      {.name = "timeout",
       .kind = number<&Settings::timeout>(0, INT_MAX),
       .about = "Close a client after so many seconds without a command. 0: never. Clients that wait for "
                "something, and replicas, are spared."},
      {.name = "tcp-keepalive",
       .kind = number<&Settings::tcp_keepalive>(0, INT_MAX),
       .apply = Apply::accepting,
       .about =
           "Seconds of silence before the kernel asks whether the peer of a connection is alive. It finds "
           "dead peers, and keeps entries in firewalls fresh. 0: never."},
      {.name = "protected-mode",
       .kind = flag(&Settings::protected_mode),
       .about = "Refuse clients of other machines as long as there is no password."},
      {.name = "event-backend",
       .kind = choice<&Settings::event_backend>(kBackends),
       .mutability = Mutability::as_it_is,
       .about = "Which interface of the kernel the event loop waits with. 'auto' takes the best there is. "
                "One that this machine does not have stops the start. Redpoll only."},
      {.name = "bind-source-addr",
       .kind = text(""),
       .needs = needs::replication,
       .about = "Address from which connections to other servers are made."},
      {.name = "socket-mark-id",
       .kind = number(0, 0, UINT_MAX),
       .mutability = at_start,
       .needs = needs::marks,
       .about = "Mark (SO_MARK) put on listening sockets, for packet filters and routing."},
  };
  return kTable;
}

}  // namespace redpoll::config
