#include "base/text.h"

#include <catch2/catch.hpp>

#include "base/rng.h"

namespace redpoll {
namespace {
using Arguments = std::vector<std::string>;
}

TEST_CASE("to_lower8 lowers each byte of a word and no other byte") {
  for (int byte = 0; byte < 256; ++byte) {
    for (int at = 0; at < 8; ++at) {
      std::string bytes = "Zz@[A{a\xff";
      bytes[static_cast<size_t>(at)] = static_cast<char>(byte);
      uint64_t word;
      std::memcpy(&word, bytes.data(), 8);
      word = to_lower8(word);
      REQUIRE(std::string(reinterpret_cast<const char*>(&word), 8) == to_lower(bytes));
    }
  }
}

TEST_CASE("iequals ignores the case of ASCII letters only") {
  REQUIRE(iequals("", ""));
  REQUIRE(iequals("MaxMemory-Policy", "maxmemory-POLICY"));
  REQUIRE_FALSE(iequals("a", "ab"));
  REQUIRE_FALSE(iequals("maxmemory-policy", "maxmemory-polici"));
  REQUIRE_FALSE(iequals("maxmemor\x19-policy", "maxmemory-policy"));
  REQUIRE_FALSE(iequals("[", "{"));
  REQUIRE_FALSE(iequals("@@@@@@@@", "````````"));
  REQUIRE_FALSE(iequals("\xc4", "\xe4"));
  REQUIRE(to_upper("aZ0{") == "AZ0{");
}

TEST_CASE("trim drops bytes at both ends only") {
  REQUIRE(trim("  a b\t\r\n") == "a b");
  REQUIRE(trim(" \n ").empty());
  REQUIRE(trim("").empty());
  REQUIRE(trim("xxaxbxx", "x") == "axb");
}

TEST_CASE("split_args reads a line as redis-cli does") {
  REQUIRE(split_args("") == Arguments{});
  REQUIRE(split_args(" \t\v\f ") == Arguments{});
  REQUIRE(split_args(" set  key\tvalue\r\n") == Arguments{"set", "key", "value"});
  REQUIRE(split_args(R"("a b" 'c d' "")") == Arguments{"a b", "c d", ""});
  REQUIRE(split_args(R"("\x41\x7a\n\r\t\b\a\\\"\q")") == Arguments{"Az\n\r\t\b\a\\\"q"});
  REQUIRE(split_args(R"("\xg1\x1" '\x41\n\'')") == Arguments{"xg1x1", "\\x41\\n'"});
  REQUIRE(split_args(R"(foo"bar" a\nb)") == Arguments{"foobar", "a\\nb"});
  REQUIRE(split_args("a\vb") == Arguments{"a\vb"});
  REQUIRE(split_args(std::string_view("a\0b", 3)) == Arguments{"a"});
  REQUIRE(split_args(R"("\x00")") == Arguments{std::string(1, '\0')});
}

TEST_CASE("split_args refuses quotes that do not end where an argument ends") {
  for (const char* bad : {"\"a", "'a", "\"a\"b", "'a'b", "a \"", "\"a\\", "'a\\'", "\"a\\\"", "'a''b'"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(split_args(bad));
  }
  REQUIRE_FALSE(split_args(std::string_view("\"a\0\"", 4)));
}

TEST_CASE("quoted escapes all but printable ASCII") {
  REQUIRE(quoted("") == "\"\"");
  REQUIRE(quoted(std::string_view("a\0", 2)) == R"("a\x00")");
  REQUIRE(quoted("\\\"'\n\r\t\a\b\x1b\x7f\xff ~") == R"("\\\"'\n\r\t\a\b\x1b\x7f\xff ~")");
}

TEST_CASE("split_args reads back what quoted writes") {
  Rng rng(5);
  for (int i = 0; i < 5000; ++i) {
    std::string bytes;
    for (uint64_t n = rng.below(40); n > 0; --n) bytes += static_cast<char>(rng.below(256));
    REQUIRE(split_args(redpoll::quoted(bytes)) == Arguments{bytes});
  }
}

TEST_CASE("hex writes two digits per byte") {
  REQUIRE(hex("\x01\xab\x7f") == "01ab7f");
  REQUIRE(hex_digit_value('F') == 15);
  REQUIRE(hex_digit_value('9') == 9);
  REQUIRE(hex_digit_value('g') == -1);
  REQUIRE(hex_digit_value('@') == -1);
}

}  // namespace redpoll
