// Directives: snapshots and the append-only file.
#include <array>

#include "config/grammars.h"

namespace redpoll::config {
namespace {

using enum Status;
using enum Mutability;
using enum Visibility;

constexpr std::array<Word, 3> kFsync = {{{"everysec", 1}, {"always", 2}, {"no", 0}}};

}  // namespace

std::span<const Directive> persistence_directives() {
  static const Directive kTable[] = {
      {.name = "save",
       .kind = kSavePoints,
       .needs = needs::persistence,
       .harmless = "",
       .about = "Write a snapshot after so many seconds if at least so many keys changed. Several pairs, in "
                "one line or in several. \"\" turns snapshots off."},
      {.name = "stop-writes-on-bgsave-error",
       .kind = flag(true),
       .needs = needs::persistence,
       .harmless = "no",
       .about = "Refuse writes after a snapshot failed, so that somebody notices."},
      {.name = "rdbcompression",
       .kind = flag(true),
       .needs = needs::persistence,
       .harmless = "no",
       .about = "Compress strings in snapshots."},
      {.name = "rdbchecksum",
       .kind = flag(true),
       .mutability = at_start,
       .needs = needs::persistence,
       .harmless = "no",
       .about = "End snapshots with a checksum, and check it when loading."},
      {.name = "dbfilename",
       .kind = text("dump.rdb", check_file_name),
       .mutability = if_unprotected,
       .needs = needs::persistence,
       .about = "File of the snapshot, in 'dir'."},
      {.name = "rdb-del-sync-files",
       .kind = flag(false),
       .needs = needs::persistence,
       .about = "Delete snapshot files made for replication when persistence is off."},
      {.name = "rdb-save-incremental-fsync",
       .kind = flag(true),
       .needs = needs::persistence,
       .about = "Flush a snapshot to disk every few megabytes while it is written."},
      {.name = "rdb-key-save-delay",
       .kind = number(0, INT_MIN, INT_MAX),
       .visibility = hidden,
       .needs = needs::persistence,
       .about = "For tests: microseconds to wait between keys while saving."},
      {.name = "key-load-delay",
       .kind = number(0, INT_MIN, INT_MAX),
       .visibility = hidden,
       .needs = needs::persistence,
       .about = "For tests: microseconds to wait between keys while loading."},
      {.name = "loading-process-events-interval-bytes",
       .kind = number(2 << 20, 1024, INT_MAX),
       .visibility = hidden,
       .needs = needs::persistence,
       .about = "Bytes loaded between two looks at the clients."},
      {.name = "appendonly",
       .kind = flag(false),
       .needs = needs::persistence,
       .about = "Log every change to the append-only file."},
      {.name = "appendfilename",
       .kind = text("appendonly.aof", check_append_file_name),
       .mutability = at_start,
       .needs = needs::persistence,
       .about = "First part of the names of its files."},
      {.name = "appenddirname",
       .kind = text("appendonlydir", check_append_dir_name),
       .mutability = at_start,
       .needs = needs::persistence,
       .about = "Directory of its files, in 'dir'."},
      {.name = "appendfsync",
       .kind = choice(kFsync, 1),
       .needs = needs::persistence,
       .about = "When it is flushed to disk: after every write, every second, or when the kernel likes."},
      {.name = "no-appendfsync-on-rewrite",
       .kind = flag(false),
       .needs = needs::persistence,
       .about = "Do not flush while a child process writes to disk."},
      {.name = "auto-aof-rewrite-percentage",
       .kind = number(100, 0, INT_MAX),
       .needs = needs::persistence,
       .about = "Growth since the last rewrite, in percent, that starts the next. 0: never."},
      {.name = "auto-aof-rewrite-min-size",
       .kind = memory(64 << 20, 0),
       .needs = needs::persistence,
       .about = "Size below which it is not rewritten."},
      {.name = "aof-load-truncated",
       .kind = flag(true),
       .needs = needs::persistence,
       .about = "Start with a file whose end is cut off, dropping the broken end."},
      {.name = "aof-use-rdb-preamble",
       .kind = flag(true),
       .needs = needs::persistence,
       .about = "Begin a rewritten file with a snapshot, which loads faster."},
      {.name = "aof-timestamp-enabled",
       .kind = flag(false),
       .needs = needs::persistence,
       .about = "Note times in the file, so that it can be cut at one."},
      {.name = "aof-rewrite-incremental-fsync",
       .kind = flag(true),
       .needs = needs::persistence,
       .about = "Flush a rewritten file every few megabytes."},
      {.name = "aof-disable-auto-gc",
       .kind = flag(false),
       .needs = needs::persistence,
       .about = "Keep old files of the append-only file."},
  };
  return kTable;
}

}  // namespace redpoll::config
