// What `ps` shows: set-proc-title and proc-title-template.
//
// The kernel shows the memory of the original arguments; with the environment moved away, the title may take
// that room as well.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/settings.h"

namespace redpoll::server {

class ProcTitle {
 public:
  // Without a process of its own (in tests): remembers the title only.
  ProcTitle() = default;
  // REQUIRES: called first thing in main with its arguments; they and `environ` are moved elsewhere.
  ProcTitle(int argc, char** argv);

  // Shows the title that the settings ask for, or nothing new if they ask for none.
  void show(const config::Settings& settings);
  const std::string& shown() const { return shown_; }

  // `proc-title-template` filled in: {title} {listen-addr} {server-mode} {port} {tls-port} {unixsocket}
  // {config-file}.
  static std::string expand(const config::Settings& settings, std::string_view executable,
                            std::string_view config_file);

  std::string executable = "redpoll-server";
  std::string config_file;

 private:
  char* room_ = nullptr;
  size_t size_ = 0;
  std::string shown_;
};

}  // namespace redpoll::server
