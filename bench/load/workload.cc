#include "bench/load/workload.h"

#include <algorithm>

namespace redpoll::load {

namespace {

std::string repeated(std::string line, const std::string& words, int times) {
  for (int i = 0; i < times; ++i) line += words;
  return line;
}

const Step kSetAll{"SET key:{seq} {value}", "status:OK"};
const Step kSet{"SET key:{key} {value}", "status:OK"};
const Step kGet{"GET key:{key}", "bulk:{value}"};
const Step kPush{"LPUSH list element:{seq:8}", "integer"};
const Step kAddMember{"SADD set member:{seq:9}", "integer:1"};
const Step kAddField{"HSET hash field:{seq:10} {value}", "integer:1"};
const Step kAddScore{"ZADD zset {scatter} member:{seq:13}", "integer:1"};

Step often(Step step, unsigned weight) {
  step.weight = weight;
  return step;
}

std::vector<Step> transaction_of_ten() {
  std::vector<Step> steps{{"MULTI", "status:OK"}};
  steps.insert(steps.end(), 10, {"SET key:{key} {value}", "status:QUEUED"});
  steps.push_back({"EXEC", "statuses:10:OK"});
  return steps;
}

std::vector<Workload> string_workloads() {
  return {
      {.name = "ping", .steps = {{"PING", "status:PONG"}}},
      {.name = "set", .steps = {kSet}, .fill = {kSetAll}},
      {.name = "get", .steps = {kGet}, .fill = {kSetAll}},
      {.name = "incr",
       .steps = {{"INCR counter:{key}", "integer"}},
       .fill = {{"SET counter:{seq} 1", "status:OK"}}},
      {.name = "mset",
       .steps = {{repeated("MSET", " key:{key} {value}", 10), "status:OK"}},
       .fill = {kSetAll}},
      {.name = "mget",
       .steps = {{repeated("MGET", " key:{key}", 10), "array:10:{value}"}},
       .fill = {kSetAll}},
      {.name = "transaction", .steps = transaction_of_ten(), .fill = {kSetAll}, .in_order = true},
      {.name = "mixed",
       .steps = {often(kGet, 8), often(kSet, 2)},
       .fill = {kSetAll},
       .distribution = Distribution::zipf},
  };
}

std::vector<Workload> collection_workloads() {
  return {
      {.name = "lpush", .steps = {kPush}, .once = true},
      {.name = "lpop", .steps = {{"LPOP list", "bulk:16"}}, .fill = {kPush}, .once = true},
      {.name = "rpop", .steps = {{"RPOP list", "bulk:16"}}, .fill = {kPush}, .once = true},
      {.name = "lrange_100", .steps = {{"LRANGE list 0 99", "array:100:16"}}, .fill = {kPush}},
      {.name = "lrange_600", .steps = {{"LRANGE list 0 599", "array:600:16"}}, .fill = {kPush}},
      {.name = "sadd", .steps = {kAddMember}, .once = true},
      {.name = "sismember", .steps = {{"SISMEMBER set member:{key:9}", "integer:1"}}, .fill = {kAddMember}},
      {.name = "hset", .steps = {kAddField}, .once = true},
      // Every hash exists and has these fields: values are replaced.
      {.name = "hset_small",
       .steps = {{"HSET hash:{key} f1 v1 f2 v2 f3 v3", "integer:0"}},
       .fill = {{"HSET hash:{seq} f1 v1 f2 v2 f3 v3", "integer:3"}}},
      {.name = "hget", .steps = {{"HGET hash field:{key:10}", "bulk:{value}"}}, .fill = {kAddField}},
      {.name = "hgetall",
       .steps = {{"HGETALL hash:{key}", "array:10:7"}},
       .fill = {{"HSET hash:{seq} field-1 value-1 field-2 value-2 field-3 value-3 field-4 value-4 field-5 "
                 "value-5",
                 "integer:5"}}},
      {.name = "zadd", .steps = {kAddScore}, .once = true},
      {.name = "zrank", .steps = {{"ZRANK zset member:{key:13}", "integer"}}, .fill = {kAddScore}},
      {.name = "zrange_100", .steps = {{"ZRANGE zset 0 99", "array:100:20"}}, .fill = {kAddScore}},
      // Scores go up to 2^32: from a thousand times the number of a key on there are always ten more.
      {.name = "zrangebyscore",
       .steps = {{"ZRANGEBYSCORE zset {key}000 +inf LIMIT 0 10", "array:10:20"}},
       .fill = {kAddScore}},
  };
}

}  // namespace

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> all = [] {
    std::vector<Workload> table = string_workloads();
    for (Workload& workload : collection_workloads()) table.push_back(std::move(workload));
    return table;
  }();
  return all;
}

const Workload* find_workload(std::string_view name) {
  for (const Workload& workload : workloads()) {
    if (workload.name == name) return &workload;
  }
  return nullptr;
}

std::vector<std::string> commands_of(const Workload& workload) {
  std::vector<std::string> names;
  const auto add = [&names](const Step& step) {
    std::string name = step.request.substr(0, step.request.find(' '));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  };
  for (const Step& step : workload.fill) add(step);
  for (const Step& step : workload.steps) add(step);
  return names;
}

}  // namespace redpoll::load
