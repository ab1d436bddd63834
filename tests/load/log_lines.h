// What a log says, and how often it says the same.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace redpoll::load {

// How many lines have the text.
size_t lines_with(std::string_view log, std::string_view text);

struct Repetition {
  std::string line;  // as it stands in the log, the first of its kind
  size_t times = 0;
};

// The line that comes most often, when digits do not count as a difference: times, addresses, sizes.
Repetition most_repeated(std::string_view log);

// The first line that a server only writes when it is broken: a crash, a failed assertion, a finding of a
// sanitizer. Empty if there is none.
std::string cry_for_help(std::string_view log);

}  // namespace redpoll::load
