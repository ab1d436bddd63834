// The commands of Redis 7.0 that are not there yet: whoever takes one away by its configuration, as many
// published ones do, gets what was wanted.
#pragma once

#include <string_view>

namespace redpoll::exec {

// In any case of letters. O(number of them).
bool is_missing_command(std::string_view name);

}  // namespace redpoll::exec
