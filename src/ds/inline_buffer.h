// The bytes of a packed structure that is built only to be copied: on the stack up to `kInline` of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ds/packed_buffer.h"

namespace redpoll::ds {

template <size_t kInline>
class InlineBuffer final : public PackedBuffer {
 public:
  InlineBuffer() = default;
  InlineBuffer(const InlineBuffer&) = delete;
  InlineBuffer& operator=(const InlineBuffer&) = delete;

 private:
  void reallocate(size_t size) override {
    if (large_.size() == 0 && size <= kInline) return set(inline_, size);
    const size_t stay = large_.size() == 0 ? this->size() : 0;
    large_.resize(size);
    if (stay > 0) std::memcpy(large_.data(), inline_, stay);
    set(large_.data(), size);
  }

  HeapBuffer large_;  // once it has been too large
  uint8_t inline_[kInline];
};

}  // namespace redpoll::ds
