#include "resp/chunk_pool.h"

#include <algorithm>
#include <utility>

namespace redpoll::resp {

mem::BlobPtr ChunkPool::get(size_t min_bytes) {
  if (min_bytes > kChunkBytes || free_.empty()) return mem::Blob::allocate(std::max(min_bytes, kChunkBytes));
  mem::BlobPtr chunk = std::move(free_.back());
  free_.pop_back();
  return chunk;
}

void ChunkPool::put(mem::BlobPtr chunk) {
  if (!chunk || chunk->shared() || chunk->capacity() != kChunkBytes || free_.size() >= max_kept_) return;
  free_.push_back(std::move(chunk));
}

void ChunkPool::trim(size_t count) {
  if (free_.size() > count) free_.resize(count);
}

}  // namespace redpoll::resp
