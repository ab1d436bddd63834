// The shortest schedule that still fails.
#pragma once

#include <functional>

#include "diff/conversation.h"

namespace redpoll::diff {

// Leaves out steps and words, and shortens words, as long as `fails` says that what is left still fails; asks
// it at most `tries` times.
Schedule shrunk(Schedule schedule, const std::function<bool(const Schedule&)>& fails, int tries = 600);

}  // namespace redpoll::diff
