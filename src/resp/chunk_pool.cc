#include "resp/chunk_pool.h"

#include <algorithm>
#include <utility>

namespace redpoll::resp {

mem::BlobPtr ChunkPool::get(size_t min_bytes) {
  if (min_bytes > kChunkBytes || free_.empty()) {
    mem::BlobPtr fresh = mem::Blob::allocate(std::max(min_bytes, kChunkBytes));
    allocated_ += fresh->memory();
    return fresh;
  }
  mem::BlobPtr chunk = std::move(free_.back());
  free_.pop_back();
  return chunk;
}

void ChunkPool::put(mem::BlobPtr chunk) {
  if (!chunk || chunk->shared()) return;
  if (chunk->memory() != kChunkMemory || free_.size() >= max_kept_) {
    allocated_ -= chunk->memory();
    return;
  }
  free_.push_back(std::move(chunk));
}

void ChunkPool::trim(size_t count) {
  if (free_.size() <= count) return;
  allocated_ -= (free_.size() - count) * kChunkMemory;
  free_.resize(count);
}

}  // namespace redpoll::resp
