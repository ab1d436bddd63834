// Lists of CPUs, and threads that stay on them: server-cpulist and bio-cpulist.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace redpoll::server {

// "0,2,4-6" and "0-7:2" (every second of them). nullopt: that is no list, or it is empty.
std::optional<std::vector<int>> parse_cpu_list(std::string_view text);

// The calling thread, and those that it starts from now on, run on these CPUs only. An empty text changes
// nothing. False if it is no list, or has no CPU that this process may use.
bool stay_on_cpus(std::string_view text);

}  // namespace redpoll::server
