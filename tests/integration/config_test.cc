// The configuration: file, include, standard input, command line, CONFIG REWRITE, and what is wrong with it.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <sstream>

#include "integration/support/contains.h"
#include "integration/support/exchange.h"
#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

constexpr const char* kStockConfig = "/etc/redis/redis.conf";

Finished start_with_config(const std::string& text) {
  TempDir dir;
  write_file(dir.file("bad.conf"), text);
  return run_program({.argv = {server_binary(), dir.file("bad.conf")}});
}

size_t occurrences(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

}  // namespace

TEST_CASE("A configuration file is read with comments quotes and units") {
  ServerProcess server(ServerProcess::Options{.config = R"(
# a comment
maxmemory 1gb
   timeout    7
DATABASES 4
proc-title-template "{title} \"quoted\" {listen-addr}"
maxclients 50
maxclients 60
)"});
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"CONFIG GET maxmemory", R"(["maxmemory" "1073741824"])"},
      {"CONFIG GET timeout", R"(["timeout" "7"])"},
      {"CONFIG GET databases", R"(["databases" "4"])"},
      {"CONFIG GET proc-title-template", R"(["proc-title-template" "{title} \"quoted\" {listen-addr}"])"},
      {"CONFIG GET maxclients", R"(["maxclients" "60"])"},
      {"SELECT 4", "-ERR DB index is out of range"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("Included files are read where they stand and patterns find many") {
  TempDir dir;
  write_file(dir.file("a.part"), "timeout 1\nhz 20\n");
  write_file(dir.file("b.part"), "timeout 2\n");
  ServerProcess server(
      ServerProcess::Options{.config = "timeout 3\ninclude " + dir.file("*.part") + "\ntcp-keepalive 5\n"});
  SyncClient client(server.port());
  REQUIRE(client.run("CONFIG GET timeout") == R"(["timeout" "2"])");
  REQUIRE(client.run("CONFIG GET hz") == R"(["hz" "20"])");
  REQUIRE(client.run("CONFIG GET tcp-keepalive") == R"(["tcp-keepalive" "5"])");
}

TEST_CASE("Options win over standard input and that wins over the file") {
  ServerProcess server(ServerProcess::Options{.args = {"--hz", "30"},
                                              .config = "timeout 1\ntcp-keepalive 1\nhz 10\n",
                                              .input = "tcp-keepalive 2\nhz 20\n"});
  SyncClient client(server.port());
  REQUIRE(client.run("CONFIG GET timeout") == R"(["timeout" "1"])");
  REQUIRE(client.run("CONFIG GET tcp-keepalive") == R"(["tcp-keepalive" "2"])");
  REQUIRE(client.run("CONFIG GET hz") == R"(["hz" "30"])");
}

TEST_CASE("Bad directives stop the start with the line and what is expected") {
  struct Bad {
    std::string text;
    std::vector<std::string> expected;
  };
  const std::vector<Bad> bad = {
      {"port 1\n\nnonsense 1\n",
       {"*** FATAL CONFIG FILE ERROR", "Reading the configuration file, at line 3", ">>> 'nonsense 1'",
        "Bad directive or wrong number of arguments"}},
      {"port 70000\n", {"at line 1", ">>> 'port 70000'", "argument must be between 0 and 65535 inclusive"}},
      {"port abc\n", {"argument couldn't be parsed into an integer"}},
      {"port\n", {">>> 'port'", "wrong number of arguments"}},
      {"port 1 2\n", {"wrong number of arguments"}},
      {"maxmemory lots\n", {"argument must be a memory value"}},
      {"loglevel loud\n", {"argument(s) must be one of the following: "}},
      {"activerehashing maybe\n", {"argument must be 'yes' or 'no'"}},
      {"requirepass \"open\n", {"Unbalanced quotes in configuration line"}},
      {"dir /nonexistent\n", {"No such file or directory"}},
      {"include /nonexistent.conf\n", {"/nonexistent.conf"}},
      {"rename-command nosuch x\n", {"No such command in rename-command"}},
  };
  std::vector<std::string> missing;
  for (const auto& [text, expected] : bad) {
    const Finished run = start_with_config(text);
    REQUIRE(run.exit == Exit{1});
    for (const std::string& part : expected) {
      if (!contains(run.output, part)) missing.push_back(text + " lacks " + part + ": " + run.output);
    }
  }
  REQUIRE(missing == kNone);
}

TEST_CASE("A missing configuration file stops the start") {
  const Finished run = run_program({.argv = {server_binary(), "/nonexistent/redpoll.conf"}});
  REQUIRE(run.exit == Exit{1});
  REQUIRE(
      contains(run.output,
               "Fatal error, can't open config file '/nonexistent/redpoll.conf': No such file or directory"));
}

TEST_CASE("CONFIG REWRITE keeps comments and order and what it writes is read again") {
  ServerProcess server(ServerProcess::Options{.config =
                                                  "# my server\ntimeout 5\n\n# memory\nmaxmemory "
                                                  "100mb\nclient-output-buffer-limit normal 1mb 0 0\n"});
  SyncClient before(server.port());
  REQUIRE(before.run("CONFIG SET timeout 6 tcp-keepalive 77 maxmemory 200mb") == "+OK");
  REQUIRE(before.run(R"(CONFIG SET requirepass "a \"b\" \x01")") == "+OK");
  REQUIRE(before.run("CONFIG REWRITE") == "+OK");
  const std::string rewritten = read_file(server.config_file());
  REQUIRE(rewritten.starts_with("# my server\ntimeout 6\n\n# memory\nmaxmemory 200mb\n"));
  REQUIRE(contains(rewritten, "\ntcp-keepalive 77\n"));
  REQUIRE(server.stop() == Exit{0});

  ServerProcess again(ServerProcess::Options{.config = rewritten});
  SyncClient client(again.port());
  REQUIRE(client.run("PING") == "-NOAUTH Authentication required.");
  REQUIRE(client.run(R"(AUTH "a \"b\" \x01")") == "+OK");
  REQUIRE(client.run("CONFIG GET tcp-keepalive") == R"(["tcp-keepalive" "77"])");
  REQUIRE(client.run("CONFIG GET maxmemory") == R"(["maxmemory" "209715200"])");
  REQUIRE(contains(client.run("CONFIG GET client-output-buffer-limit"), "normal 1048576 0 0"));
}

TEST_CASE("Debians stock redis.conf loads unmodified and without a warning") {
  const std::string stock = read_file(kStockConfig);
  if (stock.empty()) {
    WARN("skipped: cannot read " << kStockConfig);
    return;
  }
  TempDir dir;
  PortLease lease;
  Child server(
      {.argv = {server_binary(), kStockConfig, "--port", std::to_string(lease.port()), "--dir", dir.path(),
                "--pidfile", dir.file("pid"), "--logfile", dir.file("log"), "--daemonize", "no"}});
  REQUIRE(wait_until([&] { return contains(read_file(dir.file("log")), "Ready to accept connections"); }));
  SyncClient client(lease.port());
  REQUIRE(client.run("PING") == "+PONG");
  REQUIRE(client.run("CONFIG GET hash-max-listpack-entries") == R"(["hash-max-listpack-entries" "512"])");
  REQUIRE(client.run("CONFIG GET appendfsync") == R"(["appendfsync" "everysec"])");
  // What it sets of features that are not there is what holds anyway.
  REQUIRE(occurrences(read_file(dir.file("log")), "stream-node-max-entries") == 0);
  server.signal(SIGTERM);
  REQUIRE(server.exit_within() == Exit{0});
}

TEST_CASE("A directive whose feature is missing stops the start with one line unless that is allowed") {
  const Finished refused = run_program({.argv = {server_binary(), "--appendonly", "yes", "--tls-port", "7"}});
  REQUIRE(refused.exit == Exit{1});
  REQUIRE(refused.output ==
          "Fatal: set, but not there yet: appendonly (persistence); tls-port (TLS). Leave that out, or start "
          "without it by 'allow-missing-features yes'.\n");

  ServerProcess server({"--appendonly", "yes", "--allow-missing-features", "yes"});
  REQUIRE(occurrences(server.log(), "Without effect, because it is not there yet") == 1);
  REQUIRE(server.logs("(allow-missing-features): appendonly (persistence)\n"));
  SyncClient client(server.port());
  REQUIRE(client.run("CONFIG SET notify-keyspace-events KEA") == "+OK");
  REQUIRE(server.logs_within("(allow-missing-features): notify-keyspace-events (keyspace notifications)\n"));
}

namespace {

// Of each connection that the server has accepted: whether the kernel's timer will ask for a sign of life.
// Waits until nothing is on its way, for then the timer is another one.
std::vector<bool> keep_alive_timers(uint16_t port) {
  std::vector<bool> timers;
  const bool quiet = wait_until([&] {
    timers.clear();
    bool busy = false;
    std::istringstream table(read_file("/proc/net/tcp"));
    for (std::string line; std::getline(table, line);) {
      std::istringstream fields(line);
      std::string slot, local, remote, state, queues, timer;
      fields >> slot >> local >> remote >> state >> queues >> timer;
      if (state != "01" || !local.ends_with(fmt::format(":{:04X}", port))) continue;
      timers.push_back(timer.starts_with("02:"));
      busy |= !timer.starts_with("02:") && !timer.starts_with("00:");
    }
    return !busy;
  });
  REQUIRE(quiet);
  std::sort(timers.begin(), timers.end());
  return timers;
}

}  // namespace

TEST_CASE("What CONFIG SET says of connections counts for those that come after") {
  ServerProcess server;
  SyncClient first(server.port());
  REQUIRE(first.run("PING") == "+PONG");
  REQUIRE(keep_alive_timers(server.port()) == std::vector{true});
  REQUIRE(first.run("CONFIG SET tcp-keepalive 0") == "+OK");
  SyncClient second(server.port());
  REQUIRE(second.run("PING") == "+PONG");
  REQUIRE(keep_alive_timers(server.port()) == std::vector{false, true});
}

TEST_CASE("CPU lists bind the server and its worker") {
  const auto cpus_of = [](const std::string& path) {
    const std::string status = read_file(path);
    const size_t at = status.find("Cpus_allowed_list:\t");
    return status.substr(at + 19, status.find('\n', at) - at - 19);
  };
  ServerProcess server({"--server-cpulist", "0", "--bio_cpulist", "nonsense"});
  REQUIRE(cpus_of("/proc/" + std::to_string(server.pid()) + "/status") == "0");
  REQUIRE(server.logs("# Can't run on the CPUs of bio-cpulist 'nonsense'"));
}

TEST_CASE("A locale that is not there stops the start and is refused by CONFIG SET") {
  const Finished refused = run_program({.argv = {server_binary(), "--locale-collate", "xx_YY"}});
  REQUIRE(refused.exit == Exit{1});
  REQUIRE(refused.output == "Failed to configure LOCALE for invalid locale name.\n");
  ServerProcess server({"--locale-collate", "C"});
  SyncClient client(server.port());
  REQUIRE(client.run("CONFIG SET locale-collate POSIX") == "+OK");
  REQUIRE(client.run("CONFIG SET locale-collate xx_YY") ==
          "-ERR CONFIG SET failed (possibly related to argument 'locale-collate') - Invalid locale name");
}

TEST_CASE("A file that cannot be opened is told by a line of the log on standard output") {
  const Finished none = run_program(
      {.argv = {"/bin/sh", "-c", "exec " + server_binary() + " /nonexistent/x.conf 2>/dev/null"}});
  REQUIRE(none.exit == Exit{1});
  REQUIRE(
      contains(none.output,
               " # Fatal error, can't open config file '/nonexistent/x.conf': No such file or directory\n"));
  REQUIRE(contains(none.output, ":C "));
}

TEST_CASE("A command to rename that nobody knows stops the start with the line that names it") {
  const Finished wrong = start_with_config("port 1\nrename-command nosuch x\n");
  REQUIRE(wrong.exit == Exit{1});
  REQUIRE(contains(wrong.output, "FATAL CONFIG FILE ERROR"));
  REQUIRE(contains(wrong.output,
                   ", at line 2\n>>> 'rename-command nosuch x'\nNo such command in rename-command\n"));
  const Finished taken = start_with_config("rename-command get set\n");
  REQUIRE(contains(taken.output,
                   ", at line 1\n>>> 'rename-command get set'\nTarget command name already exists\n"));
}

TEST_CASE("HELP names the command as it is called") {
  ServerProcess server({"--rename-command", "CONFIG", "cfg"});
  SyncClient client(server.port());
  REQUIRE(contains(client.run("cfg HELP"), "CFG <subcommand> "));
}

TEST_CASE("Called as redis-sentinel it refuses to be a server") {
  TempDir dir;
  std::filesystem::create_symlink(server_binary(), dir.file("redis-sentinel"));
  const Finished refused = run_program({.argv = {dir.file("redis-sentinel"), "--port", "1"}});
  REQUIRE(refused.exit == Exit{1});
  REQUIRE(contains(refused.output, "no Sentinel mode"));
}

TEST_CASE("A tiny maxmemory and a supervisor that is not there are worth a line and INFO tells the truth") {
  ServerProcess server(ServerProcess::Options{.args = {"--maxmemory", "900kb", "--supervised", "systemd"},
                                              .environment = {{"NOTIFY_SOCKET", "/nonexistent/socket"}}});
  REQUIRE(server.logs_within(
      "# WARNING: You specified a maxmemory value that is less than 1MB (current value is 921600 bytes). Are "
      "you sure this is what you really want?"));
  SyncClient client(server.port());
  REQUIRE(contains(client.run("INFO server"), "process_supervised:no"));
}

TEST_CASE("CONFIG SET maxclients proposes what is possible") {
  ServerProcess server(ServerProcess::Options{.args = {"--maxclients", "100"}, .max_files = 1000});
  SyncClient client(server.port());
  const std::string reply = client.run("CONFIG SET maxclients 1000000");
  // Whoever may raise the limit beyond all bounds has no limit.
  if (reply != "+OK") REQUIRE(reply.ends_with("number of clients, try with 968"));
}

TEST_CASE("oom-score-adj is written for the kernel and taken back") {
  // A start with a score of its own, as under systemd.
  TempDir dir;
  write_file(dir.file("start"),
             "#!/bin/sh\necho 100 > /proc/self/oom_score_adj\nexec " + server_binary() + " \"$@\"\n");
  std::filesystem::permissions(dir.file("start"), std::filesystem::perms::owner_all);
  ServerProcess server(ServerProcess::Options{
      .args = {"--oom-score-adj", "relative", "--oom-score-adj-values", "7", "200", "800"},
      .binary = dir.file("start")});
  const auto score = [&] {
    return std::stoi(read_file("/proc/" + std::to_string(server.pid()) + "/oom_score_adj"));
  };
  constexpr int kBase = 100;
  REQUIRE(score() == kBase + 7);
  SyncClient client(server.port());
  REQUIRE(client.run(R"(CONFIG SET oom-score-adj-values "9 200 800")") == "+OK");
  REQUIRE(score() == kBase + 9);
  REQUIRE(client.run("CONFIG SET oom-score-adj absolute") == "+OK");
  REQUIRE(score() == 9);
  REQUIRE(client.run("CONFIG SET oom-score-adj-values \"2000 0 0\"") == "+OK");
  REQUIRE(score() == 1000);
  const std::string back = client.run("CONFIG SET oom-score-adj no");
  // Only a privileged process may lower its score.
  if (back == "+OK") REQUIRE(score() == kBase);
  REQUIRE(client.run("PING") == "+PONG");
}

TEST_CASE("The watchdog logs the stack of a loop that is stuck and of no other") {
  ServerProcess server({"--enable-debug-command", "yes"});
  SyncClient client(server.port());
  REQUIRE(client.run("CONFIG SET watchdog-period 5") == "+OK");
  REQUIRE(client.run("CONFIG GET watchdog-period") == R"(["watchdog-period" "200"])");
  REQUIRE(client.run("CONFIG SET watchdog-period 1000") == "+OK");
  for (int i = 0; i < 13; ++i) REQUIRE(client.run("DEBUG SLEEP 0.1") == "+OK");
  REQUIRE_FALSE(server.logs("WATCHDOG TIMER EXPIRED"));
  REQUIRE(client.run("DEBUG SLEEP 1.5") == "+OK");
  REQUIRE(server.logs_within("--- WATCHDOG TIMER EXPIRED ---\n\n------ STACK TRACE ------\n"));
  REQUIRE(client.run("CONFIG SET watchdog-period 0") == "+OK");
  const size_t told = occurrences(server.log(), "WATCHDOG");
  REQUIRE(client.run("DEBUG SLEEP 1.2") == "+OK");
  REQUIRE(occurrences(server.log(), "WATCHDOG") == told);
}

TEST_CASE("A server without persistence says so and which files it leaves alone and what is lost") {
  ServerProcess server;
  REQUIRE(server.logs_within("# Data is in memory only, and gone when this server stops"));
  REQUIRE_FALSE(server.logs("is not loaded"));
  SyncClient client(server.port());
  REQUIRE(client.run("MSET a 1 b 2") == "+OK");
  REQUIRE(client.run("SELECT 3") == "+OK");
  REQUIRE(client.run("SET c 1") == "+OK");
  REQUIRE(server.stop() == Exit{0});
  REQUIRE(server.logs("# 3 keys are lost: there is no persistence yet."));

  TempDir dir;
  write_file(dir.file("other.rdb"), "REDIS0011");
  ServerProcess off({"--save", "", "--dir", dir.path().string(), "--dbfilename", "other.rdb",
                     "--allow-missing-features", "yes"});
  REQUIRE(off.logs_within("* Data is in memory only, and gone when this server stops"));
  REQUIRE(off.logs_within("# " + dir.file("other.rdb") + " is not loaded: there is no persistence yet."));
  REQUIRE(off.stop() == Exit{0});
  REQUIRE_FALSE(off.logs(" lost: "));
}

TEST_CASE("rename-command renames and disables commands") {
  ServerProcess server(ServerProcess::Options{
      .config = "rename-command FLUSHALL wipe\nrename-command KEYS \"\"\nrename-command EVAL \"\"\n"});
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"SET k v", "+OK"},
      {"FLUSHALL", "-ERR unknown command 'FLUSHALL', with args beginning with: "},
      {"KEYS *", "-ERR unknown command 'KEYS', with args beginning with: '*' "},
      {"WIPE", "+OK"},
      {"DBSIZE", ":0"},
      {"COMMAND INFO keys", "[nil]"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("The title of the process shows the program and the address") {
  ServerProcess server;
  const std::string title = read_file("/proc/" + std::to_string(server.pid()) + "/cmdline");
  REQUIRE(contains(title, "-server 127.0.0.1:" + std::to_string(server.port())) == false);
  REQUIRE(contains(title, "-server *:" + std::to_string(server.port())));
  SyncClient client(server.port());
  REQUIRE(client.run(R"(CONFIG SET proc-title-template "{title} of tests {port}")") == "+OK");
  const std::string changed = read_file("/proc/" + std::to_string(server.pid()) + "/cmdline");
  REQUIRE(contains(changed, "-server of tests " + std::to_string(server.port())));
}

TEST_CASE("The command line gives its version and help") {
  const Finished version = run_program({.argv = {server_binary(), "--version"}});
  REQUIRE(version.exit == Exit{0});
  REQUIRE(contains(version.output, " server v="));
  REQUIRE(contains(version.output, " bits=64"));
  REQUIRE(run_program({.argv = {server_binary(), "-v"}}).output == version.output);
  const Finished help = run_program({.argv = {server_binary(), "--help"}});
  REQUIRE(help.exit == Exit{1});
  REQUIRE(contains(help.output, "Usage: "));
  REQUIRE(run_program({.argv = {server_binary(), "-h"}}).output == help.output);
}

TEST_CASE("Bad options on the command line stop the start") {
  const Finished unknown = run_program({.argv = {server_binary(), "--nonsense", "1"}});
  REQUIRE(unknown.exit == Exit{1});
  REQUIRE(contains(unknown.output, "Bad directive or wrong number of arguments"));
  const Finished range = run_program({.argv = {server_binary(), "--port", "123456"}});
  REQUIRE(range.exit == Exit{1});
  REQUIRE(contains(range.output, "argument must be between 0 and 65535 inclusive"));
}

}  // namespace redpoll::testing
