// What the tests of src/net share: scratch directories, free ports, clients that connect, sockets that
// answer.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "net/anet.h"

namespace redpoll::net::testing {

class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "redpoll-net-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline size_t occurrences(const std::string& text, const std::string& of) {
  size_t n = 0;
  for (size_t at = text.find(of); at != std::string::npos; at = text.find(of, at + of.size())) ++n;
  return n;
}

inline bool has_ipv6() { return listen_tcp("::1", 0, 1).ok(); }

// A TCP port that nothing listens on, for any address.
inline uint16_t free_port() {
  FdOrError socket = listen_tcp("*", 0, 1);
  if (!socket.ok()) throw std::runtime_error(socket.error());
  return local_address(socket.fd()).port();
}

// A connected socket, or why there is none.
inline Result<Fd> connected(const std::string& host, uint16_t port, int timeout_ms = 2000) {
  Result<Fd> begun = connect_tcp(host, port);
  if (!begun) return begun;
  if (const auto done = await_connected(begun->get(), timeout_ms); !done) return failure("{}", done.error());
  return begun;
}

// Raises the number of descriptors as far as allowed, and puts it back.
class DescriptorLimit {
 public:
  DescriptorLimit() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    set(before_.rlim_max);
  }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  void set(rlim_t soft) {
    const rlimit limit{.rlim_cur = std::min(soft, before_.rlim_max), .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  rlim_t most() const { return before_.rlim_max; }

 private:
  rlimit before_{};
};

}  // namespace redpoll::net::testing
