// The family of hash commands.
#include "diff/grammar.h"

namespace redpoll::diff {

namespace {

constexpr Rule kHashRules[] = {
    {"hdel", 10, Match::exact, "key element+"},
    {"hexists", 6, Match::exact, "key element"},
    {"hget", 10, Match::exact, "key element"},
    {"hgetall", 6, Match::pairs, "key"},
    {"hincrby", 12, Match::exact, "key element integer"},
    {"hincrbyfloat", 12, Match::exact, "key element real"},
    {"hkeys", 4, Match::unordered, "key"},
    {"hlen", 5, Match::exact, "key"},
    {"hmget", 8, Match::exact, "key element+"},
    {"hmset", 6, Match::exact, "key (element value)+"},
    {"hrandfield", 8, Match::shape, "key [sample-count [WITHVALUES]]", Care::draws},
    {"hscan", 6, Match::scan_pairs, "key 0|0|0|integer [MATCH glob] [COUNT integer] {NOVALUES}", Care::scans},
    {"hset", 40, Match::exact, "key (element value)+"},
    {"hsetnx", 8, Match::exact, "key element value"},
    {"hstrlen", 6, Match::exact, "key element"},
    {"hvals", 4, Match::unordered, "key"},
};

constexpr std::string_view kFieldExpiry =
    "Redis has it since 7.4; the replies of that are replayed by a test";
constexpr std::string_view kNextGeneration = "Redis has it since 8.0";

constexpr Alone kAlone[] = {
    {{"hexpire", 10, Match::exact, "key seconds [NX|XX|GT|LT] FIELDS #element"}, kFieldExpiry},
    {{"hexpireat", 5, Match::exact, "key unix-seconds [NX|XX|GT|LT] FIELDS #element"}, kFieldExpiry},
    {{"hexpiretime", 3, Match::exact, "key FIELDS #element"}, kFieldExpiry},
    {{"hgetdel", 5, Match::exact, "key FIELDS #element"}, kNextGeneration},
    {{"hgetex", 10, Match::exact,
      "key [(EX seconds)|(PX milliseconds)|(EXAT unix-seconds)|(PXAT unix-milliseconds)|PERSIST] FIELDS "
      "#element"},
     kNextGeneration},
    {{"hpersist", 5, Match::exact, "key FIELDS #element"}, kFieldExpiry},
    {{"hpexpire", 15, Match::exact, "key milliseconds [NX|XX|GT|LT] FIELDS #element"}, kFieldExpiry},
    {{"hpexpireat", 5, Match::exact, "key unix-milliseconds [NX|XX|GT|LT] FIELDS #element"}, kFieldExpiry},
    {{"hpexpiretime", 3, Match::exact, "key FIELDS #element"}, kFieldExpiry},
    {{"hpttl", 3, Match::exact, "key FIELDS #element"}, kFieldExpiry},
    {{"hsetex", 15, Match::exact,
      "key [FNX|FXX] [(EX seconds)|(PX milliseconds)|(EXAT unix-seconds)|(PXAT unix-milliseconds)|KEEPTTL] "
      "FIELDS #(element value)"},
     kNextGeneration},
    {{"httl", 3, Match::exact, "key FIELDS #element"}, kFieldExpiry},
};

}  // namespace

Family hash_family() { return {"hash", kHashRules, {}, kAlone}; }

}  // namespace redpoll::diff
