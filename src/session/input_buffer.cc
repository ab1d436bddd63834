#include "session/input_buffer.h"

#include "mem/zmalloc.h"

namespace redpoll::session {

// Room that may stay unused when most of a large input is gone.
static constexpr size_t kSpare = 64 * 1024;

Bytes InputBuffer::memory_bytes() const {
  return bytes_ ? mem::good_size(sizeof(Kept)) + mem::good_size(bytes_->text.capacity() + 1) : 0;
}

void InputBuffer::append(std::string_view more) {
  if (more.empty()) return;
  if (!bytes_) bytes_ = std::make_unique<Kept>();
  bytes_->text.append(more);
}

// True if `rest` is the end of what is kept, byte for byte in memory.
bool InputBuffer::ends_with(std::string_view rest) const {
  const std::string_view all = view();
  return bytes_ && rest.data() >= all.data() && rest.data() + rest.size() == all.data() + all.size();
}

void InputBuffer::keep(std::string_view rest) {
  if (rest.empty()) return bytes_.reset();
  if (!ends_with(rest)) {
    auto fresh = std::make_unique<Kept>();
    fresh->text.assign(rest);
    bytes_ = std::move(fresh);
    return;
  }
  std::string& text = bytes_->text;
  bytes_->used = text.size() - rest.size();
  if (bytes_->used <= text.size() / 2) return;
  text.erase(0, bytes_->used);
  bytes_->used = 0;
  if (text.capacity() > 2 * text.size() + kSpare) text.shrink_to_fit();
}

}  // namespace redpoll::session
