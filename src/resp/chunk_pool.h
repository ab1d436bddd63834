// Chunks of memory that replies are written into, shared by all clients: a client holds one only while it has
// bytes to send. A chunk is a mem::Blob, so that a large value can stand among the chunks without a copy.
#pragma once

#include <cstddef>
#include <vector>

#include "mem/blob.h"

namespace redpoll::resp {

class ChunkPool {
 public:
  // With the blob's header it fills a 16 KiB size class.
  static constexpr size_t kChunkBytes = 16 * 1024 - sizeof(mem::Blob);

  // Keeps at most `max_kept` free chunks for reuse.
  explicit ChunkPool(size_t max_kept = 64) : max_kept_(max_kept) {}
  ChunkPool(const ChunkPool&) = delete;
  ChunkPool& operator=(const ChunkPool&) = delete;

  // An unshared blob with a capacity of at least `min_bytes` and of kChunkBytes.
  mem::BlobPtr get(size_t min_bytes = 0);
  // Takes a blob back; one that is shared, of another size or too many is let go.
  void put(mem::BlobPtr chunk);

  size_t kept() const { return free_.size(); }
  // Frees all but `count` free chunks.
  void trim(size_t count);

  // A buffer refers to a value of so many bytes, or lets it go.
  void refer(size_t bytes) { referred_ += bytes; }
  void unrefer(size_t bytes) { referred_ -= bytes; }

  // What all buffers of this pool hold together: memory of chunks that were got and not put back, and of the
  // values that they refer to, each counted as often as it is referred to. O(1).
  size_t lent_bytes() const { return allocated_ - free_.size() * kChunkMemory; }
  size_t referred_bytes() const { return referred_; }
  // Both, and the few chunks that are kept.
  size_t held_bytes() const { return allocated_ + referred_; }

 private:
  static constexpr size_t kChunkMemory = mem::good_size(kChunkBytes + sizeof(mem::Blob));

  std::vector<mem::BlobPtr> free_;
  size_t max_kept_;
  size_t allocated_ = 0;  // memory of all chunks, free ones included
  size_t referred_ = 0;
};

}  // namespace redpoll::resp
