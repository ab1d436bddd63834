// What commands that make a sorted set of others do with it: reply it, or store it.
#pragma once

#include <span>
#include <string_view>

#include "exec/call.h"
#include "store/sorted_set.h"

namespace redpoll::cmd {

enum class WithScores : uint8_t { no, yes };

// An array of members. With scores it holds pairs [member, score] in RESP3, and member, score, member, score,
// ... in RESP2.
class ScoredArray {
 public:
  ScoredArray(exec::Reply& out, size_t members, WithScores with_scores)
      : out_(out), scores_(with_scores == WithScores::yes), pairs_(scores_ && out.resp3()) {
    out_.array(scores_ && !pairs_ ? 2 * members : members);
  }
  // REQUIRES: called as often as announced. `member` is a store::Element or text.
  template <class Member>
  void add(const Member& member, double score) {
    if (pairs_) out_.array(2);
    out_.bulk(member);
    if (scores_) out_.real(score);
  }

 private:
  exec::Reply& out_;
  bool scores_;
  bool pairs_;
};

// Puts a sorted set of these members in the place of whatever is at `key` and tells `event`; without members
// the key goes. Replies how many there are. The members may lie in the value that is replaced. REQUIRES: they
// are distinct and in order.
void store_sorted_set(exec::Call& c, std::string_view key, std::span<const store::SortedSet::Member> members,
                      std::string_view event);

}  // namespace redpoll::cmd
