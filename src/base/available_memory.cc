#include "base/available_memory.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string_view>

#include "base/numbers.h"

namespace redpoll {

namespace {

// Version 1 says "no limit" with the largest number of pages there is.
constexpr Bytes kNoLimit = Bytes{1} << 62;

// "max" and what cannot be read are no limit.
std::optional<Bytes> limit_in(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const auto bytes = parse_uint64(line);
  if (!bytes || *bytes >= kNoLimit) return std::nullopt;
  return *bytes;
}

// The least limit of the group at `path` below `root` and of all above it, the root included.
Bytes least_upwards(Bytes least, const std::string& root, std::string path, const char* name) {
  while (true) {
    if (const auto limit = limit_in(root + path + "/" + name)) least = std::min(least, *limit);
    if (path.empty()) return least;
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
}

bool has_word(std::string_view list, std::string_view word) {
  for (size_t at = 0; at <= list.size();) {
    const size_t end = std::min(list.find(',', at), list.size());
    if (list.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

Bytes control_group_memory(Bytes none, const ControlGroupFiles& files) {
  Bytes least = none;
  std::ifstream groups(files.of_process);
  // "hierarchy:controllers:/path"; version 2 is the hierarchy without controllers.
  for (std::string line; std::getline(groups, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    if (path == "/") path.clear();
    if (controllers.empty()) {
      least = least_upwards(least, files.root, path, "memory.max");
    } else if (has_word(controllers, "memory")) {
      least = least_upwards(least, files.root + "/memory", path, "memory.limit_in_bytes");
    }
  }
  return least;
}

Bytes resource_limit_memory(Bytes none) {
  Bytes least = none;
  for (const auto which : {RLIMIT_AS, RLIMIT_DATA}) {
    rlimit limit{};
    if (::getrlimit(which, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
      least = std::min<Bytes>(least, limit.rlim_cur);
  }
  return least;
}

Bytes available_memory(Bytes machine) {
  const Bytes most = machine == 0 ? SIZE_MAX : machine;
  const Bytes least = std::min(control_group_memory(most), resource_limit_memory(most));
  return least == SIZE_MAX ? 0 : least;
}

}  // namespace redpoll
