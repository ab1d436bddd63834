// What the machine should be like for a server to do well: looked at when it starts, and by --check-system.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace redpoll::server {

// disable-thp: asks the kernel not to use huge pages for this process where it would use them always.
void disable_transparent_huge_pages();
// One line for the log for each thing that is not as it should be.
std::vector<std::string> system_warnings(const config::Settings& settings);
// --check-system: prints every check and its result. Returns the exit code: 0 if all is well.
int check_system();
// --test-memory: writes and reads patterns over so many megabytes. Returns the exit code: 0 if all is well.
int test_memory(int64_t megabytes);

}  // namespace redpoll::server
