// The report that a crash leaves in the log.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

// Starts a server, crashes it by a DEBUG command and returns how it ended; `report` gets its log.
Exit crash(const std::string& subcommand, std::vector<std::string> args, std::string& report) {
  // The sanitizers would report a crash themselves and exit.
  const char* given = std::getenv("ASAN_OPTIONS");
  const std::string options = std::string(given != nullptr ? given : "") + ":handle_segv=0";
  setenv("ASAN_OPTIONS", options.c_str(), 1);
  setenv("TSAN_OPTIONS", "handle_segv=0", 1);
  args.insert(args.end(), {"--enable-debug-command", "yes"});
  ServerProcess server(std::move(args));
  RawClient witness(server.port());
  REQUIRE(witness.run("CLIENT SETNAME witness") == "+OK");
  RawClient client(server.port());
  client.send("DEBUG " + subcommand + "\r\n");
  const auto exit = server.exit_within();
  REQUIRE(exit);
  report = server.log();
  return *exit;
}

std::vector<std::string> lacks(const std::string& report, const std::vector<std::string>& parts) {
  std::vector<std::string> missing;
  for (const std::string& part : parts) {
    if (report.find(part) == std::string::npos) missing.push_back(part);
  }
  return missing;
}

const std::vector<std::string> kNothing;

}  // namespace

TEST_CASE("A segmentation fault is reported with all that helps") {
  std::string report;
  REQUIRE(crash("SEGFAULT", {}, report) == Exit{-1, SIGSEGV});
  REQUIRE(lacks(report, {"BUG REPORT START", "crashed by signal: 11", "STACK TRACE",
                         "EIP:", "Backtrace:", "Crashed running the instruction at: 0x",
                         "MODULES INFO OUTPUT", "CONFIG DEBUG OUTPUT", "list-compress-depth 0", "REGISTERS",
                         "INFO OUTPUT", "# Server", "redis_version:", "# Clients", "CLIENT LIST OUTPUT",
                         "name=witness", "CURRENT CLIENT INFO", "SEGFAULT", "BUG REPORT END"}) == kNothing);
}

TEST_CASE("With hide-user-data-from-log the report has no argument of the command that ran") {
  std::string report;
  REQUIRE(crash("SEGFAULT", {"--hide-user-data-from-log", "yes"}, report) == Exit{-1, SIGSEGV});
  REQUIRE(lacks(report, {"argv[0]: \"DEBUG\"", "argv[1]: \"*redacted*\"", "BUG REPORT END"}) == kNothing);
}

TEST_CASE("The stack trace names functions, static ones too") {
  if (!testing_redpoll()) return;
  std::string report;
  crash("SEGFAULT", {}, report);
  const size_t at = report.find("EIP:\n");
  REQUIRE(at != std::string::npos);
  const std::string line = report.substr(at + 5, report.find('\n', at + 5) - at - 5);
  REQUIRE(line.find("(redpoll::admin::(anonymous)::debug") != std::string::npos);
  REQUIRE(lacks(report, {"(redpoll::server::", "(_start+0x"}) == kNothing);
}

TEST_CASE("A panic and a failed assertion are reported and abort") {
  const std::string subcommand = GENERATE("PANIC", "ASSERT");
  std::string report;
  const Exit exit = crash(subcommand, {}, report);
  if (testing_redpoll()) REQUIRE(exit == Exit{-1, SIGABRT});
  REQUIRE(lacks(report, {"BUG REPORT START", "STACK TRACE", "# Clients", "name=witness", "BUG REPORT END"}) ==
          kNothing);
}

TEST_CASE("Without crash-log-enabled a crash is silent") {
  std::string report;
  REQUIRE(crash("SEGFAULT", {"--crash-log-enabled", "no"}, report).signal == SIGSEGV);
  REQUIRE(report.find("BUG REPORT") == std::string::npos);
}

TEST_CASE("Each fatal signal is reported and kills the process") {
  const int number = GENERATE(SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT);
  ServerProcess server;
  server.signal(number);
  REQUIRE(server.exit_within() == Exit{-1, number});
  REQUIRE(server.logs("crashed by signal: " + std::to_string(number)));
  REQUIRE(server.logs("BUG REPORT END"));
}

}  // namespace redpoll::testing
