// The workloads that redpoll-load knows by name. To add one is to add a row to the table in workload.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/script.h"

namespace redpoll::load {

struct Workload {
  std::string name;
  std::vector<Step> steps;
  // What must be there before: this request, as often as there are keys. May be none.
  std::vector<Step> fill = {};
  Distribution distribution = Distribution::uniform;
  // Each run changes what the next one would meet: it has to start from what `fill` leaves, and to end after
  // as many requests as there are keys.
  bool once = false;
  // The steps follow each other as they stand, and a batch holds all of them or all of them several times.
  bool in_order = false;
};

const std::vector<Workload>& workloads();
// nullptr if there is none of that name.
const Workload* find_workload(std::string_view name);

// The names of the commands that its requests use, each once.
std::vector<std::string> commands_of(const Workload& workload);

}  // namespace redpoll::load
