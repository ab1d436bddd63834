// The family of set commands.
#include "diff/grammar.h"

namespace redpoll::diff {

namespace {

constexpr Rule kSetRules[] = {
    {"sadd", 40, Match::exact, "(key element+)|(key element+)|(key integer+)|(number-key small-number+)"},
    {"scard", 5, Match::exact, "key"},
    {"sdiff", 6, Match::unordered, "key+"},
    {"sdiffstore", 5, Match::exact, "key key+"},
    {"sinter", 6, Match::unordered, "key+"},
    {"sintercard", 6, Match::exact, "#key [LIMIT integer]"},
    {"sinterstore", 5, Match::exact, "key key+"},
    {"sismember", 10, Match::exact, "key element"},
    {"smembers", 6, Match::unordered, "key"},
    {"smismember", 6, Match::exact, "key element+"},
    {"smove", 8, Match::exact, "key key element"},
    {"spop", 6, Match::shape, "key [integer]", Care::draws},
    {"srandmember", 8, Match::shape, "key [sample-count]", Care::draws},
    {"srem", 12, Match::exact, "key element+"},
    {"sscan", 6, Match::scan, "key 0|0|0|integer [MATCH glob] [COUNT integer]", Care::scans},
    {"sunion", 6, Match::unordered, "key+"},
    {"sunionstore", 5, Match::exact, "key key+"},
};

}  // namespace

Family set_family() { return {"set", kSetRules}; }

}  // namespace redpoll::diff
