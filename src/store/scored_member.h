// A member of a large sorted set: one allocation of its score and its bytes, named by one word.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include "ds/packed_word.h"

namespace redpoll::store {

class ScoredMember {
 public:
  // The caller owns it, until `destroy`.
  static ScoredMember create(std::string_view text, double score) {
    const ScoredMember member(Word::create(text));
    member.set_score(score);
    return member;
  }
  static void destroy(ScoredMember member) { Word::destroy(member.word_); }

  std::string_view text() const { return word_.bytes(); }
  double score() const {
    double score;
    std::memcpy(&score, word_.prefix(), sizeof score);
    return score;
  }
  // Changes it for everyone who has the word.
  void set_score(double score) const { std::memcpy(word_.prefix(), &score, sizeof score); }

  // See ds::TaggedPointer.
  template <class F>
  ScoredMember relocated(mem::Relocator& relocator, F&& use) const {
    return ScoredMember(word_.relocated(relocator, [&](Word moved) { use(ScoredMember(moved)); }));
  }

  // As the allocator rounds it.
  size_t memory_bytes() const { return word_.memory_bytes(); }
  void prefetch() const { word_.prefetch(); }
  friend bool operator==(ScoredMember a, ScoredMember b) { return a.word_ == b.word_; }

 private:
  using Word = ds::PackedString<sizeof(double)>;

  explicit ScoredMember(Word word) : word_(word) {}

  Word word_;
};

}  // namespace redpoll::store
