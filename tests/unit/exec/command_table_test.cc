// CommandTable: the perfect hash, renaming, containers, statistics; find_keys.
#include "exec/command_table.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <string>
#include <vector>

#include "base/rng.h"
#include "base/text.h"

namespace redpoll::exec {

namespace {

using resp::Arg;
using Indices = std::vector<size_t>;

Outcome no_command(Call&) { return done; }

Command row(std::string_view name, Arity arity = at_least(1), KeySpecs keys = no_keys()) {
  return {.name = name, .run = no_command, .arity = arity, .keys = keys};
}

Indices indices(const Command& command, const std::vector<Arg>& args) {
  const auto keys = find_keys(command, args);
  REQUIRE(keys.ok());
  Indices found;
  for (const KeyPosition& key : *keys) found.push_back(key.index);
  return found;
}

}  // namespace

TEST_CASE("Every command of a large table is found in any case, and nothing else") {
  Rng rng(1);
  std::deque<std::string> names;
  std::vector<Command> rows;
  for (int i = 0; i < 500; ++i) {
    std::string name = std::to_string(i);
    for (uint64_t n = rng.below(20); n > 0; --n) name += static_cast<char>('a' + rng.below(26));
    rows.push_back(row(names.emplace_back(name)));
  }
  CommandTable table;
  table.add(rows);
  table.seal();
  for (const auto& name : names) {
    REQUIRE(table.find(name) != nullptr);
    REQUIRE(table.find(name)->name == name);
    REQUIRE(table.find(to_upper(name)) == table.find(name));
    REQUIRE(table.find(name + "x") == nullptr);
    REQUIRE(table.find(name.substr(1) + "!") == nullptr);
  }
  REQUIRE(table.find("") == nullptr);
  REQUIRE(table.find(std::string(10'000, 'x')) == nullptr);
  REQUIRE(table.all().size() == 500);
}

TEST_CASE("An empty table finds nothing") {
  CommandTable table;
  table.seal();
  REQUIRE(table.find("get") == nullptr);
}

TEST_CASE("A renamed command is found by its new name only and keeps its full name") {
  const Command rows[] = {row("get"), row("set"), row("flushall")};
  CommandTable table;
  table.add(rows);
  REQUIRE(table.rename("GET", "Fetch").ok());
  REQUIRE(table.rename("flushall", "").ok());
  // Redis has it: whoever takes it away has what was wanted.
  REQUIRE(table.rename("EVAL", "").ok());
  REQUIRE(table.rename("bgsave", "save-now").ok());
  REQUIRE(table.rename("nope", "x").error() == "No such command in rename-command");
  REQUIRE(table.rename("set", "fetch").error() == "Target command name already exists");
  table.seal();
  REQUIRE(table.find("get") == nullptr);
  REQUIRE(table.find("flushall") == nullptr);
  REQUIRE(table.find("FETCH")->full_name == "get");
  REQUIRE(table.all().size() == 2);
}

TEST_CASE("A request is resolved to the subcommand, or to the container") {
  const Command subs[] = {row("get"), row("set")};
  Command config = row("config");
  config.run = nullptr;
  config.subcommands = subs;
  const Command rows[] = {config, row("ping")};
  CommandTable table;
  table.add(rows);
  table.seal();
  const auto resolve = [&](std::vector<Arg> args) { return table.resolve(args); };
  REQUIRE(resolve({"CONFIG", "GeT", "x"})->full_name == "config|get");
  REQUIRE(resolve({"config", "nope"})->full_name == "config");
  REQUIRE(resolve({"config"})->full_name == "config");
  REQUIRE(resolve({"ping", "get"})->full_name == "ping");
  REQUIRE(resolve({"nope"}) == nullptr);
  REQUIRE(table.find_full("config|SET")->parent == table.find("config"));
  REQUIRE(table.find_full("config")->full_name == "config");
  REQUIRE(table.find_full("config|nope") == nullptr);
  REQUIRE(table.find_full("nope|get") == nullptr);
}

TEST_CASE("Resetting the statistics reaches subcommands") {
  const Command subs[] = {row("get")};
  Command config = row("config");
  config.subcommands = subs;
  CommandTable table;
  table.add(std::span(&config, 1));
  table.seal();
  table.find("config")->stats.calls = 3;
  table.find_full("config|get")->stats.failed = 4;
  table.reset_stats();
  REQUIRE(table.find("config")->stats.calls == 0);
  REQUIRE(table.find_full("config|get")->stats.failed == 0);
}

TEST_CASE("The first key is known beforehand where it has a fixed place") {
  const Command rows[] = {row("get", exactly(2), key_at(1, kKeyRO)),
                          row("object", exactly(3), key_at(2, kKeyRO)), row("ping"),
                          row("eval", at_least(3), keys_counted_at(2, kKeyRW)),
                          row("spublish", exactly(3), key_at(1, kKeyNotKey))};
  CommandTable table;
  table.add(rows);
  table.seal();
  REQUIRE(table.find("get")->first_key == 1);
  REQUIRE(table.find("object")->first_key == 2);
  REQUIRE(table.find("ping")->first_key == 0);
  REQUIRE(table.find("eval")->first_key == 0);
  REQUIRE(table.find("spublish")->first_key == 0);
}

TEST_CASE("Keys are found at fixed places, in ranges and behind a count") {
  REQUIRE(indices(row("get", exactly(2), key_at(1, kKeyRO)), {"get", "k"}) == Indices{1});
  REQUIRE(indices(row("mget", at_least(2), key_range(1, -1, 1, kKeyRO)), {"mget", "a", "b", "c"}) ==
          Indices{1, 2, 3});
  REQUIRE(indices(row("mset", at_least(3), key_range(1, -1, 2, kKeyOW)), {"mset", "a", "1", "b", "2"}) ==
          Indices{1, 3});
  REQUIRE(indices(row("blpop", at_least(3), key_range(1, -2, 1, kKeyRW)), {"blpop", "a", "b", "0"}) ==
          Indices{1, 2});
  REQUIRE(indices(row("lcs", at_least(3), key_range(1, 2, 1, kKeyRO)), {"lcs", "a", "b", "LEN"}) ==
          Indices{1, 2});
  const Command eval = row("eval", at_least(3), keys_counted_at(2, kKeyRW));
  REQUIRE(indices(eval, {"eval", "script", "2", "a", "b", "argument"}) == Indices{3, 4});
  const Command store = row("zunionstore", at_least(4), key_at(1, kKeyOW) + keys_counted_at(2, kKeyRO));
  REQUIRE(indices(store, {"zunionstore", "d", "1", "a"}) == Indices{1, 3});
  REQUIRE(indices(row("spublish", exactly(3), key_at(1, kKeyNotKey)), {"spublish", "c", "m"}).empty());
}

TEST_CASE("A key that stands behind an option is looked for") {
  constexpr KeyFinder behind_store = [](std::span<const Arg> args) -> size_t {
    return args.size() > 3 && args[2] == "store" ? 3 : 0;
  };
  const Command sort = row("sort", at_least(2),
                           key_at(1, kKeyRO) + key_somewhere(kKeyRO, "patterns") +
                               key_somewhere(kKeyOW, "the result", behind_store));
  REQUIRE(sort.keys.count == 3);
  REQUIRE(indices(sort, {"sort", "k"}) == Indices{1});
  REQUIRE(indices(sort, {"sort", "k", "store", "d"}) == Indices{1, 3});
  const std::vector<Arg> args{"sort", "k", "store", "d"};
  REQUIRE((*find_keys(sort, args))[1].flags == kKeyOW);
}

TEST_CASE("The flags of a key come from its specification") {
  const Command store = row("copy", at_least(3), key_at(1, kKeyRO) + key_at(2, kKeyOW));
  const std::vector<Arg> args{"copy", "a", "b"};
  const auto keys = find_keys(store, args);
  REQUIRE(keys.ok());
  REQUIRE((*keys)[0].flags == kKeyRO);
  REQUIRE((*keys)[1].flags == kKeyOW);
}

TEST_CASE("A count that cannot be is refused") {
  const Command eval = row("eval", at_least(3), keys_counted_at(2, kKeyRW));
  for (const char* count : {"3", "0", "-1", "x", "9223372036854775807", ""}) {
    const std::vector<Arg> args{"eval", "script", count, "a", "b"};
    REQUIRE(find_keys(eval, args).error() == "Invalid arguments specified for command");
  }
}

}  // namespace redpoll::exec
