#include "admin/command_history.h"

#include <algorithm>
#include <iterator>

namespace redpoll::admin {
namespace {

constexpr std::string_view kConditions = "Takes the conditions `NX`, `XX`, `GT` and `LT`.";
constexpr std::string_view kTimeoutIsReal = "`timeout` may have decimals.";
constexpr std::string_view kCount = "Takes `count`.";
constexpr std::string_view kMinusTwo = "Replies -2 if there is no such key.";

// In alphabetical order, and each command's in the order of releases.
constexpr HistoricChange kChanges[] = {
    {"auth", "6.0.0", "Takes a username."},
    {"blpop", "6.0.0", kTimeoutIsReal},
    {"brpop", "6.0.0", kTimeoutIsReal},
    {"brpoplpush", "6.0.0", kTimeoutIsReal},
    {"bzpopmax", "6.0.0", kTimeoutIsReal},
    {"bzpopmin", "6.0.0", kTimeoutIsReal},
    {"client|kill", "2.8.12", "Takes filters."},
    {"client|kill", "2.8.12", "Has the filter `ID`."},
    {"client|kill", "3.2.0", "`TYPE` may be `master`."},
    {"client|kill", "5.0.0", "`TYPE` may be `replica`, which `slave` still stands for."},
    {"client|kill", "6.2.0", "Has the filter `LADDR`."},
    {"client|list", "2.8.12", "Has the field `id`."},
    {"client|list", "5.0.0", "Has the filter `TYPE`."},
    {"client|list", "6.0.0", "Has the field `user`."},
    {"client|list", "6.2.0",
     "Has the fields `argv-mem`, `tot-mem`, `laddr` and `redir`, and the filter `ID`."},
    {"client|list", "7.0.0", "Has the fields `resp`, `multi-mem`, `rbs` and `rbp`."},
    {"client|list", "7.0.3", "Has the field `ssub`."},
    {"client|pause", "6.2.0", "Takes a mode, of which `WRITE` is new."},
    {"command|info", "7.0.0", "Without a name it tells of all commands."},
    {"config|get", "7.0.0", "Takes several patterns."},
    {"config|set", "7.0.0", "Sets several directives at once."},
    {"exists", "3.0.3", "Takes several keys."},
    {"expire", "7.0.0", kConditions},
    {"expireat", "7.0.0", kConditions},
    {"flushall", "4.0.0", "Takes `ASYNC`."},
    {"flushall", "6.2.0", "Takes `SYNC`."},
    {"flushdb", "4.0.0", "Takes `ASYNC`."},
    {"flushdb", "6.2.0", "Takes `SYNC`."},
    {"hdel", "2.4.0", "Takes several fields."},
    {"hello", "6.2.0", "Without `protover` it leaves the protocol as it is."},
    {"hset", "4.0.0", "Takes several fields and values."},
    {"info", "7.0.0", "Takes several sections."},
    {"lpop", "6.2.0", kCount},
    {"lpush", "2.4.0", "Takes several elements."},
    {"lpushx", "4.0.0", "Takes several elements."},
    {"pexpire", "7.0.0", kConditions},
    {"pexpireat", "7.0.0", kConditions},
    {"pttl", "2.8.0", kMinusTwo},
    {"renamenx", "3.2.0", "The new name may be the old one."},
    {"rpop", "6.2.0", kCount},
    {"rpush", "2.4.0", "Takes several elements."},
    {"rpushx", "4.0.0", "Takes several elements."},
    {"sadd", "2.4.0", "Takes several members."},
    {"scan", "6.0.0", "Takes `TYPE`."},
    {"set", "2.6.12", "Takes `EX`, `PX`, `NX` and `XX`."},
    {"set", "6.0.0", "Takes `KEEPTTL`."},
    {"set", "6.2.0", "Takes `GET`, `EXAT` and `PXAT`."},
    {"set", "7.0.0", "Takes `NX` together with `GET`."},
    {"shutdown", "7.0.0", "Takes `NOW`, `FORCE` and `ABORT`."},
    {"slowlog|get", "4.0.0", "Tells the address and the name of the client."},
    {"spop", "3.2.0", kCount},
    {"srandmember", "2.6.0", kCount},
    {"srem", "2.4.0", "Takes several members."},
    {"ttl", "2.8.0", kMinusTwo},
    {"zadd", "2.4.0", "Takes several members."},
    {"zadd", "3.0.2", "Takes `XX`, `NX`, `CH` and `INCR`."},
    {"zadd", "6.2.0", "Takes `GT` and `LT`."},
    {"zrange", "6.2.0", "Takes `REV`, `BYSCORE`, `BYLEX` and `LIMIT`."},
    {"zrangebyscore", "2.0.0", "Takes `WITHSCORES`."},
    {"zrem", "2.4.0", "Takes several members."},
    {"zrevrangebyscore", "2.1.6", "Either end may be exclusive."},
};
static_assert(std::ranges::is_sorted(kChanges, {}, &HistoricChange::command));

}  // namespace

std::span<const HistoricChange> command_history(std::string_view full_name) {
  const auto* const first = std::ranges::lower_bound(kChanges, full_name, {}, &HistoricChange::command);
  const auto* const last = std::ranges::upper_bound(kChanges, full_name, {}, &HistoricChange::command);
  return {first, last};
}

}  // namespace redpoll::admin
