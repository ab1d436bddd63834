// The family of commands about the connection itself.
#include "diff/grammar.h"

namespace redpoll::diff {

namespace {

Words select(Vocabulary& v) { return {v.any_case("SELECT"), v.database()}; }

Words hello(Vocabulary& v) {
  Words words{v.any_case("HELLO")};
  if (!v.one_in(10))
    words.emplace_back(v.pick({"2", "3", "3", "2", "1", "4", "abc", "", "-1", "99999999999999999999"}));
  if (v.one_in(4)) words.insert(words.end(), {v.any_case("AUTH"), "default", v.value()});
  if (v.one_in(8)) {
    words.push_back(v.junk());
  } else if (v.one_in(4)) {
    // Last: Redis would keep the name although what follows fails.
    words.insert(words.end(), {v.any_case("SETNAME"), v.value()});
  }
  return words;
}

// Never a filter that finds a client: which ones are left would depend on the order of the servers' loops.
Words client_kill(Vocabulary& v) {
  Words words{v.any_case("CLIENT"), v.any_case("KILL")};
  switch (v.rng().below(7)) {
    case 0: words.emplace_back("127.0.0.1:1"); break;
    case 1:
      words.insert(words.end(), {v.any_case("ID"), std::string(v.pick({"999999999", "0", "-1", "abc", ""}))});
      break;
    case 2:
      words.insert(words.end(), {v.any_case("ADDR"), "127.0.0.1:1", v.any_case("SKIPME"), v.junk()});
      break;
    case 3:
      words.insert(words.end(),
                   {v.any_case("TYPE"), std::string(v.pick({"pubsub", "replica", "slave", "master", "x"}))});
      break;
    case 4: words.insert(words.end(), {v.any_case("USER"), std::string(v.pick({"nobody", "x", ""}))}); break;
    case 5: words.insert(words.end(), {v.any_case("LADDR"), "127.0.0.1:1", v.any_case("ID")}); break;
    case 6: break;
  }
  return words;
}

// Writers wait until somebody says CLIENT UNPAUSE, as the beginning of each schedule does.
Words client_pause(Vocabulary& v) {
  if (v.one_in(2))
    return {v.any_case("CLIENT"), v.any_case("PAUSE"), std::string(v.pick({"abc", "-1", "", "1.5"}))};
  return {v.any_case("CLIENT"), v.any_case("PAUSE"), "1000000",
          v.any_case(v.pick({"WRITE", "WRITE", "READ", ""}))};
}

Words client_list(Vocabulary& v) {
  Words words{v.any_case("CLIENT"), v.any_case("LIST")};
  if (v.one_in(2)) {
    words.insert(words.end(),
                 {v.any_case("TYPE"), std::string(v.pick({"normal", "pubsub", "replica", "master", "x"}))});
  } else if (v.one_in(2)) {
    words.insert(words.end(), {v.any_case("ID"), std::string(v.pick({"999999999", "0", "-1", "abc", ""}))});
  }
  if (v.one_in(8)) words.push_back(v.junk());
  return words;
}

Words client_setname(Vocabulary& v) {
  return {v.any_case("CLIENT"), v.any_case("SETNAME"),
          std::string(v.pick({"", "worker", "has space", "x\ny", "~", "\xc3\xa9"}))};
}

// Rarely OFF: a client that is told nothing proves nothing.
Words client_reply(Vocabulary& v) {
  return {v.any_case("CLIENT"), v.any_case("REPLY"),
          v.any_case(v.one_in(8) ? "OFF" : v.pick({"ON", "SKIP", "NO", ""}))};
}

Words client_unblock(Vocabulary& v) {
  Words words{v.any_case("CLIENT"), v.any_case("UNBLOCK")};
  words.push_back(v.one_in(8) ? std::string(v.pick({"999999999", "0", "-1", "abc", ""}))
                              : id_of_client(v.rng().below(kMostClients)));
  if (v.one_in(2)) words.push_back(v.any_case(v.pick({"TIMEOUT", "ERROR", "ERROR", "NO"})));
  return words;
}

Words quit(Vocabulary& v) { return {v.any_case("QUIT")}; }

constexpr Rule kConnectionRules[] = {
    {"auth", 3},
    {"client|getname", 3},
    {"client|help", 1, Match::kind},
    {"client|id", 2, Match::kind},
    {"client|info", 2, Match::field_names},
    {"client|kill", 3, Match::exact, client_kill},
    {"client|list", 2, Match::field_names, client_list},
    {"client|no-evict", 2},
    {"client|no-touch", 1},
    {"client|pause", 1, Match::exact, client_pause},
    {"client|reply", 2, Match::exact, client_reply},
    {"client|setinfo", 1},
    {"client|setname", 3, Match::exact, client_setname},
    {"client|unblock", 5, Match::exact, client_unblock},
    {"client|unpause", 3},
    {"echo", 5},
    {"hello", 5, Match::shape, hello},
    {"ping", 5},
    {"quit", 1, Match::exact, quit},
    {"reset", 2},
    {"select", 12, Match::exact, select},
};

}  // namespace

Family connection_family() { return {"connection", kConnectionRules}; }

}  // namespace redpoll::diff
