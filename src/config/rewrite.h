// CONFIG REWRITE: a configuration file brought up to date.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/settings.h"

namespace redpoll::config {

// `text` changed as little as possible so that it loads as `s`: comments, order, includes and lines that say
// the truth stay as they are; wrong lines are replaced in place; surplus ones go; what is missing and not at
// its default is added at the end below a marker line. Included files are read, not changed: lines at the end
// overrule what they say otherwise.
std::string rewritten(std::string_view text, const Settings& s);

// Puts `text` in the place of the file, atomically: after a crash there is the old file or the new one. Keeps
// permissions and owner (the latter if allowed to). A symbolic link stays one. The error says what failed.
Result<void> replace_file(const std::string& path, std::string_view text);

}  // namespace redpoll::config
