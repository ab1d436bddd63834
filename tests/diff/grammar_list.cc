// The family of list commands.
#include "diff/grammar.h"

namespace redpoll::diff {

namespace {

constexpr Rule kListRules[] = {
    {"blmove", 6, Match::exact, "key key LEFT|RIGHT LEFT|RIGHT timeout", Care::waits_last},
    {"blmpop", 6, Match::exact, "timeout #key LEFT|RIGHT [COUNT integer]", Care::waits_first},
    {"blpop", 6, Match::exact, "key+ timeout", Care::waits_last},
    {"brpop", 6, Match::exact, "key+ timeout", Care::waits_last},
    {"brpoplpush", 4, Match::exact, "key key timeout", Care::waits_last},
    {"lindex", 8, Match::exact, "key index"},
    {"linsert", 12, Match::exact, "key BEFORE|AFTER element element"},
    {"llen", 5, Match::exact, "key"},
    {"lmove", 10, Match::exact, "key key LEFT|RIGHT LEFT|RIGHT"},
    {"lmpop", 8, Match::exact, "#key LEFT|RIGHT [COUNT integer]"},
    {"lpop", 10, Match::exact, "key [integer]"},
    {"lpos", 12, Match::exact, "key element [RANK integer] [COUNT integer] [MAXLEN integer]"},
    {"lpush", 30, Match::exact, "key element+"},
    {"lpushx", 6, Match::exact, "key element+"},
    {"lrange", 10, Match::exact, "key index index"},
    {"lrem", 10, Match::exact, "key integer element"},
    {"lset", 10, Match::exact, "key index element"},
    {"ltrim", 3, Match::exact, "key index index"},
    {"rpop", 10, Match::exact, "key [integer]"},
    {"rpoplpush", 6, Match::exact, "key key"},
    {"rpush", 30, Match::exact, "(key element+)|(key element+)|(number-key small-number+)"},
    {"rpushx", 6, Match::exact, "key element+"},
};

}  // namespace

Family list_family() { return {"list", kListRules}; }

}  // namespace redpoll::diff
