// The settings that handlers of data commands go by; the server keeps them equal to its configuration.
#pragma once

#include <cstdint>

namespace redpoll::exec {

struct Limits {
  int64_t max_bulk_bytes = 512ll * 1024 * 1024;  // proto-max-bulk-len
  bool lazy_user_delete = false;                 // lazyfree-lazy-user-del
  bool lazy_user_flush = false;                  // lazyfree-lazy-user-flush
};

}  // namespace redpoll::exec
