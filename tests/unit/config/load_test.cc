// Configuration text: syntax, includes, sources, and the messages that stop the start.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "build_info.h"
#include "config/config.h"
#include "config/loader.h"
#include "temporary_dir.h"

namespace redpoll::config {
namespace {

Settings loaded(std::string_view text) {
  auto r = load_text(text);
  REQUIRE((r.ok() ? "" : r.error()) == std::string());
  return std::move(r->settings);
}

std::string error_of(std::string_view text) {
  const auto r = load_text(text);
  return r ? "" : r.error();
}

std::string fatal(std::string_view where, std::string_view line, std::string_view reason) {
  return "\n*** FATAL CONFIG FILE ERROR (Redpoll " + std::string(build_info::kVersion) +
         ") ***\nReading the configuration file, at line " + std::string(where) + "\n>>> '" +
         std::string(line) + "'\n" + std::string(reason) + "\n";
}

}  // namespace

TEST_CASE("comments, blank lines, case, quotes and carriage returns are understood") {
  const Settings s = loaded(
      "# port 1\n\n   \t\n  PORT   7000  \r\nlogfile \"\"\nunixsocket \"/tmp/a \\x41\\\"b\"\npidfile '/x "
      "y'\nrequirepass a#b");
  REQUIRE(s.port == 7000);
  REQUIRE(s.logfile.empty());
  REQUIRE(s.unixsocket == "/tmp/a A\"b");
  REQUIRE(s.pidfile == "/x y");
  REQUIRE(s.requirepass == "a#b");
}

TEST_CASE("the last of several lines wins") {
  REQUIRE(loaded("port 1\nport 2\n").port == 2);
  REQUIRE(loaded("bind 1.1.1.1 2.2.2.2\nbind 3.3.3.3\n").bind == std::vector<std::string>{"3.3.3.3"});
}

TEST_CASE("save lines of a file take the place of the default and add up") {
  const auto save = [](std::string_view text) { return printed(loaded(text), *find_directive("save")); };
  REQUIRE(save("") == "3600 1 300 100 60 10000");
  REQUIRE(save("save 10 1\nsave 20 2\n") == "10 1 20 2");
  REQUIRE(save("save \"10 1 20 2\"\n") == "10 1 20 2");
  REQUIRE(save("save 10 1\nsave \"\"\n") == "");
  REQUIRE(save("save \"\"\nsave 5 5\n") == "5 5");
}

TEST_CASE("output limits, renamed commands, users and modules add up") {
  const Settings s = loaded(
      "client-output-buffer-limit normal 1 2 3\nclient-output-buffer-limit pubsub 4 5 6\n"
      "rename-command FLUSHALL \"\"\nrename-command config cfg\nuser default on\nuser x off\nloadmodule m.so "
      "a\n");
  REQUIRE(s.output_limit(ClientClass::normal) == OutputLimit{1, 2, 3});
  REQUIRE(s.output_limit(ClientClass::pubsub) == OutputLimit{4, 5, 6});
  REQUIRE(s.output_limit(ClientClass::replica).hard == Bytes{256} << 20);
  REQUIRE(s.renamed_commands == std::vector<RenamedCommand>{{"FLUSHALL", ""}, {"config", "cfg"}});
  REQUIRE(s.kept_lines == std::vector<std::string>{"user default on", "user x off", "loadmodule m.so a"});
}

TEST_CASE("a bad line stops the start with its number, its text and what is expected") {
  REQUIRE(error_of("port abc\n") == fatal("1", "port abc", "argument couldn't be parsed into an integer"));
  REQUIRE(error_of("\n\n foo bar \n") == fatal("3", "foo bar", "Bad directive or wrong number of arguments"));
  REQUIRE(error_of("foo \"bar\n") == fatal("1", "foo \"bar", "Unbalanced quotes in configuration line"));
  REQUIRE(error_of("timeout \"1\"x") ==
          fatal("1", "timeout \"1\"x", "Unbalanced quotes in configuration line"));
  REQUIRE(error_of("port\n") == fatal("1", "port", "wrong number of arguments"));
  REQUIRE(error_of("port abc # c\n") == fatal("1", "port abc # c", "wrong number of arguments"));
  REQUIRE(error_of("sentinel x\n") ==
          fatal("1", "sentinel x", "sentinel directive while not in sentinel mode"));
  for (const char* bad : {"include", "rename-command a", "user", "loadmodule"}) {
    REQUIRE(error_of(bad) == fatal("1", bad, "Bad directive or wrong number of arguments"));
  }
}

TEST_CASE("binary junk and huge lines give short, printable errors") {
  REQUIRE(error_of(std::string("port 7000\0abc\n", 14)) ==
          fatal("1", "port 7000\\x00abc", "NUL byte in configuration line"));
  REQUIRE(error_of("\x01\x1b[2J\n") ==
          fatal("1", "\\x01\\x1b[2J", "Bad directive or wrong number of arguments"));
  const std::string huge = "port " + std::string(5 << 20, '9');
  REQUIRE(error_of(huge).size() < 600);
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string junk = "port 1\n";
    for (int n = 0; n < 60; ++n) junk += static_cast<char>(random());
    REQUIRE(error_of(junk).size() < 2000);
  }
}

TEST_CASE("include reads files where it stands") {
  TemporaryDir dir;
  dir.write("a.conf", "port 1\ntimeout 5\n");
  REQUIRE(loaded("port 2\ninclude " + dir.path("a.conf") + "\n").port == 1);
  REQUIRE(loaded("include " + dir.path("a.conf") + "\nport 2\n").port == 2);
  REQUIRE(loaded("include " + dir.path("a.conf") + "\nport 2\n").timeout == 5);
}

TEST_CASE("include takes wildcards, in order, and none is no error") {
  TemporaryDir dir;
  dir.write("2.conf", "port 2\n");
  dir.write("1.conf", "port 1\n");
  REQUIRE(loaded("include " + dir.path("*.conf") + "\n").port == 2);
  REQUIRE(loaded("include " + dir.path("*.none") + "\n").port == 6379);
}

TEST_CASE("include is seen from dir") {
  TemporaryDir dir;
  dir.write("a.conf", "port 1\n");
  REQUIRE(loaded("dir " + dir.path() + "\ninclude a.conf\n").port == 1);
}

TEST_CASE("errors of an included file name it") {
  TemporaryDir dir;
  const std::string a = dir.write("a.conf", "\nport x\n");
  dir.write("b.conf", "include " + a + "\n");
  REQUIRE(error_of("include " + dir.path("b.conf")) ==
          fatal("2 of " + a, "port x", "argument couldn't be parsed into an integer"));
  REQUIRE(error_of("include " + dir.path("none.conf")) ==
          "Fatal error, can't open config file '" + dir.path("none.conf") + "': No such file or directory");
}

TEST_CASE("includes that never end are refused") {
  TemporaryDir dir;
  const std::string loop = dir.write("loop.conf", "include " + dir.path("loop.conf") + "\n");
  REQUIRE(error_of("include " + loop).find("include loop: '" + loop + "' includes itself") !=
          std::string::npos);
  for (int i = 0; i < 20; ++i) {
    dir.write("deep" + std::to_string(i), "include " + dir.path("deep" + std::to_string(i + 1)) + "\n");
  }
  REQUIRE(error_of("include " + dir.path("deep0")).find("include nested more than 16 deep") !=
          std::string::npos);
  dir.write("leaf", "");
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "include " + dir.path("leaf") + "\n";
  REQUIRE(error_of(many).find("more than 1024 files included") != std::string::npos);
}

TEST_CASE("a file, standard input and the command line are read in this order") {
  TemporaryDir dir;
  const std::string file = dir.write("a.conf", "port 1\ntimeout 1\nhz 50");
  Config config;
  REQUIRE(config.load({.file = file, .input = "port 2\ntimeout 2", .options = "port \"3\" "}));
  REQUIRE(config.settings().port == 3);
  REQUIRE(config.settings().timeout == 2);
  REQUIRE(config.settings().hz == 50);
  REQUIRE(config.file() == file);
}

TEST_CASE("line numbers count through all sources") {
  Config config;
  const auto r = config.load({.options = "port \"abc\""});
  REQUIRE(!r);
  REQUIRE(r.error() == fatal("2", "port \"abc\"", "argument couldn't be parsed into an integer"));
  REQUIRE(config.settings().port == 6379);
}

TEST_CASE("a file that cannot be read is named with the reason") {
  TemporaryDir dir;
  Config config;
  const auto error = [&](const std::string& path) {
    const auto r = config.load({.file = path});
    return r ? "" : r.error();
  };
  REQUIRE(error(dir.path("none")) ==
          "Fatal error, can't open config file '" + dir.path("none") + "': No such file or directory");
  REQUIRE(error(dir.path()).ends_with("': Is a directory"));
  REQUIRE(error("/dev/zero") == "Fatal error, can't open config file '/dev/zero': File larger than 16 MiB");
}

TEST_CASE("a log file that cannot be opened stops the start") {
  Config config;
  const auto r = config.load({.options = "logfile /nonexistent/x"});
  REQUIRE(!r);
  REQUIRE(r.error() ==
          fatal_headline() + "Can't open the log file '/nonexistent/x': No such file or directory\n");
}

namespace {

std::string refusal_of(const std::string& options) {
  Config config;
  const auto r = config.load({.options = options});
  return r ? "" : r.error();
}

}  // namespace

TEST_CASE("a directive whose feature is missing stops the start, in one line that names both") {
  const std::string options = "port 1\nappendonly yes\nsave 1 1\nsave 2 2\nio-threads 4\ntls-port 7\n";
  REQUIRE(
      refusal_of(options + "loadmodule m.so") ==
      "Fatal: set, but not there yet: appendonly, save (persistence); tls-port (TLS); loadmodule (modules). "
      "Leave that out, or start without it by 'allow-missing-features yes'.");

  Config allowed;
  REQUIRE(allowed.load({.options = options + "allow-missing-features yes"}));
  REQUIRE(allowed.warning() ==
          "Without effect, because it is not there yet (allow-missing-features): appendonly, save "
          "(persistence); tls-port (TLS)");
}

TEST_CASE("the defaults of missing features are quiet, and so is what is true without them") {
  Config quiet;
  REQUIRE(quiet.load({.options = "port 1\nappendonly no\ntls-port 0\nsave \"\"\nrdbcompression no\n"
                                 "replica-lazy-flush yes\nrepl-diskless-sync no\naof-use-rdb-preamble no\n"
                                 "sanitize-dump-payload yes\nacl-pubsub-default allchannels\nsave 3600 "
                                 "1\nsave 300 100\nsave 60 10000"}));
  REQUIRE(quiet.warning().empty());
  Config none;
  REQUIRE(none.load({.options = "save \"\""}));
}

TEST_CASE("a directive that is not known brings the one to mind that may be meant") {
  REQUIRE(refusal_of("maxmemry 1gb").ends_with("wrong number of arguments\nDid you mean 'maxmemory'?\n"));

  REQUIRE(refusal_of("nonsense 1").ends_with("wrong number of arguments\n"));
}

TEST_CASE("a list in quotes is read as a line of its own") {
  for (const char* none : {"save \"''\"", "save '\"\"'", "save \"\""}) {
    Config config;
    REQUIRE(config.load({.options = none}));
    REQUIRE(config.get("save").empty());
  }
}

TEST_CASE("settings of modules need a module, and go by it") {
  REQUIRE(refusal_of("search.timeout 500") ==
          fatal_headline() +
              "Module Configuration detected without loadmodule directive or no ApplyConfig call: aborting\n"
              ">>> 'search.timeout 500'\n");
  const std::string with = "search.timeout 500\nloadmodule search.so";
  REQUIRE(refusal_of(with).find("not there yet: loadmodule (modules).") != std::string::npos);
  REQUIRE(refusal_of(with + "\nallow-missing-features yes").empty());
}

TEST_CASE("a configuration with users stops the start, for without them everybody could come in") {
  for (const auto& [options, name] : {std::pair{"user default on >secret ~* +@all", "user"},
                                      {"user default off\nrequirepass x", "user"},
                                      {"user default on nopass ~* &* +@all -flushall", "user"},
                                      {"user default on nopass ~* &* +@all resetpass", "user"},
                                      {"user default nopass ~* &* +@all", "user"},
                                      {"user default on nopass ~* &* +@all\nuser other on", "user"},
                                      {"user other on nopass ~* &* +@all", "user"},
                                      {"user default off\nallow-missing-features yes", "user"},
                                      {"aclfile /etc/redis/users.acl", "aclfile"}}) {
    CAPTURE(options);
    REQUIRE(refusal_of(options).starts_with(fatal_headline() + "'" + name + "' is for ACL users"));
  }
  REQUIRE(refusal_of("aclfile \"\"").empty());
}

TEST_CASE("a default user that may do everything without a password is as good as none") {
  for (const auto* rules : {"on nopass ~* &* +@all", "on nopass sanitize-payload ~* &* +@all",
                            "reset ON NOPASS resetchannels allchannels allkeys allcommands",
                            "off on nopass ~* resetkeys ~* &* +@all"}) {
    Config config;
    REQUIRE(config.load({.options = "user default " + std::string(rules)}));
    REQUIRE(config.warning().empty());
  }
}

TEST_CASE("Debian's redis.conf loads as it is") {
  const std::string path = "/etc/redis/redis.conf";
  const auto text = read_file(path);
  if (!text || ::access("/var/lib/redis", X_OK) != 0) {
    WARN("skipped: " << path << " or its dir cannot be read here");
    return;
  }
  const auto r = load_text(*text);
  REQUIRE((r ? "" : r.error()) == std::string());
  REQUIRE(r->settings.bind == std::vector<std::string>{"127.0.0.1", "-::1"});
  REQUIRE(r->settings.daemonize);
  REQUIRE(r->settings.dir == "/var/lib/redis");
  REQUIRE(r->settings.logfile == "/var/log/redis/redis-server.log");
  REQUIRE(r->settings.kept.empty());
  REQUIRE(r->set.size() > 60);
}

}  // namespace redpoll::config
