// Bytes of a client that were received and are not used yet. Nothing in it takes a pointer's room.
//
//   [ used up | view() ........ ] -> [ ........ ] -> [ ..      ]     pieces of up to kPiece bytes
//
// Requests are taken from the first piece; one that goes on in the second makes the two one. So however much
// somebody sends while it waits, nothing large is ever moved, and memory comes back as it is used up.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "base/units.h"

namespace redpoll::session {

class InputBuffer {
 public:
  static constexpr size_t kPiece = 128 * 1024;

  // The first of what is kept; of a few bytes it is all. Valid until the next change.
  std::string_view view() const {
    return bytes_ ? std::string_view(bytes_->first).substr(bytes_->used) : std::string_view{};
  }
  // Whether there is more behind view().
  bool goes_on() const { return bytes_ != nullptr && !bytes_->behind.empty(); }
  bool empty() const { return bytes_ == nullptr; }
  size_t size() const { return bytes_ ? view().size() + bytes_->behind_bytes : 0; }
  // Of memory that is held for it, what holds none of it. O(1), as below.
  Bytes free_bytes() const;
  Bytes memory_bytes() const;

  // At the end of all. Amortised O(bytes).
  void append(std::string_view more);
  // Of view() only `rest` is kept, a part of it; what goes on behind stays. If nothing is kept, `rest` may be
  // from anywhere. O(rest), amortised O(1) if it is the end of view().
  void keep(std::string_view rest);
  // Puts the next piece behind what is left of view(), which grows. REQUIRES: goes_on().
  void join();
  // Keeps nothing.
  void clear() { bytes_.reset(); }

 private:
  struct Kept {
    std::string first;
    size_t used = 0;
    std::list<std::string> behind;
    size_t behind_bytes = 0;
  };
  void drop_used();
  bool ends_with(std::string_view rest) const;

  std::unique_ptr<Kept> bytes_;  // null: nothing is kept
};

}  // namespace redpoll::session
