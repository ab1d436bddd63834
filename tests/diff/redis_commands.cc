#include "diff/redis_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "admin/tables.h"
#include "exec/command.h"

namespace redpoll::diff {

namespace {

constexpr auto kString = std::to_array<std::string_view>(
    {"append", "decr",   "decrby",      "get",      "getdel", "getex", "getrange", "getset",
     "incr",   "incrby", "incrbyfloat", "lcs",      "mget",   "mset",  "msetnx",   "psetex",
     "set",    "setex",  "setnx",       "setrange", "strlen", "substr"});
constexpr auto kList = std::to_array<std::string_view>(
    {"blmove", "blmpop", "blpop", "brpop",     "brpoplpush", "lindex", "linsert", "llen",
     "lmove",  "lmpop",  "lpop",  "lpos",      "lpush",      "lpushx", "lrange",  "lrem",
     "lset",   "ltrim",  "rpop",  "rpoplpush", "rpush",      "rpushx", "sort",    "sort_ro"});
constexpr auto kHash = std::to_array<std::string_view>(
    {"hdel", "hexists", "hget", "hgetall", "hincrby", "hincrbyfloat", "hkeys", "hlen", "hmget", "hmset",
     "hrandfield", "hscan", "hset", "hsetnx", "hstrlen", "hvals"});
constexpr auto kSet = std::to_array<std::string_view>(
    {"sadd", "scard", "sdiff", "sdiffstore", "sinter", "sintercard", "sinterstore", "sismember", "smembers",
     "smismember", "smove", "sort", "sort_ro", "spop", "srandmember", "srem", "sscan", "sunion",
     "sunionstore"});
constexpr auto kSortedSet = std::to_array<std::string_view>({"bzmpop",
                                                             "bzpopmax",
                                                             "bzpopmin",
                                                             "sort",
                                                             "sort_ro",
                                                             "zadd",
                                                             "zcard",
                                                             "zcount",
                                                             "zdiff",
                                                             "zdiffstore",
                                                             "zincrby",
                                                             "zinter",
                                                             "zintercard",
                                                             "zinterstore",
                                                             "zlexcount",
                                                             "zmpop",
                                                             "zmscore",
                                                             "zpopmax",
                                                             "zpopmin",
                                                             "zrandmember",
                                                             "zrange",
                                                             "zrangebylex",
                                                             "zrangebyscore",
                                                             "zrangestore",
                                                             "zrank",
                                                             "zrem",
                                                             "zremrangebylex",
                                                             "zremrangebyrank",
                                                             "zremrangebyscore",
                                                             "zrevrange",
                                                             "zrevrangebylex",
                                                             "zrevrangebyscore",
                                                             "zrevrank",
                                                             "zscan",
                                                             "zscore",
                                                             "zunion",
                                                             "zunionstore"});

constexpr CommandsOfCategory kCommands[] = {
    {"string", kString}, {"list", kList}, {"hash", kHash}, {"set", kSet}, {"sortedset", kSortedSet},
};

exec::Categories category_bit(std::string_view name) {
  if (name == "string") return exec::kCatString;
  if (name == "list") return exec::kCatList;
  if (name == "hash") return exec::kCatHash;
  return name == "set" ? exec::kCatSet : exec::kCatSortedSet;
}

const exec::Command* find_command(std::string_view name) {
  for (const auto table : admin::all_tables()) {
    for (const exec::Command& command : table) {
      if (command.name == name) return &command;
    }
  }
  return nullptr;
}

}  // namespace

std::span<const CommandsOfCategory> redis_commands() { return kCommands; }

std::vector<std::string> missing_commands() {
  std::vector<std::string> missing;
  for (const auto& [category, names] : kCommands) {
    for (const std::string_view name : names) {
      const exec::Command* command = find_command(name);
      if (command == nullptr) {
        missing.emplace_back(name);
      } else if (!(exec::categories_of(*command) & category_bit(category))) {
        missing.push_back(fmt::format("{} in the category {}", name, category));
      }
    }
  }
  return missing;
}

bool names_are_those_of(Peer redis) {
  bool all = true;
  for (const auto& [category, names] : kCommands) {
    const Reply reply = redis.ask({"COMMAND", "LIST", "FILTERBY", "ACLCAT", std::string(category)});
    std::vector<std::string> told;
    for (const Reply& name : reply.elements) told.push_back(name.text);
    std::sort(told.begin(), told.end());
    if (std::equal(told.begin(), told.end(), names.begin(), names.end())) continue;
    fmt::print("redis_commands.cc has other names in the category {} than Redis:", category);
    for (const std::string& name : told) fmt::print(" {}", name);
    fmt::print("\n");
    all = false;
  }
  return all;
}

}  // namespace redpoll::diff
