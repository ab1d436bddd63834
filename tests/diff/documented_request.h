// Requests made from the argument documentation of a command's row.
#pragma once

#include "diff/words.h"
#include "exec/command.h"

namespace redpoll::diff {

// The command's name (both words of a subcommand's `full_name`) and random arguments, valid in form: optional
// ones there or not, one of each choice, repeated ones up to three times. Values fit the type and name of the
// argument.
Words documented_request(Vocabulary& vocabulary, std::string_view full_name, const exec::Command& command);

// Whether a request of this command can hold a time to live in that unit, "seconds" or "milliseconds".
bool takes_time(const exec::Command& command, std::string_view unit);

}  // namespace redpoll::diff
