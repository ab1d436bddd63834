// Bytes of a client that were received and are not used yet. Nothing in it takes a pointer's room.
//
//   [ used up | kept ............ ]   what is used up goes when it is half of all, so that a large input that
//   is worked
//                                     off bit by bit is not moved each time
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/units.h"

namespace redpoll::session {

class InputBuffer {
 public:
  // What is kept. Valid until the next append, keep or assign.
  std::string_view view() const {
    return bytes_ ? std::string_view(bytes_->text).substr(bytes_->used) : std::string_view{};
  }
  bool empty() const { return bytes_ == nullptr; }
  size_t size() const { return view().size(); }
  Bytes free_bytes() const {
    return bytes_ ? bytes_->text.capacity() - bytes_->text.size() + bytes_->used : 0;
  }
  Bytes memory_bytes() const;

  void append(std::string_view more);
  // From now on only `rest` is kept: bytes from anywhere, or the end of view(). O(rest), amortised O(1) for
  // the latter.
  void keep(std::string_view rest);

 private:
  struct Kept {
    std::string text;
    size_t used = 0;
  };
  bool ends_with(std::string_view rest) const;

  std::unique_ptr<Kept> bytes_;  // null: nothing is kept
};

}  // namespace redpoll::session
