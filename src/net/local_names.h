// The names of our ends of connections, `127.0.0.1:6379`, as CLIENT LIST shows them. They are few where
// connections are many: each exists once, and connections share it. Asked of the kernel when a connection
// comes, so that nobody has to ask for all of them later.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "mem/blob.h"
#include "net/address.h"

namespace redpoll::net {

class LocalNames {
 public:
  // So many names are kept, unless more are in use: whoever may choose the address that he connects to could
  // come by very many.
  static constexpr size_t kKept = 64;

  // The name of the local end of a socket. One system call, and O(kept()).
  mem::BlobPtr of(int fd);
  // Names of Unix sockets may not be what they were.
  void forget() { names_.clear(); }

  size_t kept() const { return names_.size(); }

 private:
  std::vector<std::pair<Address, mem::BlobPtr>> names_;
};

}  // namespace redpoll::net
