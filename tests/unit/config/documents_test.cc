// The committed documents are those that the tables give. To write them anew: REDPOLL_WRITE_DOCUMENTS=1
// unit-config
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "config/config.h"
#include "config/loader.h"

namespace redpoll::config {
namespace {

const std::filesystem::path kRoot = REDPOLL_SOURCE_DIR;

void check_document(const std::filesystem::path& path, const std::string& expected) {
  if (std::getenv("REDPOLL_WRITE_DOCUMENTS")) std::ofstream(path) << expected;
  std::ostringstream there;
  there << std::ifstream(path).rdbuf();
  REQUIRE(there.str() == expected);
}

}  // namespace

TEST_CASE("docs/configuration.md is up to date") {
  check_document(kRoot / "docs/configuration.md", markdown());
}

TEST_CASE("conf/redpoll.conf is up to date") { check_document(kRoot / "conf/redpoll.conf", example_file()); }

TEST_CASE("conf/redpoll.conf loads and differs from the defaults in its addresses only") {
  const auto text = read_file((kRoot / "conf/redpoll.conf").string());
  REQUIRE(text.ok());
  const auto r = load_text(*text);
  REQUIRE((r ? "" : r.error()) == std::string());
  for (const Topic& topic : topics()) {
    for (const Directive& d : topic.directives) {
      CAPTURE(d.name);
      REQUIRE(printed(r->settings, d) == (d.name == "bind" ? "127.0.0.1 -::1" : default_of(d)));
    }
  }
}

TEST_CASE("conf/redpoll.conf mentions every directive that has a meaning, in a line that loads") {
  const std::string text = example_file();
  for (const Topic& topic : topics()) {
    for (const Directive& d : topic.directives) {
      CAPTURE(d.name);
      const std::string name = std::string(d.name) + " ";
      const bool there =
          text.find("\n" + name) != std::string::npos || text.find("\n# " + name) != std::string::npos;
      REQUIRE(there == (d.status == Status::live && d.needs.empty()));
    }
  }
}

TEST_CASE("conf/redpoll.conf says at its top what is not there yet, and which directives wait for it") {
  std::string head = example_file();
  head.resize(head.find("\n# ----"));
  // Lines that were broken are one text again.
  for (size_t at = 0; (at = head.find("\n# ", at)) != head.npos;) head.replace(at, 3, " ");
  std::replace(head.begin(), head.end(), '\n', ' ');
  REQUIRE(head.find("NOT THERE YET") != head.npos);
  for (const Topic& topic : topics()) {
    for (const Directive& d : topic.directives) {
      CAPTURE(d.name);
      const bool waits = !d.needs.empty() && d.visibility == Visibility::shown;
      const bool named = head.find(" " + std::string(d.name) + ",") != head.npos ||
                         head.find(" " + std::string(d.name) + " ") != head.npos;
      if (waits) REQUIRE(named);
      if (waits) REQUIRE(head.find("- " + std::string(d.needs) + ":") != head.npos);
    }
  }
}

TEST_CASE("the default files of newer servers load as they are, and quietly") {
  Config config;
  const auto r = config.load({.file = (kRoot / "tests/unit/config/stock_directives.txt").string()});
  REQUIRE((r ? "" : r.error()) == std::string());
  REQUIRE(config.warning().empty());
}

TEST_CASE("the documents keep their lines short and name every visible directive") {
  std::istringstream conf(example_file());
  for (std::string line; std::getline(conf, line);) REQUIRE(line.size() <= 120);
  const std::string page = markdown();
  for (const Topic& topic : topics()) {
    for (const Directive& d : topic.directives) {
      const bool there = page.find("| `" + std::string(d.name) + "`") != std::string::npos;
      REQUIRE(there == (d.visibility == Visibility::shown));
    }
  }
}

}  // namespace redpoll::config
