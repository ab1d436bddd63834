// A large set: a hash table of words.
//
//     +-----------------------------------------+---+
//     | number, 63 bits                         | 1 |    a member that is an integer: no memory but the word
//     +-----------------------------------------+---+
//     | size, or that it stands in front | address  0 |    any other: its bytes (see packed_word.h)
//     +---------------------------------------------+
//
// Which of the two a member is depends on its text alone, so that equal members are equal words or equal
// bytes. An integer that needs all 64 bits is kept as text.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/rng.h"
#include "base/siphash.h"
#include "ds/dict_iterator.h"
#include "ds/packed_word.h"
#include "store/access.h"
#include "store/element.h"
#include "store/object.h"

namespace redpoll::store {

// What a member is looked for by: a number, or bytes that are none. Two words, passed by value.
class SetKey {
 public:
  // `digits` holds the text of a number that is kept as text; it and the element's bytes outlive the key.
  static SetKey of(const Element& element, Element::Digits& digits) {
    const std::optional<int64_t> number = element.as_integer();
    return number && fits(*number) ? SetKey(*number) : SetKey(element.text(digits));
  }
  // REQUIRES: the bytes are not those of a number that fits.
  explicit SetKey(std::string_view bytes)
      : bytes_(bytes.data() == nullptr ? "" : bytes.data()), word_(bytes.size()) {}
  // REQUIRES: fits(number).
  explicit SetKey(int64_t number) : word_(static_cast<uint64_t>(number)) {}

  static bool fits(int64_t number) { return number >= INT64_MIN / 2 && number <= INT64_MAX / 2; }

  bool is_integer() const { return bytes_ == nullptr; }
  int64_t integer() const { return static_cast<int64_t>(word_); }
  std::string_view bytes() const { return {bytes_, word_}; }
  // The hint is for the bytes of the member, also if they are those of a number, which is hashed as one.
  uint64_t hash(const SipKey& seed, const HashHint& hint = kNoHint[0]) const {
    if (!is_integer()) return hint.hash_of(bytes(), seed);
    return siphash13({reinterpret_cast<const char*>(&word_), sizeof word_}, seed);
  }

 private:
  const char* bytes_ = nullptr;
  uint64_t word_;  // the number, or how many bytes
};

// A member where it lies: one word.
class SetMember {
 public:
  // The caller owns it, until `destroy`.
  static SetMember create(SetKey key) {
    if (key.is_integer()) return SetMember(static_cast<uint64_t>(key.integer()) << 1 | 1);
    return SetMember(std::bit_cast<uint64_t>(Bytes::create(key.bytes())));
  }
  static void destroy(SetMember member) {
    if (!member.is_integer()) Bytes::destroy(member.bytes());
  }

  SetKey key() const { return is_integer() ? SetKey(integer()) : SetKey(bytes().bytes()); }
  Element element() const { return is_integer() ? Element(integer()) : Element(bytes().bytes()); }
  bool equals(SetKey key) const {
    if (is_integer()) return key.is_integer() && key.integer() == integer();
    return !key.is_integer() && key.bytes() == bytes().bytes();
  }
  // See ds::TaggedPointer.
  SetMember relocated(mem::Relocator& relocator) const {
    if (is_integer()) return *this;
    return SetMember(std::bit_cast<uint64_t>(bytes().relocated(relocator, [](Bytes) {})));
  }
  // Memory that it takes besides the word, as the allocator rounds it.
  size_t memory_bytes() const { return is_integer() ? 0 : bytes().memory_bytes(); }
  void prefetch() const {
    if (!is_integer()) bytes().prefetch();
  }

 private:
  using Bytes = ds::PackedString<>;

  explicit SetMember(uint64_t word) : word_(word) {}
  bool is_integer() const { return word_ & 1; }
  int64_t integer() const { return static_cast<int64_t>(word_) >> 1; }
  Bytes bytes() const { return std::bit_cast<Bytes>(word_); }

  uint64_t word_;
};

struct SetMemberPolicy {
  using Element = SetMember;
  using Key = SetKey;
  static Key key(SetMember member) { return member.key(); }
  static bool equal(SetMember member, Key key) { return member.equals(key); }
  static uint64_t hash(Key key, const SipKey& seed) { return key.hash(seed); }
  static void destroy(SetMember member) { SetMember::destroy(member); }
  static void prefetch(SetMember member) { member.prefetch(); }
};

// All of O(1) but what says otherwise.
class SetTable final : public Object {
 public:
  explicit SetTable(const SipKey& seed) : members_(seed) {}

  size_t size() const { return members_.size(); }
  // The hint is for the member (here and below).
  bool contains(const Element& member, const HashHint& hint = kNoHint[0]) const;
  // False, and nothing done, if it is there.
  bool add(const Element& member, const HashHint& hint = kNoHint[0]);
  // False if it is not there.
  bool remove(const Element& member, const HashHint& hint = kNoHint[0]);
  void remove(SetMember member) { members_.erase(member.key()); }
  // Prepares for that many members in all.
  void expect(size_t count) { members_.expand(count); }

  // Any member, each as likely as another. REQUIRES: size() > 0.
  SetMember random(Rng& rng) const { return members_.fair_random(rng); }

  // Calls `fn(Element)` for all members until it returns false; it must not change the set. O(n).
  template <class F>
  void each_while(F&& fn) const {
    members_.each_while([&](SetMember member) { return fn(member.element()); });
  }
  // See Dict::scan.
  template <class F>
  uint64_t scan(uint64_t cursor, F&& fn) const {
    return members_.scan(cursor, [&](SetMember member) { fn(member.element()); });
  }

  std::string_view encoding_name() const override { return "hashtable"; }
  Sought prefetch_bucket(std::string_view element) const override;
  void prefetch_element(uint64_t hash) const override { members_.prefetch_element(hash); }
  std::unique_ptr<Object> clone() const override;
  Bytes memory_bytes(size_t samples) const override;
  size_t free_effort() const override { return size() + 1; }
  std::optional<ds::DictStats> table_stats() const override { return members_.stats(); }
  uint64_t relocate(uint64_t cursor, mem::Relocator& relocator) override;
  void validate() const override;

 private:
  ds::Dict<SetMemberPolicy> members_;
};

}  // namespace redpoll::store
