#include "admin/memory_usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace redpoll::admin {

MemoryUsage::MemoryUsage(const InfoSources& from) {
  peak = std::max(used, from.session.stats.peak_memory);
  startup = from.admin.process.startup_memory;
  from.session.clients.each([this](session::Client& client) { clients += client.memory_bytes(); });
  overhead = startup + clients;
  for (int i = 0; i < from.keyspace.size(); ++i) {
    const store::Database& db = from.keyspace.db(i);
    if (db.size() > 0) overhead += db.table_bytes();
    keys += db.size();
  }
  overhead = std::min(overhead, used);
  if (allocator.allocated == 0) allocator.allocated = used;
  if (allocator.resident == 0) allocator.resident = rss;
  if (allocator.active == 0) allocator.active = allocator.resident;
}

std::string report_memory(const MemoryUsage& usage, size_t clients) {
  constexpr Bytes kTooLittle = Bytes{5} << 20;  // to tell anything from
  constexpr Bytes kWorthIt = Bytes{10} << 20;   // less is not worth a word, whatever its share
  constexpr Bytes kLargeClient = Bytes{200} << 10;
  if (usage.used < kTooLittle) return "There is hardly any data in here: nothing can be told from that.\n";

  std::string text;
  const auto wasted = [&](Bytes a, Bytes b, double limit) {
    return a > b + kWorthIt && MemoryUsage::ratio(a, b) > limit;
  };
  const auto add = [&text](fmt::string_view format, auto... values) {
    fmt::vformat_to(std::back_inserter(text), format, fmt::make_format_args(values...));
  };
  const mem::AllocatorStats& allocator = usage.allocator;
  if (wasted(usage.peak, usage.used, 1.5)) {
    add("- Memory was used up to {} once, and is down to {}. What the allocator keeps of that may still show "
        "as resident: MEMORY PURGE gives it back.\n",
        human_bytes(usage.peak), human_bytes(usage.used));
  }
  if (wasted(usage.rss, usage.used, 1.4)) {
    add("- {} are resident for {} in use (mem_fragmentation_ratio in INFO memory). The lines below say "
        "where, if it is the allocator.\n",
        human_bytes(usage.rss), human_bytes(usage.used));
  }
  if (wasted(allocator.active, allocator.allocated, 1.1)) {
    add("- Fragmentation: the allocator's pages hold {} for {} that are in use. Values that come, change "
        "their size and go leave holes.\n",
        human_bytes(allocator.active), human_bytes(allocator.allocated));
  }
  if (wasted(allocator.resident, allocator.active, 1.1)) {
    add("- The allocator keeps {} resident beyond what it has given out. It gives that back by and by; "
        "MEMORY PURGE does at once.\n",
        human_bytes(allocator.resident - allocator.active));
  }
  if (wasted(usage.rss, allocator.resident, 1.1)) {
    add("- {} are resident that the allocator does not know of: code, stacks, or other allocators in the "
        "process.\n",
        human_bytes(usage.rss - allocator.resident));
  }
  if (clients > 0 && usage.clients / clients > kLargeClient) {
    add("- Clients take {} each on average: do they read their replies? CLIENT LIST names them (omem, "
        "qbuf).\n",
        human_bytes(usage.clients / clients));
  }
  if (text.empty()) return "Memory is used as it should be: there is nothing to tell.\n";
  return "This is what can be told of memory:\n\n" + text;
}

}  // namespace redpoll::admin
