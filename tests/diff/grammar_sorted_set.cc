// The family of sorted-set commands. Ranges of members are asked of sets whose scores are equal: of others
// the answer is not defined.
#include "diff/grammar.h"

namespace redpoll::diff {

namespace {

constexpr Rule kSortedSetRules[] = {
    {"bzmpop", 6, Match::exact, "timeout #key MIN|MAX [COUNT integer]", Care::waits_first},
    {"bzpopmax", 6, Match::exact, "key+ timeout", Care::waits_last},
    {"bzpopmin", 6, Match::exact, "key+ timeout", Care::waits_last},
    {"zadd", 50, Match::exact,
     "(key (score element)+)|(key [NX|XX] [[GT|LT]] [CH] [[INCR]] (score element)+)|(lex-key (0 element)+)|"
     "(number-key (score small-number)+)"},
    {"zcard", 5, Match::exact, "key|lex-key"},
    {"zcount", 8, Match::exact, "key score-bound score-bound"},
    {"zdiff", 5, Match::exact, "#source [WITHSCORES]"},
    {"zdiffstore", 5, Match::exact, "key #source"},
    {"zincrby", 12, Match::exact, "key score element"},
    {"zinter", 6, Match::exact, "#source [WEIGHTS =score] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]"},
    {"zintercard", 5, Match::exact, "#source [LIMIT integer]"},
    {"zinterstore", 6, Match::exact, "key #source [WEIGHTS =score] [AGGREGATE SUM|MIN|MAX]"},
    {"zlexcount", 8, Match::exact, "lex-key lex-bound lex-bound"},
    {"zmpop", 8, Match::exact, "#key MIN|MAX [COUNT integer]"},
    {"zmscore", 6, Match::exact, "key element+"},
    {"zpopmax", 6, Match::exact, "key [integer]"},
    {"zpopmin", 6, Match::exact, "key|lex-key [integer]"},
    {"zrandmember", 8, Match::shape, "key [sample-count [WITHSCORES]]", Care::draws},
    {"zrange", 20, Match::exact,
     "((key index index [REV])|(key score-bound score-bound BYSCORE [REV] [LIMIT integer integer])|"
     "(lex-key lex-bound lex-bound BYLEX [REV] [LIMIT integer integer])) [WITHSCORES]"},
    {"zrangebylex", 6, Match::exact, "lex-key lex-bound lex-bound [LIMIT integer integer]"},
    {"zrangebyscore", 8, Match::exact, "key score-bound score-bound [WITHSCORES] [LIMIT integer integer]"},
    {"zrangestore", 10, Match::exact,
     "(key key index index [REV])|(key key score-bound score-bound BYSCORE [REV] [LIMIT integer integer])|"
     "(key lex-key lex-bound lex-bound BYLEX [REV] [LIMIT integer integer])"},
    {"zrank", 8, Match::exact, "key element {WITHSCORE}"},
    {"zrem", 12, Match::exact, "key|lex-key element+"},
    {"zremrangebylex", 3, Match::exact, "lex-key lex-bound lex-bound"},
    {"zremrangebyrank", 3, Match::exact, "key index index"},
    {"zremrangebyscore", 3, Match::exact, "key score-bound score-bound"},
    {"zrevrange", 6, Match::exact, "key index index [WITHSCORES]"},
    {"zrevrangebylex", 6, Match::exact, "lex-key lex-bound lex-bound [LIMIT integer integer]"},
    {"zrevrangebyscore", 6, Match::exact, "key score-bound score-bound [WITHSCORES] [LIMIT integer integer]"},
    {"zrevrank", 8, Match::exact, "key element {WITHSCORE}"},
    {"zscan", 6, Match::scan_pairs, "key 0|0|0|integer [MATCH glob] [COUNT integer] {NOSCORES}", Care::scans},
    {"zscore", 8, Match::exact, "key element"},
    {"zunion", 6, Match::exact, "#source [WEIGHTS =score] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]"},
    {"zunionstore", 6, Match::exact, "key #source [WEIGHTS =score] [AGGREGATE SUM|MIN|MAX]"},
};

}  // namespace

Family sorted_set_family() { return {"sorted-set", kSortedSetRules}; }

}  // namespace redpoll::diff
