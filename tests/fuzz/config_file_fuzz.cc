// Configuration files: a file that loads can be rewritten, and then loads to the same settings; rewriting it
// again changes nothing; rewritten for other settings, it loads to those.
//
// The input is four files, each ended by a line `====`: the one to be loaded, two that it may include as
// a.conf and b.conf, and one with other settings. Files are read from a directory of our own and from nowhere
// else.
//
// libFuzzer: -max_len=4096 -dict=config_file.dict
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/text.h"
#include "config/loader.h"
#include "config/rewrite.h"
#include "support/process.h"

namespace redpoll::config {
namespace {

// What leaves the directory: an include of another file, and a `dir` that later includes would be seen from.
bool stays_here(std::string_view line) {
  const auto words = split_args(trim(line, " \t\r\n"));
  if (!words || words->size() < 2) return true;
  const std::string name = to_lower((*words)[0]);
  const std::string& value = (*words)[1];
  if (name == "include")
    return value == "a.conf" || value == "b.conf" || value == "*.conf" || value == "[b]*";
  return name != "dir" || value == "." || value == "sub" || value == "no-such";
}

using Files = std::array<std::string, 4>;

Files split_files(std::string_view input) {
  Files files;
  size_t at = 0;
  while (!input.empty()) {
    const size_t end = std::min(input.find('\n'), input.size());
    const std::string_view line = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    if (line == "====" && at + 1 < files.size()) {
      ++at;
    } else if (stays_here(line)) {
      files[at].append(line).append("\n");
    }
  }
  return files;
}

void write(const char* name, const std::string& text) { std::ofstream(name, std::ios::binary) << text; }

void check_same(const Settings& got, const Settings& wanted, std::string_view file) {
  for (const Topic& topic : topics()) {
    for (const Directive& d : topic.directives) {
      CHECK(printed(got, d) == printed(wanted, d), "{} is '{}' instead of '{}' when this is loaded:\n{}",
            d.name, printed(got, d), printed(wanted, d), file);
    }
  }
}

Settings load_rewritten(const std::string& text) {
  auto loaded = load_text(text);
  CHECK(loaded.ok(), "a rewritten file cannot be loaded: {}\n{}", loaded.ok() ? "" : loaded.error(), text);
  return std::move(loaded->settings);
}

void check_rewrite(const std::string& text, const Settings& settings) {
  const std::string once = rewritten(text, settings);
  const Settings again = load_rewritten(once);
  check_same(again, settings, once);
  const std::string twice = rewritten(once, again);
  CHECK(twice == once, "rewritten again, it changes from\n{}\nto\n{}", once, twice);
}

// The directory that the included files lie in; removed at the end of the process.
void enter_own_directory() {
  static const testing::TempDir dir;
  CHECK(::chdir(dir.path().c_str()) == 0);
  std::filesystem::create_directory("sub");
}

}  // namespace
}  // namespace redpoll::config

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  redpoll::config::enter_own_directory();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redpoll::config;
  const Files files = split_files({reinterpret_cast<const char*>(data), size});
  write("a.conf", files[1]);
  write("b.conf", files[2]);
  const auto loaded = load_text(files[0]);
  const auto other = load_text(files[3]);
  if (loaded.ok()) {
    check_rewrite(files[0], loaded->settings);
    const Settings again = load_rewritten(rewritten(files[0], loaded->settings));
    CHECK(again.renamed_commands == loaded->settings.renamed_commands);
    CHECK(again.kept_lines == loaded->settings.kept_lines);
  } else {
    CHECK(!loaded.error().empty());
  }
  if (loaded.ok() && other.ok()) check_rewrite(files[0], other->settings);
  return 0;
}
