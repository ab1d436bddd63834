// INFO memory: what is used, by whom, and what the allocator makes of it.
#include "admin/info_sections.h"
#include "admin/memory_usage.h"
#include "config/config.h"
#include "mem/zmalloc.h"

namespace redpoll::admin {
namespace {

void usage_fields(const MemoryUsage& usage, InfoText& to) {
  to.amount("used_memory", usage.used);
  to.amount("used_memory_rss", usage.rss);
  to.amount("used_memory_peak", usage.peak);
  to.percent("used_memory_peak_perc", usage.peak_percent());
  to.field("used_memory_overhead", usage.overhead);
  to.field("used_memory_startup", usage.startup);
  to.field("used_memory_dataset", usage.dataset());
  to.percent("used_memory_dataset_perc", usage.dataset_percent());
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

void fragmentation_fields(const MemoryUsage& usage, InfoText& to) {
  const mem::AllocatorStats& stats = usage.allocator;
  const auto pair = [&to](std::string_view ratio, std::string_view bytes, Bytes a, Bytes b) {
    to.ratio(ratio, MemoryUsage::ratio(a, b));
    to.field(bytes, MemoryUsage::excess(a, b));
  };
  pair("allocator_frag_ratio", "allocator_frag_bytes", stats.active, stats.allocated);
  pair("allocator_rss_ratio", "allocator_rss_bytes", stats.resident, stats.active);
  pair("rss_overhead_ratio", "rss_overhead_bytes", usage.rss, stats.resident);
  pair("mem_fragmentation_ratio", "mem_fragmentation_bytes", usage.rss, usage.used);
}

}  // namespace

void info_memory(const InfoSources& from, InfoText& to) {
  const MemoryUsage usage(from);
  const mem::AllocatorStats& stats = usage.allocator;
  const config::Config& config = from.session.config;
  usage_fields(usage, to);
  to.field("allocator_allocated", stats.allocated);
  to.field("allocator_active", stats.active);
  to.field("allocator_resident", stats.resident);
  to.amount("total_system_memory", from.admin.process.system_memory);
  script_fields(to);
  to.amount("maxmemory", config.settings().maxmemory);
  to.field("maxmemory_policy", config.get("maxmemory-policy"));
  fragmentation_fields(usage, to);
  to.zeros({"mem_not_counted_for_evict", "mem_replication_backlog", "mem_total_replication_buffers",
            "mem_clients_slaves"});
  to.field("mem_clients_normal", usage.clients);
  to.zeros({"mem_cluster_links", "mem_aof_buffer"});
  to.field("mem_allocator", mem::zmalloc_allocator_name());
  to.field("active_defrag_running", from.admin.host.defrag().running_percent);
  to.field("lazyfree_pending_objects", from.admin.host.reclaim_pending());
  to.field("lazyfreed_objects", from.admin.host.reclaimed());
  to.field("mem_shared_buffers", from.admin.host.shared_buffer_bytes());
}

}  // namespace redpoll::admin
