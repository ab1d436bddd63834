// The family of transactions. What MULTI begins, TransactionEnds brings to its end.
#include "diff/grammar.h"

namespace redpoll::diff {

namespace {

// Mostly keys of any home, so that others' requests meet them.
Words watch(Vocabulary& v) {
  constexpr std::string_view kHomes[] = {"string", "list", "hash", "set", "sorted-set", "generic"};
  Words words{v.any_case("WATCH")};
  for (uint64_t left = 1 + v.rng().below(3); left > 0; --left) {
    v.at_home_in(v.pick(std::span<const std::string_view>(kHomes)));
    words.push_back(v.key());
  }
  return words;
}

constexpr Rule kTransactionRules[] = {
    {"discard", 2}, {"exec", 3}, {"multi", 35}, {"unwatch", 2}, {"watch", 20, Match::exact, watch},
};

}  // namespace

Family transaction_family() { return {"transactions", kTransactionRules}; }

}  // namespace redpoll::diff
