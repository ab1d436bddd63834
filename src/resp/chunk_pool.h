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

 private:
  std::vector<mem::BlobPtr> free_;
  size_t max_kept_;
};

}  // namespace redpoll::resp
