#include "session/transaction.h"

#include "mem/zmalloc.h"

namespace redpoll::session {

void Transaction::queue(exec::CommandEntry& entry, std::span<const resp::Arg> args) {
  requests_.push_back({&entry, words_.size(), args.size()});
  for (const resp::Arg arg : args) {
    words_.push_back({bytes_.size(), arg.size()});
    bytes_.append(arg.view());
  }
  needs_ |= entry.needs;
}

Bytes Transaction::memory_bytes() const {
  return mem::good_size(sizeof(Transaction)) + mem::good_size(bytes_.capacity() + 1) +
         mem::good_size(words_.capacity() * sizeof(Word)) +
         mem::good_size(requests_.capacity() * sizeof(Request));
}

}  // namespace redpoll::session
