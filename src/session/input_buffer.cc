#include "session/input_buffer.h"

#include <utility>

#include "base/assert.h"
#include "mem/zmalloc.h"

namespace redpoll::session {

// Room that may stay unused when most of a large piece is gone.
static constexpr size_t kSpare = 64 * 1024;

Bytes InputBuffer::free_bytes() const {
  if (!bytes_) return 0;
  Bytes bytes = bytes_->first.capacity() - view().size();
  if (goes_on()) bytes += bytes_->behind.back().capacity() - bytes_->behind.back().size();
  return bytes;
}

Bytes InputBuffer::memory_bytes() const {
  if (!bytes_) return 0;
  const Bytes rooms =
      mem::good_size(sizeof(Kept)) + bytes_->behind.size() * mem::good_size(sizeof(std::string) + 16);
  return rooms + size() + free_bytes();
}

void InputBuffer::append(std::string_view more) {
  if (more.empty()) return;
  if (!bytes_) bytes_ = std::make_unique<Kept>();
  std::string& last = goes_on() ? bytes_->behind.back() : bytes_->first;
  if (last.empty() || last.size() + more.size() <= kPiece) {
    last.append(more);
  } else {
    bytes_->behind.emplace_back(more);
  }
  if (goes_on()) bytes_->behind_bytes += more.size();
}

// True if `rest` is the end of view(), byte for byte in memory.
bool InputBuffer::ends_with(std::string_view rest) const {
  const std::string_view all = view();
  return rest.data() >= all.data() && rest.data() + rest.size() == all.data() + all.size();
}

void InputBuffer::drop_used() {
  std::string& text = bytes_->first;
  text.erase(0, std::exchange(bytes_->used, 0));
  if (text.capacity() > 2 * text.size() + kSpare) text.shrink_to_fit();
}

void InputBuffer::keep(std::string_view rest) {
  if (rest.empty()) {
    if (!goes_on()) return clear();
    bytes_->used = bytes_->first.size();
    return join();
  }
  if (!bytes_) return append(rest);
  if (!ends_with(rest)) {
    bytes_->first = std::string(rest);
    bytes_->used = 0;
    return;
  }
  bytes_->used = bytes_->first.size() - rest.size();
  if (bytes_->used > bytes_->first.size() / 2) drop_used();
}

void InputBuffer::join() {
  DCHECK(goes_on());
  std::string& next = bytes_->behind.front();
  bytes_->behind_bytes -= next.size();
  if (view().empty()) {
    bytes_->first = std::move(next);
    bytes_->used = 0;
  } else {
    drop_used();
    bytes_->first += next;
  }
  bytes_->behind.pop_front();
}

}  // namespace redpoll::session
