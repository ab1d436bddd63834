// How much of its replies a client may leave unread, measured as redis-server measures it, so that a limit
// means the same here:
//
//   [ buffer, 16 KB, does not count ] [ block, 20 KB ] [ block ] [ block of one large text ] ...
//
// Each block counts in full as soon as it is begun. What is written in small parts fills one after the other;
// what is left of a large text when the last one is full gets a block of its own. The limit is reached when
// the blocks count that much. (Sizes are those of Redis 7.0.15 on 64 bits with jemalloc.)
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "mem/zmalloc.h"

namespace redpoll::resp {

class ReplyQuota {
 public:
  static constexpr size_t kBuffer = 16 * 1024;
  static constexpr size_t kBlockHeader = 16;
  static constexpr size_t kBlock = 20 * 1024 - kBlockHeader;
  static constexpr size_t kListNode = 24;
  static constexpr size_t kBlockCost = kBlock + kBlockHeader + kListNode;

  // Nothing is written; `values` of memory are referred to.
  explicit ReplyQuota(size_t limit = SIZE_MAX, size_t values = 0) : limit_(limit), list_(values) {}

  // Bytes that may still be written in small parts.
  size_t room() const {
    if (list_ >= limit_) return list_ == 0 ? free_ : 0;
    return free_ + (limit_ - 1 - list_) / kBlockCost * kBlock;
  }
  bool over() const { return list_ != 0 && list_ >= limit_; }
  // What the blocks count.
  size_t list_bytes() const { return list_; }

  // So many bytes were written in small parts.
  void add(size_t n) {
    if (n > free_) {
      const size_t blocks = (n - free_ + kBlock - 1) / kBlock;
      list_ += blocks * kBlockCost;
      free_ += blocks * kBlock;
    }
    free_ -= n;
  }
  // So many were written at once.
  void add_text(size_t n) {
    if (n <= free_ + kBlock) return add(n);
    const size_t rest = n - free_;
    const size_t block = block_for(rest);
    list_ += block + kBlockHeader + kListNode;
    free_ = block - rest;
  }
  // A length is to be filled in later: nothing that follows goes into the buffer.
  void defer() {
    if (list_ == 0) free_ = 0;
  }

 private:
  static size_t block_for(size_t n) { return std::max(n, mem::good_size(n + kBlockHeader) - kBlockHeader); }

  size_t limit_;
  size_t list_;
  size_t free_ = kBuffer;  // room in the buffer or the last block
};

}  // namespace redpoll::resp
