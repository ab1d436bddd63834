#include "server/symbols.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

namespace redpoll::server {

// Not inlined, so that there is a function to be found.
[[gnu::noinline]] static int find_this_one(int n) {
  static volatile int sink = 0;
  sink = sink + n;
  return sink;
}

static std::string readable(std::string_view symbol) {
  std::array<char, 256> buffer;
  return std::string(readable_name(symbol, buffer));
}

TEST_CASE("An address is found in the function that it lies in, a static one too") {
  const Symbols symbols;
  find_this_one(1);
  const auto* const begin = reinterpret_cast<const char*>(&find_this_one);
  const Symbols::Hit hit = symbols.find(begin + 1);
  REQUIRE(hit.offset == 1);
  REQUIRE(readable(hit.name) == "redpoll::server::find_this_one");
  int local = 0;
  REQUIRE(symbols.find(&local).name.empty());
}

TEST_CASE("A symbol is shown as its name, without arguments") {
  REQUIRE(readable("_ZN7redpoll5admin4infoERNS0_9AdminCallE") == "redpoll::admin::info");
  REQUIRE(readable("_ZN7redpoll5admin12_GLOBAL__N_13fooEv") == "redpoll::admin::(anonymous)::foo");
  REQUIRE(readable("_ZNK7redpoll6server7Symbols4findEPKv") == "redpoll::server::Symbols::find");
  REQUIRE(readable("_ZL9on_signali") == "on_signal");
  REQUIRE(readable("main") == "main");
  REQUIRE(readable("_ZN99x") == "_ZN99x");
  REQUIRE(readable("_Z") == "_Z");
  REQUIRE(readable("_ZN7redpollL3fooEv") == "redpoll::foo");
}

TEST_CASE("A name too long for its place is cut") {
  std::array<char, 8> buffer;
  REQUIRE(readable_name("_ZN7redpoll5admin4infoEv", buffer) == "redpoll:");
}

}  // namespace redpoll::server
