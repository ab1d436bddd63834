// String values: how they are encoded on the way in and looked at on the way out.
#pragma once

#include <optional>
#include <string_view>

#include "base/numbers.h"
#include "store/entry.h"

namespace redpoll::store {

// A look at a string value. Valid until the entry or its database changes.
class StringView {
 public:
  // Room for the digits of any integer.
  using Digits = char[24];

  explicit StringView(const Entry& entry)
      : encoding_(entry.encoding()),
        integer_(encoding_ == Encoding::integer ? entry.integer() : 0),
        blob_(encoding_ == Encoding::blob ? entry.blob() : nullptr),
        bytes_(encoding_ == Encoding::embedded ? entry.embedded()
               : blob_ != nullptr              ? blob_->view()
                                               : std::string_view{}) {}

  // The bytes; those of an integer are printed into `digits`.
  std::string_view text(Digits& digits) const {
    return encoding_ == Encoding::integer ? std::string_view{digits, format_int64(digits, integer_)} : bytes_;
  }
  size_t size() const;
  bool is_integer() const { return encoding_ == Encoding::integer; }
  // REQUIRES: is_integer().
  int64_t integer() const { return integer_; }
  // The value as a number if it is one, however it is stored.
  std::optional<int64_t> as_integer() const { return is_integer() ? integer_ : parse_int64(bytes_); }
  // The blob that holds the value, or null.
  mem::Blob* blob() const { return blob_; }

 private:
  Encoding encoding_;
  int64_t integer_;
  mem::Blob* blob_;
  std::string_view bytes_;
};

// The type tag for Database::find and Slot.
struct String {
  using View = StringView;
  static constexpr Type kType = Type::string;

  // The most compact encoding: a number if `text` is one in canonical form. `text` must live until it is
  // stored.
  static Value encode(std::string_view text);
  // The value that a blob holds, which is taken over. It stays bytes, even if they look like a number.
  static Value encode(mem::BlobPtr blob);
  static Value encode(int64_t number) { return {.encoding = Encoding::integer, .integer = number}; }
  // Bytes that stay bytes, even if they look like a number.
  static Value plain(std::string_view text);
};

}  // namespace redpoll::store
