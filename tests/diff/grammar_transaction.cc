// The family of transactions.
#include "diff/grammar.h"

namespace redpoll::diff {

namespace {

constexpr Rule kTransactionRules[] = {
    {"discard", 2},
    {"exec", 2},
    {"unwatch", 2},
    {"watch", 4},
};

constexpr Excluded kLeftOut[] = {{"multi", "what follows it is answered by EXEC, whose elements compare by different rules"}};

}  // namespace

Family transaction_family() { return {"transactions", kTransactionRules, kLeftOut}; }

}  // namespace redpoll::diff
