// CONFIG GET and CONFIG SET.
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "config/config.h"

namespace redpoll::config {
namespace {

using Pairs = std::vector<std::string_view>;

Result<void> accept(Apply, const Settings&, const Settings&) { return {}; }

std::string set(Config& config, const Pairs& pairs, Peer peer = Peer::local) {
  const auto r = config.set(pairs, peer, accept);
  return r ? "OK" : r.error();
}

std::map<std::string, std::string, std::less<>> get(const Config& config, const Pairs& patterns) {
  std::map<std::string, std::string, std::less<>> out;
  for (const auto& [name, value] : config.match(patterns)) { REQUIRE(out.emplace(name, value).second); }
  return out;
}

std::string failed(std::string_view name, std::string_view reason) {
  return "ERR CONFIG SET failed (possibly related to argument '" + std::string(name) + "') - " +
         std::string(reason);
}

}  // namespace

TEST_CASE("CONFIG GET matches names and old names, in any case, each once") {
  Config config;
  REQUIRE(get(config, {"port", "PORT", "p*rt", "P*RT"}).size() == 1);
  REQUIRE(get(config, {"Port"}).begin()->first == "Port");
  REQUIRE(get(config, {"nope", ""}).empty());
  REQUIRE(get(config, {"*slave*"}).size() == 13);
  REQUIRE(get(config, {"slave-priority", "replica-priority"}).size() == 2);
  REQUIRE(get(config, {"*"}).size() == 255);
  REQUIRE(get(config, {"MAXMEM*"}).contains("maxmemory-policy"));
}

TEST_CASE("CONFIG SET that fails goes back to the directory in which the server started") {
  Config config;
  REQUIRE(config.load({.options = "enable-protected-configs yes"}));
  const std::string start = std::filesystem::current_path().string();
  REQUIRE(get(config, {"dir"}).at("dir") == start);
  std::vector<std::string> visited;
  const auto r = config.set(Pairs{"dir", "/usr", "maxclients", "5"}, Peer::local,
                            [&](Apply what, const Settings& now, const Settings&) -> Result<void> {
                              if (what != Apply::dir) return failure("no");
                              visited.push_back(now.dir);
                              return {};
                            });
  REQUIRE_FALSE(r);
  REQUIRE(visited == std::vector<std::string>{"/usr", start});
}

TEST_CASE("CONFIG GET shows hidden directives by their exact name only") {
  Config config;
  REQUIRE(get(config, {"key-load*"}).empty());
  REQUIRE(get(config, {"Key-Load-Delay"}).at("Key-Load-Delay") == "0");
}

TEST_CASE("CONFIG SET changes several at once") {
  Config config;
  const Settings& seen = config.settings();
  REQUIRE(set(config, {"timeout", "5", "HZ", "20", "maxmemory-policy", "ALLKEYS-LRU"}) == "OK");
  REQUIRE(seen.timeout == 5);
  REQUIRE(seen.hz == 20);
  REQUIRE(config.get("maxmemory-policy") == "allkeys-lru");
}

TEST_CASE("CONFIG SET changes nothing if one of several is wrong") {
  Config config;
  REQUIRE(set(config, {"timeout", "5", "port", "abc"}) ==
          failed("port", "argument couldn't be parsed into an integer"));
  REQUIRE(set(config, {"timeout", "5", "foo", "1"}) ==
          "ERR Unknown option or number of arguments for CONFIG SET - 'foo'");
  REQUIRE(set(config, {"timeout", "x", "daemonize", "yes"}) ==
          failed("daemonize", "can't set immutable config"));
  REQUIRE(set(config, {"daemonize", "no", "foo", "1"}) == failed("daemonize", "can't set immutable config"));
  REQUIRE(set(config, {"", "1"}) == "ERR Unknown option or number of arguments for CONFIG SET - ''");
  REQUIRE(config.settings().timeout == 0);
}

TEST_CASE("CONFIG SET refuses one directive twice, under any name") {
  Config config;
  REQUIRE(set(config, {"timeout", "1", "timeout", "1"}) == failed("timeout", "duplicate parameter"));
  REQUIRE(set(config, {"PORT", "1", "port", "1"}) == failed("port", "duplicate parameter"));
}

TEST_CASE("CONFIG SET changes protected directives where that is allowed") {
  for (const auto& [allowed, peer, good] : {std::tuple{Allowed::no, Peer::local, false},
                                            {Allowed::yes, Peer::remote, true},
                                            {Allowed::local, Peer::local, true},
                                            {Allowed::local, Peer::remote, false}}) {
    Settings s;
    s.enable_protected_configs = allowed;
    s.allow_missing_features = true;
    Config config(s);
    REQUIRE(set(config, {"dbfilename", "x"}, peer) ==
            (good ? "OK" : failed("dbfilename", "can't set protected config")));
    REQUIRE(config.get("dbfilename") == (good ? "x" : "dump.rdb"));
  }
}

TEST_CASE("CONFIG SET does not know what is only for files") {
  Config config;
  for (const char* name : {"rename-command", "user", "loadmodule", "include"}) {
    REQUIRE(set(config, {name, "a b"}).starts_with("ERR Unknown option"));
  }
}

TEST_CASE("CONFIG SET refuses what needs a feature that is not there, but for its default and what is true") {
  Config config;
  REQUIRE(set(config, {"appendonly", "yes"}) ==
          failed("appendonly", "this needs persistence, which is not there yet"));
  REQUIRE(set(config, {"timeout", "5", "slave-priority", "7"}) ==
          failed("slave-priority", "this needs replication, which is not there yet"));
  REQUIRE(set(config, {"appendonly", "maybe"}) == failed("appendonly", "argument must be 'yes' or 'no'"));
  REQUIRE(config.settings().timeout == 0);
  REQUIRE(set(config, {"appendonly", "no", "save", ""}) == "OK");
  REQUIRE(set(config, {"save", "3600 1 300 100 60 10000"}) == "OK");
  REQUIRE(set(config, {"allow-missing-features", "yes"}) ==
          failed("allow-missing-features", "can't set immutable config"));

  Settings s;
  s.allow_missing_features = true;
  Config allowed(s);
  REQUIRE(set(allowed, {"appendonly", "yes", "hz", "20"}) == "OK");
  REQUIRE(allowed.warning(Pairs{"appendonly", "yes", "hz", "20"}) ==
          "Without effect, because it is not there yet (allow-missing-features): appendonly (persistence)");
  REQUIRE(allowed.warning(Pairs{"hz", "20", "tls-port", "0"}).empty());
}

TEST_CASE("CONFIG SET save replaces, it does not add") {
  Settings s;
  s.allow_missing_features = true;
  Config config(s);
  REQUIRE(set(config, {"save", "10 1"}) == "OK");
  REQUIRE(set(config, {"save", "20 2"}) == "OK");
  REQUIRE(config.get("save") == "20 2");
  REQUIRE(set(config, {"save", ""}) == "OK");
  REQUIRE(config.get("save").empty());
}

TEST_CASE("the server is told once per part, and only of what changed") {
  Config config;
  std::vector<Apply> told;
  const Applier apply = [&](Apply what, const Settings& now, const Settings& before) -> Result<void> {
    told.push_back(what);
    REQUIRE(&now == &config.settings());
    REQUIRE(before.port == 6379);
    return {};
  };
  const Pairs pairs{"port", "7000",       "bind",  "::1",      "timeout",
                    "5",    "maxclients", "10000", "loglevel", "debug"};
  REQUIRE(config.set(pairs, Peer::local, apply).ok());
  REQUIRE(told == std::vector{Apply::listen, Apply::loglevel});
}

TEST_CASE("a part of the server that refuses takes everything back") {
  Config config;
  std::vector<std::pair<Apply, int>> told;
  const Applier apply = [&](Apply what, const Settings& now, const Settings&) -> Result<void> {
    told.emplace_back(what, now.port);
    if (what == Apply::maxclients) return failure("The operating system says no");
    return {};
  };
  const Pairs pairs{"port", "7000", "loglevel", "debug", "maxclients", "5", "hz", "20"};
  const auto r = config.set(pairs, Peer::local, apply);
  REQUIRE(!r);
  REQUIRE(r.error() == failed("maxclients", "The operating system says no"));
  REQUIRE(config.settings().port == 6379);
  REQUIRE(config.settings().maxclients == 10000);
  REQUIRE(config.settings().loglevel == LogLevel::notice);
  REQUIRE(told == std::vector<std::pair<Apply, int>>{{Apply::listen, 7000},
                                                     {Apply::loglevel, 7000},
                                                     {Apply::maxclients, 7000},
                                                     {Apply::loglevel, 6379},
                                                     {Apply::listen, 6379}});
}

TEST_CASE("the server can adjust a setting itself") {
  Config config;
  config.adjust([](Settings& s) { s.maxclients = 4064; });
  REQUIRE(config.get("maxclients") == "4064");
}

}  // namespace redpoll::config
