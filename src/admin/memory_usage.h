// What memory is used for: the figures behind INFO memory, MEMORY STATS and MEMORY DOCTOR.
#pragma once

#include <cstdint>
#include <string>

#include "admin/info_sections.h"
#include "base/units.h"
#include "mem/zmalloc.h"

namespace redpoll::admin {

struct MemoryUsage {
  explicit MemoryUsage(const InfoSources& from);

  Bytes used = mem::zmalloc_used_memory();
  Bytes rss = mem::zmalloc_rss();
  Bytes peak = 0;
  Bytes startup = 0;   // when the server was empty
  Bytes clients = 0;   // what is kept for all of them
  Bytes overhead = 0;  // what does not grow with keys and values, and the tables that find keys
  size_t keys = 0;
  // One that tells nothing of itself is shown as if it wasted nothing.
  mem::AllocatorStats allocator = mem::zmalloc_allocator_stats();

  Bytes dataset() const { return used - overhead; }
  Bytes above_startup() const { return used > startup ? used - startup : 0; }
  // Of what came since the start, in percent.
  double dataset_percent() const { return 100 * ratio(dataset(), above_startup()); }
  double peak_percent() const { return 100 * ratio(used, peak); }

  // 0 if there is nothing to divide by.
  static double ratio(Bytes a, Bytes b) {
    return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
  }
  static int64_t excess(Bytes a, Bytes b) { return static_cast<int64_t>(a) - static_cast<int64_t>(b); }
};

// MEMORY DOCTOR: what is wrong with it, in words. `clients`: how many there are.
std::string report_memory(const MemoryUsage& usage, size_t clients);

}  // namespace redpoll::admin
