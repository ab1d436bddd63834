// The bytes of a packed structure (listpack, intset), wherever they lie: in an allocation of their own, or
// behind the key in its entry. The structure edits them through this interface and need not know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "mem/zmalloc.h"

namespace redpoll::ds {

class PackedBuffer {
 public:
  virtual ~PackedBuffer() = default;

  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  std::string_view view() const { return {reinterpret_cast<const char*>(data_), size_}; }

  // Makes the buffer `size` bytes long. The bytes that stay are kept, bytes that come are undefined. Pointers
  // into the buffer become invalid. Amortised O(1) for a size that grows step by step.
  void resize(size_t size) {
    if (size != size_) reallocate(size);
  }

 protected:
  PackedBuffer() = default;
  PackedBuffer(uint8_t* data, size_t size) : data_(data), size_(size) {}
  PackedBuffer(const PackedBuffer&) = default;
  PackedBuffer& operator=(const PackedBuffer&) = default;

  void set(uint8_t* data, size_t size) {
    data_ = data;
    size_ = size;
  }

 private:
  // Calls `set` with what there is afterwards.
  virtual void reallocate(size_t size) = 0;

  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

// Bytes in an allocation of their own, which takes no more than their size class.
class HeapBuffer final : public PackedBuffer {
 public:
  HeapBuffer() = default;
  explicit HeapBuffer(std::string_view bytes) : HeapBuffer() {
    resize(bytes.size());
    if (!bytes.empty()) std::memcpy(data(), bytes.data(), bytes.size());
  }
  HeapBuffer(HeapBuffer&& other) noexcept : PackedBuffer(other) { other.set(nullptr, 0); }
  HeapBuffer& operator=(HeapBuffer&& other) noexcept {
    if (this == &other) return *this;
    resize(0);
    set(other.data(), other.size());
    other.set(nullptr, 0);
    return *this;
  }
  HeapBuffer(const HeapBuffer&) = delete;
  HeapBuffer& operator=(const HeapBuffer&) = delete;
  ~HeapBuffer() override { resize(0); }

  // Takes over a block of zmalloc that holds `size` bytes; `release` gives it out of hand.
  static HeapBuffer adopt(uint8_t* block, size_t size) {
    HeapBuffer buffer;
    buffer.set(block, size);
    return buffer;
  }
  uint8_t* release() {
    uint8_t* const block = data();
    set(nullptr, 0);
    return block;
  }

 private:
  void reallocate(size_t size) override {
    if (size == 0) {
      mem::zfree(data(), this->size());
      return set(nullptr, 0);
    }
    set(static_cast<uint8_t*>(data() == nullptr ? mem::zmalloc(size)
                                                : mem::zrealloc(data(), this->size(), size)),
        size);
  }
};

}  // namespace redpoll::ds
