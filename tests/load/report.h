// The results of scenarios, for people and for programs.
#pragma once

#include <span>
#include <string>

#include "load/trial.h"

namespace redpoll::load {

// "survived", "skipped: why" or "FAILED: what".
std::string verdict(const Report& report);
// One line for the terminal.
std::string as_line(const Report& report);
// A table, with a line above it about the machine, the day and the versions.
std::string as_markdown(std::span<const Report> reports);
std::string as_json(std::span<const Report> reports);

}  // namespace redpoll::load
