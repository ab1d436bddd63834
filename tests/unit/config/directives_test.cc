// The table against what was recorded from redis-server 7.0.15, and the values it reads and prints.
#include "config/directives.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "config/config.h"

namespace redpoll::config {
namespace {

struct Recorded {
  std::string name, fallback, mutability, visibility, error_for_word, error_for_negative, error_for_huge;
};

std::vector<Recorded> recorded() {
  std::vector<Recorded> out;
  std::ifstream in(REDPOLL_SOURCE_DIR "/tests/unit/config/redis_7_0_directives.txt");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    std::vector<std::string> f(1);
    for (const char c : line) {
      if (c == '|') {
        f.emplace_back();
      } else {
        f.back() += c;
      }
    }
    REQUIRE(f.size() == 7);
    out.push_back({f[0], f[1], f[2], f[3], f[4], f[5], f[6]});
  }
  return out;
}

struct Newer {
  std::string name;
  std::string alias;
  std::string fallback;
};

std::vector<Newer> newer() {
  std::ifstream file(REDPOLL_SOURCE_DIR "/tests/unit/config/newer_directives.txt");
  std::vector<Newer> out;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const size_t alias = line.find('|');
    const size_t fallback = line.find('|', alias + 1);
    out.push_back(
        {line.substr(0, alias), line.substr(alias + 1, fallback - alias - 1), line.substr(fallback + 1)});
  }
  REQUIRE(out.size() > 60);
  return out;
}

// The error of giving `words` to a directive, or what it prints then.
std::string after(std::string_view name, const std::vector<std::string>& words) {
  Settings s;
  const Directive* d = find_directive(name);
  REQUIRE(d);
  const auto r = assign(s, *d, words);
  return r ? printed(s, *d) : "error: " + r.error();
}

std::string error_of(std::string_view name, const std::string& word) {
  Settings s;
  const auto r = assign(s, *find_directive(name), Args(&word, 1));
  return r ? "" : r.error();
}

}  // namespace

TEST_CASE("every directive of Redis 7.0 exists with its default") {
  const auto all = recorded();
  REQUIRE(all.size() == 197);
  for (const Recorded& r : all) {
    CAPTURE(r.name);
    const Directive* d = find_directive(r.name);
    REQUIRE(d);
    if (r.fallback == "*") continue;
    REQUIRE(default_of(*d) == r.fallback);
  }
}

TEST_CASE("every directive of Redis 7.0 can change when it can there, and is as visible") {
  for (const Recorded& r : recorded()) {
    CAPTURE(r.name);
    const Directive* d = find_directive(r.name);
    REQUIRE(d);
    const auto expected = r.mutability == "start"       ? Mutability::at_start
                          : r.mutability == "protected" ? Mutability::if_unprotected
                                                        : Mutability::at_run_time;
    // slaveof and replicaof are one directive.
    REQUIRE(d->mutability == expected);
    REQUIRE((d->visibility == Visibility::hidden) == (r.visibility == "hidden"));
  }
}

TEST_CASE(
    "every directive of Redis 7.0 refuses a bad word, a negative and a huge number with the same text") {
  for (const Recorded& r : recorded()) {
    CAPTURE(r.name);
    // The latter knows policies of Redis 8.6 as well: see its own test.
    if (r.name == "dir" || r.name == "maxmemory-policy") continue;
    REQUIRE(error_of(r.name, "zzz") == r.error_for_word);
    if (r.error_for_word.empty()) continue;
    if (r.error_for_word.find("integer") == std::string::npos &&
        r.error_for_word.find("memory") == std::string::npos) {
      continue;
    }
    REQUIRE(error_of(r.name, "-999") == r.error_for_negative);
    // Bounded here: see its own test.
    if (r.name == "proto-max-bulk-len") continue;
    REQUIRE(error_of(r.name, "9223372036854775807") == r.error_for_huge);
  }
}

TEST_CASE("every directive of newer servers exists with its names and its default") {
  for (const Newer& n : newer()) {
    CAPTURE(n.name);
    const Directive* d = find_directive(n.name);
    REQUIRE(d);
    REQUIRE(d->name == n.name);
    REQUIRE(d->alias == n.alias);
    REQUIRE(default_of(*d) == n.fallback);
  }
}

TEST_CASE("the table has no directive that is not recorded, and explains each") {
  std::set<std::string, std::less<>> known;
  for (const Recorded& r : recorded()) known.insert(r.name);
  for (const Newer& n : newer()) known.insert({n.name, n.alias});
  for (const Topic& topic : topics()) {
    for (const Directive& d : topic.directives) {
      CAPTURE(d.name);
      REQUIRE(known.contains(d.name));
      REQUIRE((d.alias.empty() || known.contains(d.alias)));
      REQUIRE(d.about.size() > 10);
      REQUIRE(d.about.ends_with('.'));
    }
  }
}

TEST_CASE("every default survives being written to a file and read back") {
  for (const Topic& topic : topics()) {
    for (const Directive& d : topic.directives) {
      CAPTURE(d.name);
      Config config;
      std::string text;
      for (const std::string& line : file_lines(Settings{}, d, d.name)) text += line + "\n";
      // "" is how a file says nothing; replicaof has no word for it that prints so.
      if (d.name == "replicaof") continue;
      CAPTURE(text);
      const auto r = config.load({.options = text});
      REQUIRE(r.ok());
      REQUIRE(config.get(d.name) == default_of(d));
    }
  }
}

TEST_CASE("names are found in any case, and by their old names") {
  REQUIRE(find_directive("PORT") == find_directive("port"));
  REQUIRE(find_directive("slave-Priority") == find_directive("replica-priority"));
  REQUIRE(find_directive("nope") == nullptr);
  REQUIRE(find_directive("") == nullptr);
}

TEST_CASE("flags are yes or no in any case") {
  REQUIRE(after("daemonize", {"YES"}) == "yes");
  REQUIRE(after("appendonly", {"yes"}) == "yes");
  REQUIRE(after("daemonize", {"1"}) == "error: argument must be 'yes' or 'no'");
  REQUIRE(after("daemonize", {""}) == "error: argument must be 'yes' or 'no'");
  REQUIRE(after("daemonize", {"yes", "no"}) == "error: wrong number of arguments");
  REQUIRE(after("daemonize", {}) == "error: wrong number of arguments");
}

TEST_CASE("amounts of memory take units") {
  REQUIRE(after("maxmemory", {"64mb"}) == "67108864");
  REQUIRE(after("maxmemory", {"1G"}) == "1000000000");
  REQUIRE(after("maxmemory", {"1kB"}) == "1024");
  REQUIRE(after("maxmemory", {"18446744073709551615"}) == "18446744073709551615");
  REQUIRE(after("maxmemory", {"1.5gb"}) == "error: argument must be a memory value");
  REQUIRE(after("maxmemory", {"100%"}) == "error: argument must be a memory value");
  REQUIRE(after("proto-max-bulk-len", {"1"}) ==
          "error: argument must be between 1048576 and 4293918720 inclusive");
  REQUIRE(after("slowlog-max-len", {"1mb"}) == "error: argument couldn't be parsed into an integer");
}

TEST_CASE("proto-max-bulk-len lets no argument grow to the 4 GiB that are too long for a key") {
  REQUIRE(after("proto-max-bulk-len", {"4095mb"}) == "4293918720");
  REQUIRE(after("proto-max-bulk-len", {"4gb"}) ==
          "error: argument must be between 1048576 and 4293918720 inclusive");
}

TEST_CASE("maxmemory-policy knows those of Redis 8.6") {
  REQUIRE(after("maxmemory-policy", {"Allkeys-LRM"}) == "allkeys-lrm");
  REQUIRE(after("maxmemory-policy", {"volatile-lrm"}) == "volatile-lrm");
  REQUIRE(
      error_of("maxmemory-policy", "allkeys-foo") ==
      "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, "
      "volatile-lrm, allkeys-lru, allkeys-lfu, allkeys-random, allkeys-lrm, noeviction");
}

TEST_CASE("maxmemory-clients is an amount or a percentage") {
  REQUIRE(after("maxmemory-clients", {"5%"}) == "5%");
  REQUIRE(after("maxmemory-clients", {"1kb"}) == "1024");
  REQUIRE(after("maxmemory-clients", {"101%"}) == "error: percentage argument must be less or equal to 100");
  REQUIRE(after("maxmemory-clients", {"-1%"}) == "error: argument must be a memory or percent value");
  REQUIRE(after("maxmemory-clients", {"-5"}) == "error: argument must be a memory or percent value");
}

TEST_CASE("permissions are octal") {
  REQUIRE(after("unixsocketperm", {"770"}) == "770");
  REQUIRE(after("unixsocketperm", {"0700"}) == "700");
  REQUIRE(after("unixsocketperm", {"8"}) == "error: argument couldn't be parsed as an octal number");
  REQUIRE(after("unixsocketperm", {"1000"}) == "error: argument must be between 0 and 777 inclusive");
}

TEST_CASE("hz is brought into its range") {
  REQUIRE(after("hz", {"1000"}) == "500");
  REQUIRE(after("hz", {"0"}) == "1");
  REQUIRE(after("hz", {"-1"}) == "error: argument must be between 0 and 2147483647 inclusive");
}

TEST_CASE("shutdown options combine, in the order of the table") {
  REQUIRE(after("shutdown-on-sigterm", {"now save force"}) == "save now force");
  REQUIRE(after("shutdown-on-sigterm", {"now", "save"}) == "save now");
  REQUIRE(after("shutdown-on-sigterm", {"default"}) == "default");
  REQUIRE(after("shutdown-on-sigterm", {"save nosave"}) ==
          "error: shutdown options SAVE and NOSAVE can't be used simultaneously");
  REQUIRE(after("shutdown-on-sigterm", {""}) ==
          "error: argument(s) must be one of the following: default, save, nosave, now, force");
}

TEST_CASE("save takes pairs, and nothing for none") {
  REQUIRE(after("save", {"10 100 20 3"}) == "10 100 20 3");
  REQUIRE(after("save", {"10", "100", "20", "3"}) == "10 100 20 3");
  REQUIRE(after("save", {""}) == "");
  REQUIRE(after("save", {}) == "");
  for (const char* bad : {"1", "0 1", "10 -1", "1 x", "  10   100 "}) {
    CAPTURE(bad);
    REQUIRE(after("save", {bad}) == "error: Invalid save parameters");
  }
}

TEST_CASE("output limits are set class by class") {
  REQUIRE(after("client-output-buffer-limit", {"normal 1mb 2kb 3 replica 1 1 1"}) ==
          "normal 1048576 2048 3 slave 1 1 1 pubsub 33554432 8388608 60");
  REQUIRE(after("client-output-buffer-limit", {"normal", "1"}) ==
          "error: Wrong number of arguments in buffer limit configuration.");
  REQUIRE(after("client-output-buffer-limit", {"master 1 2 3"}) ==
          "error: Invalid client class specified in buffer limit configuration.");
  for (const char* bad : {"normal x 2kb 3", "normal 1 2 x", "normal -1 2 3", "normal 1 2 -3"}) {
    CAPTURE(bad);
    REQUIRE(after("client-output-buffer-limit", {bad}) ==
            "error: Error in hard, soft or soft_seconds setting in buffer limit configuration.");
  }
}

TEST_CASE("classes of events are printed in one order") {
  REQUIRE(after("notify-keyspace-events", {"KEA"}) == "AKE");
  REQUIRE(after("notify-keyspace-events", {"Kg$lszxetdmn"}) == "g$lszxetdnKm");
  REQUIRE(after("notify-keyspace-events", {"AKEn"}) == "AKE");
  REQUIRE(after("notify-keyspace-events", {""}) == "");
  REQUIRE(after("notify-keyspace-events", {"q"}) ==
          "error: Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
  REQUIRE(after("notify-keyspace-events", {"K", "E"}) == "error: wrong number of arguments");
}

TEST_CASE("percentiles keep six digits") {
  REQUIRE(after("latency-tracking-info-percentiles", {"1.123456789 99.9999999"}) == "1.123457 100");
  REQUIRE(after("latency-tracking-info-percentiles", {"50", "99.95", "0"}) == "50 99.95 0");
  REQUIRE(after("latency-tracking-info-percentiles", {""}) == "");
  REQUIRE(after("latency-tracking-info-percentiles", {"101"}) ==
          "error: latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
}

TEST_CASE("bind takes up to sixteen addresses") {
  REQUIRE(after("bind", {"127.0.0.1 -::1"}) == "127.0.0.1 -::1");
  REQUIRE(after("bind", {""}) == "");
  REQUIRE(after("bind", std::vector<std::string>(16, "::1")).size() == 63);
  REQUIRE(after("bind", std::vector<std::string>(17, "::1")) == "error: Too many bind addresses specified.");
}

TEST_CASE("names that go into paths or titles are checked") {
  REQUIRE(after("dbfilename", {"a/b"}) == "error: dbfilename can't be a path, just a filename");
  REQUIRE(after("appendfilename", {""}) == "error: appendfilename can't be empty");
  REQUIRE(after("appenddirname", {"a/b"}) == "error: appenddirname can't be a path, just a dirname");
  REQUIRE(after("cluster-announce-hostname", {"a_b"}) ==
          "error: Hostnames may only contain alphanumeric characters, hyphens or dots");
  REQUIRE(after("cluster-announce-hostname", {std::string(256, 'a')}) ==
          "error: Hostnames must be less than 256 characters");
  REQUIRE(after("proc-title-template", {"{title} x {port}"}) == "{title} x {port}");
  for (const char* bad : {"{foo}", "{title", "x {"}) {
    REQUIRE(after("proc-title-template", {bad}) ==
            "error: template format is invalid or contains unknown variables");
  }
}

TEST_CASE("dir must be a directory and becomes absolute") {
  REQUIRE(after("dir", {"/"}) == "/");
  REQUIRE(after("dir", {"/usr/./bin/"}) == "/usr/bin");
  REQUIRE(after("dir", {"."}) == std::filesystem::current_path().string());
  REQUIRE(after("dir", {"/nonexistent"}) == "error: No such file or directory");
  REQUIRE(after("dir", {"/etc/passwd"}) == "error: Not a directory");
  REQUIRE(after("dir", {""}) == "error: No such file or directory");
  Settings s;
  const Directive& dir = *find_directive("dir");
  REQUIRE(assign(s, dir, std::vector<std::string>{"/usr"}));
  REQUIRE(assign(s, dir, std::vector<std::string>{"bin"}));
  REQUIRE(printed(s, dir) == "/usr/bin");
}

TEST_CASE("replicaof takes a host and a port") {
  REQUIRE(after("replicaof", {"10.0.0.1", "6379"}) == "10.0.0.1 6379");
  REQUIRE(after("replicaof", {"no", "one"}) == "");
  REQUIRE(after("slaveof", {"a", "70000"}) == "error: Invalid master port");
  REQUIRE(after("slaveof", {"a"}) == "error: wrong number of arguments");
}

}  // namespace redpoll::config
