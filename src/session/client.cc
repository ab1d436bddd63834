#include "session/client.h"

#include "mem/zmalloc.h"

namespace redpoll::session {

Bytes Client::memory_bytes() const {
  Bytes bytes = mem::good_size(sizeof(Client)) + parser.memory_bytes() + replies.memory_bytes();
  if (pending.capacity() > sizeof(std::string)) bytes += mem::good_size(pending.capacity() + 1);
  if (labels) bytes += mem::good_size(sizeof(Labels)) + labels->name.capacity() + labels->library.capacity();
  return bytes;
}

}  // namespace redpoll::session
