// Directives: databases, expiry, memory.
#include <algorithm>
#include <array>

#include "config/grammars.h"

namespace redpoll::config {
namespace {

using enum Status;
using enum Mutability;
using enum Visibility;

constexpr std::array<Word, 10> kPolicies = {{
    {"volatile-lru", static_cast<int>(MaxmemoryPolicy::volatile_lru)},
    {"volatile-lfu", static_cast<int>(MaxmemoryPolicy::volatile_lfu)},
    {"volatile-random", static_cast<int>(MaxmemoryPolicy::volatile_random)},
    {"volatile-ttl", static_cast<int>(MaxmemoryPolicy::volatile_ttl)},
    {"volatile-lrm", static_cast<int>(MaxmemoryPolicy::volatile_lrm)},
    {"allkeys-lru", static_cast<int>(MaxmemoryPolicy::allkeys_lru)},
    {"allkeys-lfu", static_cast<int>(MaxmemoryPolicy::allkeys_lfu)},
    {"allkeys-random", static_cast<int>(MaxmemoryPolicy::allkeys_random)},
    {"allkeys-lrm", static_cast<int>(MaxmemoryPolicy::allkeys_lrm)},
    {"noeviction", static_cast<int>(MaxmemoryPolicy::noeviction)},
}};

// Redis accepts any frequency and brings it into its range.
constexpr Number kHz = {
    .get = [](const Settings& s) { return int64_t{s.hz}; },
    .set = [](Settings& s, int64_t v) { s.hz = static_cast<int>(std::clamp<int64_t>(v, 1, 500)); },
    .min = 0,
    .max = INT_MAX};

constexpr Number max_memory() {
  Number n = memory<&Settings::maxmemory>(0);
  n.is_unsigned = true;
  return n;
}

}  // namespace

std::span<const Directive> keyspace_directives() {
  static const Directive kTable[] = {
      {.name = "databases",
       .kind = number<&Settings::databases>(1, INT_MAX),
       .mutability = at_start,
       .about = "Number of databases that SELECT chooses from, counted from 0."},
      {.name = "hz",
       .kind = kHz,
       .apply = Apply::hz,
       .about = "How often a second the server does its housekeeping: expired keys, idle clients, "
                "statistics. From 1 to 500; what is beyond is brought into that range."},
      {.name = "dynamic-hz",
       .kind = flag(&Settings::dynamic_hz),
       .about = "Raise the frequency while very many clients are connected."},
      {.name = "activerehashing",
       .kind = flag(&Settings::activerehashing),
       .about = "Tidy hash tables in idle time too, about a millisecond in every hundred."},
      {.name = "active-expire-effort",
       .kind = number<&Settings::active_expire_effort>(1, 10),
       .about = "How eagerly expired keys that nobody asks for are searched and removed, from 1 to 10. More "
                "effort: less memory taken by dead keys, more CPU."},
      {.name = "lazyfree-lazy-expire",
       .kind = flag(&Settings::lazyfree_lazy_expire),
       .apply = Apply::execution,
       .about = "Free big values that expired in the background."},
      {.name = "lazyfree-lazy-server-del",
       .kind = flag(&Settings::lazyfree_lazy_server_del),
       .apply = Apply::execution,
       .about = "Free big values in the background when a command replaces them, as RENAME or SET does."},
      {.name = "lazyfree-lazy-user-del",
       .kind = flag(&Settings::lazyfree_lazy_user_del),
       .apply = Apply::execution,
       .about = "Let DEL behave as UNLINK."},
      {.name = "lazyfree-lazy-user-flush",
       .kind = flag(&Settings::lazyfree_lazy_user_flush),
       .apply = Apply::execution,
       .about = "Let FLUSHDB and FLUSHALL work in the background unless SYNC is given."},
      {.name = "lazyfree-lazy-eviction",
       .kind = flag(&Settings::lazyfree_lazy_eviction),
       .apply = Apply::execution,
       .about = "Free evicted values in the background."},
      {.name = "maxmemory",
       .kind = max_memory(),
       .apply = Apply::execution,
       .about =
           "Limit of memory. Over it keys are evicted as maxmemory-policy says; if none may go, commands "
           "that may use memory are refused with OOM. What clients have not read yet counts as well. 0: "
           "no limit."},
      {.name = "maxmemory-policy",
       .kind = choice<&Settings::maxmemory_policy>(kPolicies),
       .apply = Apply::execution,
       .about =
           "Which keys go at the limit: of all, or of those with a deadline (volatile), the one that was not "
           "used for longest (lru) or not changed for longest (lrm), that is used least often (lfu), that "
           "expires first (ttl), or any (random). noeviction: none."},
      {.name = "maxmemory-samples",
       .kind = number<&Settings::maxmemory_samples>(1, INT_MAX),
       .apply = Apply::execution,
       .about = "How many keys are looked at for each one that is evicted. More: the choice is better and "
                "takes longer. More than 64 are as 64."},
      {.name = "maxmemory-eviction-tenacity",
       .kind = number<&Settings::maxmemory_eviction_tenacity>(0, 100),
       .apply = Apply::execution,
       .about =
           "For how long keys are evicted in one go, before other clients are served: up to 10 that many "
           "times 50 microseconds, then 15 % more with each; 100: until it is done."},
      {.name = "lfu-log-factor",
       .kind = number<&Settings::lfu_log_factor>(0, INT_MAX),
       .apply = Apply::execution,
       .about = "How slowly the counter of uses grows. It ends at 255: with 10 after about a million uses."},
      {.name = "lfu-decay-time",
       .kind = number<&Settings::lfu_decay_time>(0, INT_MAX),
       .apply = Apply::execution,
       .about = "Minutes without use after which the counter of a key loses one. 0: it never does."},
      {.name = "import-mode",
       .kind = flag(false),
       .needs = needs::import_mode,
       .about = "Let a client bring keys that have expired already."},
      {.name = "activedefrag",
       .kind = flag(&Settings::active_defrag),
       .apply = Apply::defragmentation,
       .about =
           "Move keys and elements out of memory that is mostly holes, to give it back. Needs jemalloc."},
      {.name = "active-defrag-ignore-bytes",
       .kind = memory<&Settings::active_defrag_ignore_bytes>(1),
       .about = "Waste below which defragmentation does not start."},
      {.name = "active-defrag-threshold-lower",
       .kind = number<&Settings::active_defrag_threshold_lower>(0, 1000),
       .about = "Percentage of waste at which it starts."},
      {.name = "active-defrag-threshold-upper",
       .kind = number<&Settings::active_defrag_threshold_upper>(0, 1000),
       .about = "Percentage of waste at which it works hardest."},
      {.name = "active-defrag-cycle-min",
       .kind = number<&Settings::active_defrag_cycle_min>(1, 99),
       .about = "Percentage of CPU it takes at the lower threshold."},
      {.name = "active-defrag-cycle-max",
       .kind = number<&Settings::active_defrag_cycle_max>(1, 99),
       .about = "Percentage of CPU it takes at the upper threshold."},
      {.name = "active-defrag-cycle-us",
       .kind = number<&Settings::active_defrag_cycle_us>(0, 100000),
       .about = "Microseconds that it works in one go."},
      {.name = "active-defrag-max-scan-fields",
       .kind = number<&Settings::active_defrag_max_scan_fields>(1, LLONG_MAX),
       .about = "Elements up to which a collection is done in one go; a larger one is done bit by bit."},
  };
  return kTable;
}

}  // namespace redpoll::config
