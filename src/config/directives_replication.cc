// Directives: masters and replicas.
#include <array>

#include "config/grammars.h"

namespace redpoll::config {
namespace {

using enum Status;
using enum Mutability;

constexpr std::array<Word, 3> kDisklessLoad = {{{"disabled", 0}, {"on-empty-db", 1}, {"swapdb", 2}}};
constexpr std::array<Word, 3> kOnError = {{{"ignore", 0}, {"panic", 1}, {"panic-on-replicas", 2}}};

}  // namespace

std::span<const Directive> replication_directives() {
  static const Directive kTable[] = {
      {.name = "replicaof",
       .alias = "slaveof",
       .kind = kReplicaOf,
       .mutability = at_start,
       .status = later,
       .about = "Copy the data of the master at this host and port, and follow its changes."},
      {.name = "masterauth", .kind = text(""), .status = later, .about = "Password for the master."},
      {.name = "masteruser", .kind = text(""), .status = later, .about = "User for the master."},
      {.name = "replica-serve-stale-data",
       .alias = "slave-serve-stale-data",
       .kind = flag(true),
       .status = later,
       .about = "Answer reads while the master is out of reach."},
      {.name = "replica-read-only",
       .alias = "slave-read-only",
       .kind = flag(true),
       .status = later,
       .about = "Refuse writes of clients on a replica."},
      {.name = "repl-diskless-sync",
       .kind = flag(true),
       .status = later,
       .about = "Send the snapshot straight to the sockets of replicas."},
      {.name = "repl-diskless-sync-delay",
       .kind = number(5, 0, INT_MAX),
       .status = later,
       .about = "Seconds to wait for more replicas before that."},
      {.name = "repl-diskless-sync-max-replicas",
       .kind = number(0, 0, INT_MAX),
       .status = later,
       .about = "Do not wait once so many are there. 0: wait."},
      {.name = "repl-diskless-load",
       .kind = choice(kDisklessLoad, 0),
       .status = later,
       .about = "Whether a replica loads the snapshot without a file: never, when it is empty, or always, "
                "keeping the "
                "old data until the new is there."},
      {.name = "repl-ping-replica-period",
       .alias = "repl-ping-slave-period",
       .kind = number(10, 1, INT_MAX),
       .status = later,
       .about = "Seconds between two pings to replicas."},
      {.name = "repl-timeout",
       .kind = number(60, 1, INT_MAX),
       .status = later,
       .about = "Seconds of silence after which the other side counts as gone."},
      {.name = "repl-disable-tcp-nodelay",
       .kind = flag(false),
       .status = later,
       .about = "Send replicas fewer and bigger packets, up to 40 ms late."},
      {.name = "repl-backlog-size",
       .kind = memory(1 << 20, 1),
       .status = later,
       .about = "Changes kept for replicas that come back."},
      {.name = "repl-backlog-ttl",
       .kind = number(3600, 0, LLONG_MAX),
       .status = later,
       .about = "Seconds without replicas after which they are dropped. 0: never."},
      {.name = "replica-priority",
       .alias = "slave-priority",
       .kind = number(100, 0, INT_MAX),
       .status = later,
       .about = "Rank for becoming master: the lowest first, 0 never."},
      {.name = "replica-announced",
       .kind = flag(true),
       .status = later,
       .about = "Let Sentinel report this replica to clients."},
      {.name = "replica-announce-ip",
       .alias = "slave-announce-ip",
       .kind = text(""),
       .status = later,
       .about = "Address that the master and Sentinel are told."},
      {.name = "replica-announce-port",
       .alias = "slave-announce-port",
       .kind = number(0, 0, 65535),
       .status = later,
       .about = "Port that they are told."},
      {.name = "min-replicas-to-write",
       .alias = "min-slaves-to-write",
       .kind = number(0, 0, INT_MAX),
       .status = later,
       .about = "Refuse writes with fewer good replicas. 0: off."},
      {.name = "min-replicas-max-lag",
       .alias = "min-slaves-max-lag",
       .kind = number(10, 0, INT_MAX),
       .status = later,
       .about = "Seconds since its last sign of life that a good replica may lag."},
      {.name = "replica-ignore-maxmemory",
       .alias = "slave-ignore-maxmemory",
       .kind = flag(true),
       .status = later,
       .about = "Leave eviction to the master."},
      {.name = "replica-lazy-flush",
       .alias = "slave-lazy-flush",
       .kind = flag(false),
       .status = later,
       .about = "Drop the old data in the background before a full copy."},
      {.name = "replica-ignore-disk-write-errors",
       .kind = flag(false),
       .status = later,
       .about = "Go on replicating when the disk fails."},
      {.name = "propagation-error-behavior",
       .kind = choice(kOnError, 0),
       .status = later,
       .about = "What to do when a replicated command fails: ignore it or stop."},
  };
  return kTable;
}

}  // namespace redpoll::config
