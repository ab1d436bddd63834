// The family of commands about the server.
#include "diff/grammar.h"

namespace redpoll::diff {

namespace {

// A directive with values that are valid, on the edge, and not valid; none changes what else a schedule sees,
// or all of it for both servers. A schedule begins with the defaults (see kConfigDefaults in
// conversation.cc).
struct Directive {
  std::string_view name;
  std::initializer_list<std::string_view> values;
};
const Directive kDirectives[] = {
    {"hash-max-listpack-entries", {"512", "8", "0", "-1", "abc", ""}},
    {"hz", {"10", "1", "500", "0", "501", "abc"}},
    {"lfu-decay-time", {"1", "0", "-1", "x"}},
    {"lfu-log-factor", {"10", "0", "-1", "1.5"}},
    // With one byte all keys go that may be evicted: which goes first makes no difference.
    {"maxmemory", {"0", "1", "100gb", "1e3", "-1", "10kk", "123456789123", "0"}},
    // No word that is none: the error lists the policies, and there are two more here.
    {"maxmemory-policy",
     {"noeviction", "allkeys-lru", "volatile-lru", "allkeys-random", "volatile-random", "volatile-ttl"}},
    {"maxmemory-samples", {"5", "1", "0", "64", "65"}},
    {"slowlog-log-slower-than", {"10000", "-1", "abc"}},
    {"slowlog-max-len", {"128", "1", "0", "-1", ""}},
    {"tcp-keepalive", {"300", "0", "-1", "1gb"}},
    {"lazyfree-lazy-expire", {"yes", "no", "YES", "maybe", ""}},
    {"lazyfree-lazy-user-del", {"yes", "no", "1"}},
    {"notify-keyspace-events", {"", "KEA", "Kg$", "Q", "AKE"}},
    {"databases", {"4"}},
    {"no-such-directive", {"1"}},
};

Words config_set(Vocabulary& v) {
  Words words{v.any_case("CONFIG"), v.any_case("SET")};
  do {
    const Directive& directive = v.pick(std::span<const Directive>(kDirectives));
    words.push_back(v.one_in(4) ? v.any_case(directive.name) : std::string(directive.name));
    words.emplace_back(v.pick(directive.values));
  } while (v.one_in(4));
  if (v.one_in(15)) words.pop_back();
  return words;
}

Words config_get(Vocabulary& v) {
  Words words{v.any_case("CONFIG"), v.any_case("GET")};
  do {
    words.emplace_back(
        v.pick({"maxmemory", "max*-samples", "hz", "slowlog-[lm]*", "lfu-*", "lazyfree-lazy-user-del", "HZ",
                "", "nothing", "h?", "tcp-keepaliv[e]", "notify-keyspace-events", "save", "databases"}));
  } while (v.one_in(3));
  return words;
}

Words of_other(Vocabulary& v, std::string_view subcommand) {
  Words words{v.any_case("COMMAND"), v.any_case(subcommand)};
  words.emplace_back(v.pick(
      {"get", "SET", "mset", "rename", "copy", "lcs", "ping", "object", "msetnx", "nosuch", "", "del"}));
  for (uint64_t n = v.rng().below(5); n > 0; --n) words.push_back(v.key());
  return words;
}
Words command_getkeys(Vocabulary& v) { return of_other(v, "GETKEYS"); }
Words command_getkeysandflags(Vocabulary& v) { return of_other(v, "GETKEYSANDFLAGS"); }

Words command_info(Vocabulary& v) {
  Words words{v.any_case("COMMAND"), v.any_case("INFO")};
  do {
    words.emplace_back(v.pick(
        {"get", "SET", "mset", "client|list", "object|encoding", "nosuch", "", "get|set", "scan", "expire"}));
  } while (v.one_in(2));
  return words;
}

Words command_docs(Vocabulary& v) {
  Words words{v.any_case("COMMAND"), v.any_case("DOCS")};
  do {
    words.emplace_back(v.pick({"get", "SET", "mset", "nosuch", "", "append", "ttl", "move"}));
  } while (v.one_in(2));
  return words;
}

Words command_list(Vocabulary& v) {
  return {v.any_case("COMMAND"), v.any_case("LIST"), v.any_case("FILTERBY"),
          v.any_case(v.pick({"PATTERN", "MODULE", "ACLCAT", "X"})),
          std::string(v.pick({"mset*", "xyz", "nosuchcat", "pttl", ""}))};
}

Words flush(Vocabulary& v, std::string_view name) {
  Words words{v.any_case(name)};
  if (v.one_in(2)) words.push_back(v.any_case(v.pick({"ASYNC", "SYNC", "now", ""})));
  if (v.one_in(10)) words.push_back(v.junk());
  return words;
}
Words flushall(Vocabulary& v) { return flush(v, "FLUSHALL"); }
Words flushdb(Vocabulary& v) { return flush(v, "FLUSHDB"); }

Words swapdb(Vocabulary& v) { return {v.any_case("SWAPDB"), v.database(), v.database()}; }

Words info(Vocabulary& v) {
  return {v.any_case("INFO"),
          v.any_case(v.pick({"server", "clients", "keyspace", "cpu", "memory", "stats", "nosuch",
                             "errorstats", "persistence", "replication", "modules", "cluster"}))};
}

Words memory_usage(Vocabulary& v) {
  Words words{v.any_case("MEMORY"), v.any_case("USAGE"), v.key()};
  if (v.one_in(3)) words.insert(words.end(), {v.any_case("SAMPLES"), v.integer()});
  return words;
}

// With what is logged left out: which request was slow is up to the machine.
Words slowlog_get(Vocabulary& v) {
  return {v.any_case("SLOWLOG"), v.any_case("GET"), std::string(v.pick({"0", "-2", "abc", ""}))};
}

// Nothing is monitored by default.
Words latency_of_event(Vocabulary& v, std::string_view subcommand) {
  return {v.any_case("LATENCY"), v.any_case(subcommand),
          std::string(v.pick({"command", "expire-cycle", "x", ""}))};
}
Words latency_graph(Vocabulary& v) { return latency_of_event(v, "GRAPH"); }
Words latency_history(Vocabulary& v) { return latency_of_event(v, "HISTORY"); }
Words latency_reset(Vocabulary& v) { return latency_of_event(v, "RESET"); }
// Of what was not called, for how long anything took is up to the machine.
Words latency_histogram(Vocabulary& v) {
  return {v.any_case("LATENCY"), v.any_case("HISTOGRAM"), std::string(v.pick({"shutdown", "x", ""}))};
}

constexpr Rule kServerRules[] = {
    {"command|count", 1, Match::kind},
    {"command|docs", 1, Match::shape, command_docs},
    {"command|getkeys", 2, Match::exact, command_getkeys},
    {"command|getkeysandflags", 2, Match::exact, command_getkeysandflags},
    {"command|help", 1, Match::kind},
    {"command|info", 1, Match::exact, command_info},
    {"command|list", 1, Match::unordered, command_list},
    {"config|get", 3, Match::pairs, config_get},
    {"config|help", 1, Match::kind},
    {"config|resetstat", 1},
    {"config|set", 4, Match::exact, config_set},
    {"dbsize", 5},
    {"flushall", 1, Match::exact, flushall},
    {"flushdb", 2, Match::exact, flushdb},
    {"info", 1, Match::field_names, info},
    {"latency|doctor", 1, Match::kind},
    {"latency|graph", 1, Match::exact, latency_graph},
    {"latency|help", 1, Match::kind},
    {"latency|histogram", 1, Match::exact, latency_histogram},
    {"latency|history", 1, Match::exact, latency_history},
    {"latency|latest", 1},
    {"latency|reset", 1, Match::exact, latency_reset},
    {"lolwut", 1, Match::kind},
    {"memory|doctor", 1, Match::kind},
    {"memory|help", 1, Match::kind},
    {"memory|malloc-stats", 1, Match::kind},
    {"memory|purge", 1},
    {"memory|stats", 1, Match::shape},
    {"memory|usage", 2, Match::kind, memory_usage},
    {"slowlog|get", 1, Match::exact, slowlog_get},
    {"slowlog|help", 1, Match::kind},
    {"slowlog|len", 1, Match::kind},
    {"slowlog|reset", 1},
    {"swapdb", 4, Match::exact, swapdb},
    {"time", 1, Match::shape},
};

constexpr Excluded kExcluded[] = {
    {"command", "lists every command, and Redis has more"},
    {"config|rewrite", "needs a configuration file; integration tests compare it"},
    {"debug", "looks inside one server"},
    {"shutdown", "ends the server; integration tests compare it"},
};

}  // namespace

Family server_family() { return {"server", kServerRules, kExcluded}; }

}  // namespace redpoll::diff
