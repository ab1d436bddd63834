#include "mem/blob.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <new>

namespace redpoll::mem {
namespace {

// The whole allocation for that many bytes; what the size class holds beyond them becomes room.
size_t allocation_size(size_t capacity) {
  CHECK(capacity <= Blob::kMaxCapacity, "a value of {} bytes", capacity);
  return good_size(sizeof(Blob) + capacity);
}

size_t with_prealloc(size_t capacity) {
  const size_t more = std::min(capacity, Blob::kMaxPrealloc);
  return capacity > Blob::kMaxCapacity - more ? capacity : capacity + more;
}

}  // namespace

BlobPtr Blob::allocate(size_t capacity) {
  const size_t n = allocation_size(capacity);
  return BlobPtr(new (zmalloc(n)) Blob(n - sizeof(Blob)));
}

BlobPtr Blob::copy_of(std::string_view bytes) {
  BlobPtr copy = allocate(bytes.size());
  if (!bytes.empty()) std::memcpy(copy->data(), bytes.data(), bytes.size());
  copy->set_size(bytes.size());
  return copy;
}

void BlobPtr::destroy(Blob* blob) noexcept { zfree(blob, sizeof(Blob) + blob->capacity()); }

// REQUIRES: capacity >= size().
void BlobPtr::reallocate(size_t capacity) {
  if (blob_->shared()) {
    BlobPtr own = Blob::allocate(capacity);
    std::memcpy(own->data(), blob_->data(), blob_->size());
    own->set_size(blob_->size());
    *this = std::move(own);
    return;
  }
  const size_t n = allocation_size(capacity);
  blob_ = static_cast<Blob*>(zrealloc(blob_, sizeof(Blob) + blob_->capacity(), n));
  blob_->set_capacity(n - sizeof(Blob));
}

void BlobPtr::grow(size_t capacity) {
  reserve(capacity > blob_->capacity() ? with_prealloc(capacity) : capacity);
}

void BlobPtr::reserve(size_t capacity) {
  // A copy need not have the room of the original, but all that is asked for.
  if (capacity > blob_->capacity() || blob_->shared()) reallocate(std::max(capacity, blob_->size()));
}

void BlobPtr::append(std::string_view bytes) {
  if (bytes.empty()) return unshare();
  const size_t old_size = blob_->size();
  const bool own = !std::less<>()(bytes.data(), blob_->data()) &&
                   std::less<>()(bytes.data(), static_cast<const char*>(blob_->data()) + old_size);
  const size_t offset = own ? static_cast<size_t>(bytes.data() - blob_->data()) : 0;
  grow(old_size + bytes.size());
  std::memcpy(blob_->data() + old_size, own ? blob_->data() + offset : bytes.data(), bytes.size());
  blob_->set_size(old_size + bytes.size());
}

void BlobPtr::shrink_to_fit() {
  if (allocation_size(blob_->size()) < blob_->memory()) {
    reallocate(blob_->size());
  } else {
    unshare();
  }
}

void BlobPtr::unshare() {
  if (blob_->shared()) reallocate(blob_->size());
}

}  // namespace redpoll::mem
