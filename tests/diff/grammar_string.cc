// The family of string commands.
#include "diff/grammar.h"

namespace redpoll::diff {

namespace {

constexpr Rule kStringRules[] = {
    {"append"},   {"decr"},      {"decrby"},    {"get"},       {"getdel", 5},   {"getex"},
    {"getrange"}, {"getset", 5}, {"incr"},      {"incrby"},    {"incrbyfloat"}, {"lcs"},
    {"mget"},     {"mset", 5},   {"msetnx", 5}, {"psetex", 5}, {"set", 40},     {"setex", 5},
    {"setnx", 5}, {"setrange"},  {"strlen", 5}, {"substr", 3},
};

}  // namespace

Family string_family() { return {"string", kStringRules}; }

}  // namespace redpoll::diff
