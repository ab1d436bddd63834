// Turns configuration text into settings: lines, quotes, `include`, and the message that stops the start.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/directives.h"

namespace redpoll::config {

// Files larger than this are no configuration.
inline constexpr Bytes kMaxFile = Bytes{16} << 20;
inline constexpr int kMaxIncludeDepth = 16;
// Over all includes: they may form a tree that is not a loop and yet without end in practice.
inline constexpr int kMaxIncludedFiles = 1024;

struct Loaded {
  Settings settings;
  std::vector<const Directive*> set;  // the directives that were named, each once, in the order of appearance
  bool users = false;                 // a `user` line keeps somebody out, or restricts somebody
  bool absolute_dir = false;          // the last `dir` is the same place wherever the text is read
  bool modules = false;               // there is a `loadmodule` line
  std::string module_setting;         // the first line that sets something of a module: `search.timeout 500`
};

// Starts from the defaults and reads `text`, whose relative includes are found from the working directory.
// The error is the whole message for standard error.
Result<Loaded> load_text(std::string_view text);

// The content of a file. The error says why it cannot be read, as strerror does.
Result<std::string> read_file(const std::string& path);

// The message for a file that cannot be opened, and the first line of all other messages.
std::string cannot_open(const std::string& path, std::string_view reason);
std::string fatal_headline();

}  // namespace redpoll::config
