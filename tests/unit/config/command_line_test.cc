// The command line as redis-server takes it.
#include "config/command_line.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/loader.h"

namespace redpoll::config {
namespace {

using Task = CommandLine::Task;

Result<CommandLine> parse(const std::vector<std::string_view>& args) { return parse_command_line(args); }

std::string options_of(const std::vector<std::string_view>& args) {
  auto r = parse(args);
  REQUIRE(r.ok());
  return r->options;
}

Settings settings_of(const std::vector<std::string_view>& args) {
  const auto r = load_text(options_of(args));
  REQUIRE((r ? "" : r.error()) == std::string());
  return r->settings;
}

}  // namespace

TEST_CASE("no arguments mean the defaults") {
  const auto r = parse({});
  REQUIRE(r.ok());
  REQUIRE(r->task == Task::serve);
  REQUIRE(r->file.empty());
  REQUIRE(r->options.empty());
  REQUIRE(!r->read_stdin);
}

TEST_CASE("the first argument is the file unless it starts with a dash") {
  const auto r = parse({"a.conf", "--port", "7000", "--loglevel", "verbose"});
  REQUIRE(r.ok());
  REQUIRE(r->file == "a.conf");
  REQUIRE(r->options == "port \"7000\" \nloglevel \"verbose\" ");
}

TEST_CASE("options take several arguments, or name and value in one") {
  REQUIRE(settings_of({"--bind", "1.1.1.1", "2.2.2.2"}).bind ==
          std::vector<std::string>{"1.1.1.1", "2.2.2.2"});
  REQUIRE(settings_of({"--port 7000", "--timeout", "5"}).port == 7000);
  REQUIRE(settings_of({"--client-output-buffer-limit", "normal", "1", "2", "3"}).output_limits[0].hard == 1);
  REQUIRE(settings_of({"--client-output-buffer-limit", "normal 1 2 3"}).output_limits[0].soft == 2);
}

TEST_CASE("a value may begin with two dashes") {
  REQUIRE(settings_of({"--requirepass", "--secret", "--port", "7000"}).requirepass == "--secret");
}

TEST_CASE("values arrive byte for byte") {
  const std::string_view secret = "a \"b\" \\ \n\x01#'";
  REQUIRE(settings_of({"--requirepass", secret}).requirepass == secret);
}

TEST_CASE("save without a value means none") {
  const auto save = [](const std::vector<std::string_view>& args) {
    return printed(settings_of(args), *find_directive("save"));
  };
  REQUIRE(save({"--save", ""}).empty());
  REQUIRE(save({"--save"}).empty());
  REQUIRE(save({"--save", "--port", "7000"}).empty());
  REQUIRE(save({"--save", "10", "1"}) == "10 1");
  REQUIRE(save({"--save", "10 1 20 2"}) == "10 1 20 2");
}

TEST_CASE("a dash at either end asks for standard input") {
  REQUIRE(parse({"-"})->read_stdin);
  REQUIRE(parse({"-", "--port", "1"})->read_stdin);
  REQUIRE(parse({"a.conf", "-"})->read_stdin);
  REQUIRE(parse({"a.conf", "--port", "1", "-"})->read_stdin);
  REQUIRE(options_of({"a.conf", "--port", "1", "-"}) == "port \"1\" ");
  REQUIRE(!parse({"--requirepass", "-", "--port", "1"})->read_stdin);
}

TEST_CASE("what is no option and no value is a bad directive") {
  Config config;
  const auto r = config.load({.options = options_of({"-x"})});
  REQUIRE(!r.ok());
  REQUIRE(r.error().find(">>> '\"-x\"'\nBad directive or wrong number of arguments") != std::string::npos);
}

TEST_CASE("an option without its value is refused") {
  Config config;
  const auto r = config.load({.options = options_of({"--port", "7000", "--loglevel"})});
  REQUIRE(!r.ok());
  REQUIRE(r.error().find("at line 3\n>>> 'loglevel'\nwrong number of arguments") != std::string::npos);
}

TEST_CASE("version, help and checks are tasks of their own") {
  REQUIRE(parse({"-v"})->task == Task::version);
  REQUIRE(parse({"--version"})->task == Task::version);
  REQUIRE(parse({"-h"})->task == Task::help);
  REQUIRE(parse({"--help"})->task == Task::help);
  REQUIRE(parse({"--check-system"})->task == Task::check_system);
  REQUIRE(parse({"--test-memory", "64"})->task == Task::test_memory);
  REQUIRE(parse({"--test-memory", "64"})->megabytes == 64);
  REQUIRE(!parse({"--test-memory"}).ok());
  REQUIRE(!parse({"--test-memory", "x"}).ok());
  REQUIRE(!parse({"--test-memory", "0"}).ok());
}

TEST_CASE("Sentinel mode is refused") {
  REQUIRE(parse({"--sentinel"}).error() == "Redpoll has no Sentinel mode. Exiting...\n");
  REQUIRE(!parse({"a.conf", "--sentinel"}).ok());
}

TEST_CASE("the version line has the fields that scripts cut out") {
  const std::string text = version_text();
  REQUIRE(text.starts_with("Redpoll server v="));
  REQUIRE(text.find(" sha=") != std::string::npos);
  REQUIRE(text.find(" malloc=") != std::string::npos);
  REQUIRE(text.find(" bits=64") != std::string::npos);
  REQUIRE(usage_text().find("--test-memory") != std::string::npos);
}

}  // namespace redpoll::config
