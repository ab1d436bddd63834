// A growable byte buffer with a reference count in one allocation: the representation of a large string
// value.
//
//   +-----------+---------------+---------+--------------+----------------------+
//   | size (48) | capacity (48) | refs 32 | bytes (size) | room (capacity-size) |
//   +-----------+---------------+---------+--------------+----------------------+
//   |<------- 16 bytes of header -------->|
//
// A reply can refer to a value that is still in the keyspace instead of copying it: both hold a BlobPtr.
// Whoever wants to write calls unshare() first. The count is atomic: the last reference to a value may be
// dropped by the thread that frees a whole database, while a reply still refers to it. The bytes belong to
// one thread at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "mem/relocator.h"
#include "mem/zmalloc.h"

namespace redpoll::mem {

class BlobPtr;

class Blob {
 public:
  // What may be asked for; with the rest of its size class it still fits 48 bits.
  static constexpr size_t kMaxCapacity = size_t{1} << 39;
  // Up to here a buffer that grows doubles; beyond, it grows by this much more than it needs.
  static constexpr size_t kMaxPrealloc = 1024 * 1024;

  // An empty blob with room for at least `capacity` bytes: as many as the size class holds.
  // REQUIRES: capacity <= kMaxCapacity.
  [[nodiscard]] static BlobPtr allocate(size_t capacity);
  [[nodiscard]] static BlobPtr copy_of(std::string_view bytes);

  Blob(const Blob&) = delete;
  Blob& operator=(const Blob&) = delete;

  [[nodiscard]] char* data() noexcept { return reinterpret_cast<char*>(this + 1); }
  [[nodiscard]] const char* data() const noexcept { return reinterpret_cast<const char*>(this + 1); }
  [[nodiscard]] size_t size() const noexcept { return size_low_ | size_t{size_high_} << 32; }
  [[nodiscard]] size_t capacity() const noexcept { return capacity_low_ | size_t{capacity_high_} << 32; }
  [[nodiscard]] size_t room() const noexcept { return capacity() - size(); }
  [[nodiscard]] std::string_view view() const noexcept { return {data(), size()}; }
  [[nodiscard]] bool shared() const noexcept { return refs() > 1; }
  [[nodiscard]] size_t refs() const noexcept { return refs_.load(std::memory_order_acquire); }
  // The same blob where it may lie better. REQUIRES: not shared().
  [[nodiscard]] Blob* relocated(Relocator& relocator) noexcept {
    DCHECK(!shared());
    return relocator.move(this, sizeof(Blob) + capacity());
  }
  // What the whole allocation takes.
  [[nodiscard]] size_t memory() const noexcept { return good_size(sizeof(Blob) + capacity()); }

  // Bytes that come into being are what the memory holds. REQUIRES: n <= capacity(), not shared().
  void set_size(size_t n) noexcept {
    CHECK(n <= capacity());
    DCHECK(!shared());
    size_low_ = static_cast<uint32_t>(n);
    size_high_ = static_cast<uint16_t>(n >> 32);
  }

 private:
  friend class BlobPtr;
  static constexpr uint32_t kMaxRefs = (uint32_t{1} << 24) - 1;

  explicit Blob(size_t capacity) noexcept { set_capacity(capacity); }

  void set_capacity(size_t n) noexcept {
    capacity_low_ = static_cast<uint32_t>(n);
    capacity_high_ = static_cast<uint16_t>(n >> 32);
  }
  void ref() noexcept { CHECK(refs_.fetch_add(1, std::memory_order_relaxed) < kMaxRefs); }
  // True if that was the last one.
  [[nodiscard]] bool unref() noexcept { return refs_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

  uint32_t size_low_ = 0;
  uint32_t capacity_low_ = 0;
  uint16_t size_high_ = 0;
  uint16_t capacity_high_ = 0;
  std::atomic<uint32_t> refs_ = 1;
};
static_assert(sizeof(Blob) == 16);

// Owns one reference to a Blob, or nothing. Copies share.
class BlobPtr {
 public:
  BlobPtr() = default;
  BlobPtr(const BlobPtr& other) noexcept : blob_(other.blob_) {
    if (blob_ != nullptr) blob_->ref();
  }
  BlobPtr(BlobPtr&& other) noexcept : blob_(std::exchange(other.blob_, nullptr)) {}
  BlobPtr& operator=(BlobPtr other) noexcept {
    std::swap(blob_, other.blob_);
    return *this;
  }
  ~BlobPtr() { reset(); }

  // Takes over a reference that release() gave out.
  [[nodiscard]] static BlobPtr adopt(Blob* blob) noexcept { return BlobPtr(blob); }
  // Gives the reference out of hand, to be kept as a plain word; adopt() takes it back.
  [[nodiscard]] Blob* release() noexcept { return std::exchange(blob_, nullptr); }
  // One more reference to a blob whose owner keeps it as a plain word.
  [[nodiscard]] static BlobPtr share(Blob& blob) noexcept {
    blob.ref();
    return BlobPtr(&blob);
  }

  void reset() noexcept {
    if (Blob* const blob = release(); blob != nullptr && blob->unref()) destroy(blob);
  }

  explicit operator bool() const noexcept { return blob_ != nullptr; }
  [[nodiscard]] Blob* get() const noexcept { return blob_; }
  Blob* operator->() const noexcept { return blob_; }
  Blob& operator*() const noexcept { return *blob_; }

  // The functions below may move the blob: pointers into it become invalid. REQUIRES: *this is not empty.

  // Makes room for `capacity` bytes in all, and more, so that appending is cheap in the long run. Unshares.
  void grow(size_t capacity);
  // Makes room for `capacity` bytes and no more than the size class gives. Unshares.
  void reserve(size_t capacity);
  // Grows and appends. The bytes may lie in this blob.
  void append(std::string_view bytes);
  // Gives up the room behind the bytes. Unshares.
  void shrink_to_fit();
  // Makes this the only reference, with a copy if need be.
  void unshare();

 private:
  friend class Blob;
  explicit BlobPtr(Blob* blob) noexcept : blob_(blob) {}
  static void destroy(Blob* blob) noexcept;
  void reallocate(size_t capacity);

  Blob* blob_ = nullptr;
};
static_assert(sizeof(BlobPtr) == sizeof(void*));

}  // namespace redpoll::mem
