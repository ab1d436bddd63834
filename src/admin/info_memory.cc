// INFO memory: what is used, by whom, and what the allocator makes of it.
#include <algorithm>

#include "admin/info_sections.h"
#include "config/config.h"
#include "mem/zmalloc.h"

namespace redpoll::admin {
namespace {

double quotient(Bytes a, Bytes b) { return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b); }
int64_t difference(Bytes a, Bytes b) { return static_cast<int64_t>(a) - static_cast<int64_t>(b); }

// What memory is used for besides keys and values.
struct Usage {
  Bytes used = mem::zmalloc_used_memory();
  Bytes rss = mem::zmalloc_rss();
  Bytes peak = 0;
  Bytes clients = 0;
  Bytes overhead = 0;

  explicit Usage(const InfoSources& from) {
    peak = std::max(used, from.session.stats.peak_memory);
    from.session.clients.each([this](session::Client& client) { clients += client.memory_bytes(); });
    overhead = from.admin.process.startup_memory + clients;
    for (int i = 0; i < from.keyspace.size(); ++i) {
      const store::Database& db = from.keyspace.db(i);
      if (db.size() > 0) overhead += db.table_bytes();
    }
    overhead = std::min(overhead, used);
  }
  Bytes dataset() const { return used - overhead; }
};

// An allocator that tells nothing of itself is shown as if it wasted nothing.
mem::AllocatorStats allocator_stats(const Usage& usage) {
  mem::AllocatorStats stats = mem::zmalloc_allocator_stats();
  if (stats.allocated == 0) stats.allocated = usage.used;
  if (stats.resident == 0) stats.resident = usage.rss;
  if (stats.active == 0) stats.active = stats.resident;
  return stats;
}

void usage_fields(const InfoSources& from, const Usage& usage, InfoText& to) {
  const Bytes startup = from.admin.process.startup_memory;
  to.amount("used_memory", usage.used);
  to.amount("used_memory_rss", usage.rss);
  to.amount("used_memory_peak", usage.peak);
  to.percent("used_memory_peak_perc", 100 * quotient(usage.used, usage.peak));
  to.field("used_memory_overhead", usage.overhead);
  to.field("used_memory_startup", startup);
  to.field("used_memory_dataset", usage.dataset());
  to.percent("used_memory_dataset_perc",
             usage.used > startup ? 100 * quotient(usage.dataset(), usage.used - startup) : 0);
}

void script_fields(InfoText& to) {
  to.zeros({"used_memory_lua", "used_memory_vm_eval"});
  to.field("used_memory_lua_human", "0B");
  to.zeros({"used_memory_scripts_eval", "number_of_cached_scripts", "number_of_functions",
            "number_of_libraries", "used_memory_vm_functions"});
  to.amount("used_memory_vm_total", 0);
  to.field("used_memory_functions", 0);
  to.amount("used_memory_scripts", 0);
}

void fragmentation_fields(const mem::AllocatorStats& stats, const Usage& usage, InfoText& to) {
  to.ratio("allocator_frag_ratio", quotient(stats.active, stats.allocated));
  to.field("allocator_frag_bytes", difference(stats.active, stats.allocated));
  to.ratio("allocator_rss_ratio", quotient(stats.resident, stats.active));
  to.field("allocator_rss_bytes", difference(stats.resident, stats.active));
  to.ratio("rss_overhead_ratio", quotient(usage.rss, stats.resident));
  to.field("rss_overhead_bytes", difference(usage.rss, stats.resident));
  to.ratio("mem_fragmentation_ratio", quotient(usage.rss, usage.used));
  to.field("mem_fragmentation_bytes", difference(usage.rss, usage.used));
}

}  // namespace

void info_memory(const InfoSources& from, InfoText& to) {
  const Usage usage(from);
  const mem::AllocatorStats stats = allocator_stats(usage);
  const config::Config& config = from.session.config;
  usage_fields(from, usage, to);
  to.field("allocator_allocated", stats.allocated);
  to.field("allocator_active", stats.active);
  to.field("allocator_resident", stats.resident);
  to.amount("total_system_memory", from.admin.process.system_memory);
  script_fields(to);
  to.amount("maxmemory", config.settings().maxmemory);
  to.field("maxmemory_policy", config.get("maxmemory-policy"));
  fragmentation_fields(stats, usage, to);
  to.zeros({"mem_not_counted_for_evict", "mem_replication_backlog", "mem_total_replication_buffers",
            "mem_clients_slaves"});
  to.field("mem_clients_normal", usage.clients);
  to.zeros({"mem_cluster_links", "mem_aof_buffer"});
  to.field("mem_allocator", mem::zmalloc_allocator_name());
  to.field("active_defrag_running", 0);
  to.field("lazyfree_pending_objects", from.admin.host.reclaim_pending());
  to.field("lazyfreed_objects", from.admin.host.reclaimed());
  to.field("mem_shared_buffers", from.admin.host.shared_buffer_bytes());
}

}  // namespace redpoll::admin
