// The patterns of SORT: each element of the collection names a key, or a field of a hash, whose value stands
// for it.
//
//   weight_*            the string at the key that the element takes the place of the star in
//   object_*->price     the field "price" of the hash at that key
//   #                   the element itself
//
// A pattern without a star names nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "exec/reply.h"
#include "store/database.h"
#include "store/element.h"

namespace redpoll::cmd {

// What an element leads to: nothing, the value of a string, or an element of a collection. Valid until the
// next key is looked up; longer if it stays().
class SortValue {
 public:
  using Digits = char[24];

  // Whether its bytes stay where they are when other keys are looked up. Those of a hash may move, as fields
  // expire.
  enum class Bytes : uint8_t { stay, move };

  SortValue() = default;
  explicit SortValue(const store::StringView& value) : value_(value) {}
  explicit SortValue(const store::Element& value, Bytes bytes = Bytes::stay) : value_(value), bytes_(bytes) {}

  explicit operator bool() const { return !std::holds_alternative<std::monostate>(value_); }
  bool stays() const { return bytes_ == Bytes::stay; }
  // The number that it is stored as, if it is.
  std::optional<int64_t> integer() const;
  // The bytes; those of a number are printed into `digits`. REQUIRES: not empty.
  std::string_view text(Digits& digits) const;
  // As a bulk, or null.
  void reply(exec::Reply& out) const;

 private:
  std::variant<std::monostate, store::StringView, store::Element> value_;
  Bytes bytes_ = Bytes::stay;
};

class SortPattern {
 public:
  // `pattern` outlives this.
  explicit SortPattern(std::string_view pattern);

  // Without a star: elements have no say.
  bool is_constant() const { return kind_ != Kind::key && kind_ != Kind::field; }
  // What `element` leads to; each look counts as a use of the key. O(1), but that of finding a field.
  SortValue look_up(store::Database& db, const store::Element& element);

 private:
  enum class Kind : uint8_t { element, nothing, key, field };

  Kind kind_ = Kind::nothing;
  std::string_view before_;  // the star
  std::string_view behind_;
  std::string_view field_;
  std::string key_;  // kept for its memory
};

}  // namespace redpoll::cmd
