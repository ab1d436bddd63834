// What a reply must look like, and where it ends. Replies are RESP2.
//
// A shape is written as text:
//   status:OK            that status
//   integer, integer:1   any integer, or that one
//   bulk:64              a bulk string of so many bytes
//   bulk:64|null         the same, or null
//   array:10:64          an array of ten bulk strings of 64 bytes each
//   statuses:10:OK       an array of ten times that status
//   any                  whatever is no error
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redpoll::load {

enum class Verdict {
  incomplete,  // it cannot be told yet
  good,
  null,   // a null where one is allowed
  error,  // an error reply
  wrong,  // anything else
};

struct Match {
  Verdict verdict;
  size_t length =
      0;  // of the whole reply, of which only the beginning may be there. 0 if incomplete or wrong
};

class Shape {
 public:
  static Result<Shape> parse(std::string_view text);

  // Looks at the reply that starts at `bytes`. Of a shape of fixed length only the header is looked at: that
  // the reply ends with a line feed is left to the reader, so that large values need not be collected.
  // O(header).
  Match match(std::string_view bytes) const {
    if (size_ > 0 && bytes.size() >= header_.size() && bytes.starts_with(header_))
      return {Verdict::good, size_};
    return match_slowly(bytes);
  }

  // The shortest reply of this shape.
  std::string sample() const;
  const std::string& text() const { return text_; }

 private:
  enum class Kind { fixed, integer, any };
  Match match_slowly(std::string_view bytes) const;
  static Result<Shape> fixed(std::string_view text, std::string header, size_t payload);

  std::string text_;
  Kind kind_ = Kind::any;
  bool nullable_ = false;
  std::string header_;  // what a reply of fixed length begins with
  size_t size_ = 0;     // its length; 0 if not fixed
  size_t count_ = 1;    // bulk strings in an array
};

// The length of the reply that starts at `bytes`; nullopt if it is not complete. Throws std::runtime_error if
// no reply begins so.
std::optional<size_t> reply_length(std::string_view bytes);

}  // namespace redpoll::load
