#include "server/proc_title.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

extern char** environ;

namespace redpoll::server {

ProcTitle::ProcTitle(int argc, char** argv) {
  if (argc == 0) return;
  executable = argv[0];
  char* end = argv[argc - 1] + std::strlen(argv[argc - 1]) + 1;
  // The environment usually lies right behind the arguments; copies take its place for everybody else.
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (*entry == end) end += std::strlen(*entry) + 1;
    *entry = strdup(*entry);
  }
  room_ = argv[0];
  size_ = static_cast<size_t>(end - argv[0]);
}

std::string ProcTitle::expand(const config::Settings& settings, std::string_view executable,
                              std::string_view config_file) {
  const std::string address = settings.bind.empty() ? "*" : settings.bind.front();
  const std::string listening =
      settings.port != 0 ? fmt::format("{}:{}", address, settings.port) : settings.unixsocket;
  const std::pair<std::string_view, std::string> fields[] = {
      {"{title}", std::string(executable)},
      {"{listen-addr}", listening},
      {"{server-mode}", ""},
      {"{port}", std::to_string(settings.port)},
      {"{tls-port}", "0"},
      {"{unixsocket}", settings.unixsocket},
      {"{config-file}", std::string(config_file)},
  };
  std::string title = settings.proc_title_template;
  for (const auto& [field, value] : fields) {
    for (size_t at = 0; (at = title.find(field, at)) != std::string::npos; at += value.size()) {
      title.replace(at, field.size(), value);
    }
  }
  title.erase(title.find_last_not_of(' ') + 1);
  return title;
}

void ProcTitle::show(const config::Settings& settings) {
  if (!settings.set_proc_title) return;
  shown_ = expand(settings, executable, config_file);
  if (room_ == nullptr || size_ == 0) return;
  const size_t length = std::min(shown_.size(), size_ - 1);
  std::memcpy(room_, shown_.data(), length);
  std::memset(room_ + length, 0, size_ - length);
}

}  // namespace redpoll::server
