// The family of commands about keys of any type.
#include "diff/grammar.h"

namespace redpoll::diff {

namespace {

// The key space is small enough for one step of SCAN, so that no cursor, which only its server understands,
// is needed.
Words scan(Vocabulary& v) {
  Words words{v.any_case("SCAN"), v.one_in(10) ? std::string(v.pick({"abc", "1.5", "", "0x1"})) : "0",
              v.any_case("COUNT"), "1000"};
  if (v.one_in(2)) words.insert(words.end(), {v.any_case("MATCH"), v.glob()});
  if (v.one_in(3))
    words.insert(
        words.end(),
        {v.any_case("TYPE"), std::string(v.pick({"string", "list", "hash", "zset", "SET", "STRING", "x"}))});
  if (v.one_in(8))
    words.insert(words.end(), {v.any_case("COUNT"), std::string(v.pick({"0", "-1", "abc", "2000"}))});
  if (v.one_in(12)) words.push_back(v.junk());
  return words;
}

constexpr Rule kGenericRules[] = {
    {"copy"},
    {"del", 15, Match::exact, "key|lex-key|number-key [key+]"},
    {"exists"},
    {"expire", 15},
    {"expireat"},
    {"expiretime", 5, Match::near_s},
    {"keys", 5, Match::unordered},
    {"move"},
    {"object|encoding"},
    {"object|freq", 2, Match::near_s},
    {"object|help", 1, Match::kind},
    // Redis has one object for each small integer, which all keys share.
    {"object|idletime", 2, Match::kind},
    {"object|refcount", 2, Match::kind},
    {"persist"},
    {"pexpire", 15},
    {"pexpireat"},
    {"pexpiretime", 5, Match::near_ms},
    {"pttl", 5, Match::near_ms},
    {"randomkey", 3, Match::shape, {}, Care::draws},
    {"rename"},
    {"renamenx"},
    {"scan", 5, Match::scan, scan},
    {"sort", 10, Match::exact,
     "key|number-key [BY pattern] [BY pattern] [LIMIT integer integer] [(GET pattern)+] [ASC|DESC] [ALPHA] "
     "[[STORE key]]",
     Care::sorts},
    {"sort_ro", 6, Match::exact,
     "key|number-key [BY pattern] [BY pattern] [LIMIT integer integer] [(GET pattern)+] [ASC|DESC] [ALPHA]",
     Care::sorts},
    {"touch", 5},
    {"ttl", 5, Match::near_s},
    {"type"},
    {"unlink", 5},
};

}  // namespace

Family generic_family() { return {"generic", kGenericRules}; }

}  // namespace redpoll::diff
