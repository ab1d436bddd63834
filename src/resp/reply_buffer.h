// Replies of one client that wait to be sent: a queue of pieces of chunks and of referenced values.
//
//   pieces:  [chunk A 0..16k) [value 0..1M) [chunk B 0..300)   tail: [chunk B 300..420) free space
//
// The tail is the chunk that is being written; pieces before it exist only when one chunk was not enough. A
// drained buffer owns nothing. All writing goes through a ReplyWriter.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mem/blob.h"
#include "resp/chunk_pool.h"
#include "resp/reply_quota.h"

namespace redpoll::resp {

class ReplyBuffer {
 public:
  // REQUIRES: `pool` outlives the buffer.
  explicit ReplyBuffer(ChunkPool& pool) : pool_(&pool) {}
  ~ReplyBuffer() { clear(); }
  ReplyBuffer(const ReplyBuffer&) = delete;
  ReplyBuffer& operator=(const ReplyBuffer&) = delete;

  // Bytes that wait to be sent.
  size_t size_bytes() const { return (tail_end_ - tail_begin_) + (queue_ ? queue_->bytes : 0); }
  bool empty() const { return size_bytes() == 0; }
  // Bytes of memory held, free space and referenced values included. O(1).
  size_t memory_bytes() const;
  // Number of pieces, the tail included.
  size_t pieces() const;
  // What a client with that limit may be sent besides what waits. O(1).
  ReplyQuota quota(size_t limit = SIZE_MAX) const {
    if (!queue_) [[likely]] {
      ReplyQuota quota(limit);
      quota.add(tail_end_ - tail_begin_);
      return quota;
    }
    ReplyQuota quota(limit, queue_->values);
    quota.add(size_bytes() - queue_->value_bytes);
    return quota;
  }

  // Describes what waits, from its start, in at most `max` pieces; returns how many were filled. They stay
  // valid until the buffer is written to, consumed or cleared.
  int fill(iovec* to, int max) const;
  // The first `n` bytes were sent. REQUIRES: n <= size_bytes().
  void consume(size_t n);
  // Drops everything.
  void clear();

  // All waiting bytes, for tests and logs.
  std::string copy() const;
  // Dies if the sums that are kept are not those of the pieces. REQUIRES: nobody writes.
  void validate() const;

 private:
  friend class ReplyWriter;

  struct Piece {
    mem::BlobPtr blob;
    size_t begin;
    size_t end;
    bool is_chunk;  // goes back to the pool

    std::string_view view() const { return {blob->data() + begin, end - begin}; }
  };
  struct Queue {
    std::vector<Piece> pieces;  // from `head` on; those before it are sent
    size_t head = 0;
    size_t bytes = 0;
    size_t memory = 0;       // of all that the pieces refer to but the tail's chunk
    size_t values = 0;       // memory of values among it
    size_t value_bytes = 0;  // and what is to be sent of them
  };

  // Makes the tail's bytes a piece, its chunk staying the tail with what is free.
  void seal_tail();
  // Seals the tail and starts another chunk with at least `min_bytes` free.
  void new_tail(size_t min_bytes);
  void append_blob(mem::BlobPtr blob);
  // Drops the last `n` bytes. REQUIRES: n <= size_bytes(); the tail is not being written.
  void drop_last(size_t n);
  // The byte `n` before the end. REQUIRES: 0 < n <= size_bytes().
  char from_end(size_t n) const;
  // The piece with that number in the queue, null when there is none yet. Numbers stay what they are while
  // somebody writes: only `consume` and `clear` take pieces from the front.
  Piece* piece_at(size_t number) {
    return queue_ && number < queue_->pieces.size() ? &queue_->pieces[number] : nullptr;
  }
  Queue& queue();
  // So many bytes of the piece are not to be sent any more; the caller moves its ends.
  void shorten(const Piece& piece, size_t n) {
    queue_->bytes -= n;
    if (!piece.is_chunk) queue_->value_bytes -= n;
  }
  // A piece is about to leave the queue.
  void let_go(Piece&& piece);
  void drop_tail();

  ChunkPool* pool_;
  mem::BlobPtr tail_;
  uint32_t tail_begin_ = 0;
  uint32_t tail_end_ = 0;
  std::unique_ptr<Queue> queue_;
};
static_assert(sizeof(ReplyBuffer) <= 64);

}  // namespace redpoll::resp
