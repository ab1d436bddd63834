#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <cstring>

namespace redpoll::net {
namespace {

Address ipv4(const char* ip, uint16_t port) {
  sockaddr_storage raw{};
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  REQUIRE(inet_pton(AF_INET, ip, &in.sin_addr) == 1);
  std::memcpy(&raw, &in, sizeof in);
  return Address::from(raw);
}

Address ipv6(const char* ip, uint16_t port) {
  sockaddr_storage raw{};
  sockaddr_in6 in{};
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(port);
  in.sin6_scope_id = 3;
  REQUIRE(inet_pton(AF_INET6, ip, &in.sin6_addr) == 1);
  std::memcpy(&raw, &in, sizeof in);
  return Address::from(raw);
}

TEST_CASE("an address prints as CLIENT LIST shows it") {
  REQUIRE(ipv4("127.0.0.1", 6379).text() == "127.0.0.1:6379");
  REQUIRE(ipv4("255.255.255.255", 65535).text() == "255.255.255.255:65535");
  REQUIRE(ipv6("::1", 6379).text() == "[::1]:6379");
  REQUIRE(ipv6("fe80::1", 1).text() == "[fe80::1]:1");
  REQUIRE(ipv6("::ffff:10.0.0.1", 1).ip() == "::ffff:10.0.0.1");
  REQUIRE(Address{}.text() == "?:0");
}

TEST_CASE("a Unix address keeps the family only") {
  sockaddr_storage raw{};
  raw.ss_family = AF_UNIX;
  const Address address = Address::from(raw);
  REQUIRE(address.family() == Family::local);
  REQUIRE(address.text() == "/unixsocket:0");
  REQUIRE_FALSE(address.is_loopback());
}

TEST_CASE("an unknown family gives no address") {
  sockaddr_storage raw{};
  raw.ss_family = AF_APPLETALK;
  REQUIRE(Address::from(raw).family() == Family::none);
}

TEST_CASE("loopback is 127/8 and ::1, mapped too") {
  REQUIRE(ipv4("127.0.0.1", 1).is_loopback());
  REQUIRE(ipv4("127.255.0.9", 1).is_loopback());
  REQUIRE(ipv6("::1", 1).is_loopback());
  REQUIRE(ipv6("::ffff:127.0.0.1", 1).is_loopback());
  REQUIRE_FALSE(ipv4("128.0.0.1", 1).is_loopback());
  REQUIRE_FALSE(ipv4("10.127.0.1", 1).is_loopback());
  REQUIRE_FALSE(ipv6("::", 1).is_loopback());
  REQUIRE_FALSE(ipv6("::2", 1).is_loopback());
  REQUIRE_FALSE(ipv6("::ffff:10.0.0.1", 1).is_loopback());
  REQUIRE_FALSE(ipv6("7f00::1", 1).is_loopback());
  REQUIRE_FALSE(Address{}.is_loopback());
}

TEST_CASE("addresses are equal when family, bytes and port are") {
  REQUIRE(ipv4("10.0.0.1", 5) == ipv4("10.0.0.1", 5));
  REQUIRE_FALSE(ipv4("10.0.0.1", 5) == ipv4("10.0.0.1", 6));
  REQUIRE_FALSE(ipv4("10.0.0.1", 5) == ipv4("10.0.0.2", 5));
  REQUIRE_FALSE(ipv4("0.0.0.0", 5) == ipv6("::", 5));
}

TEST_CASE("a text is parsed only if it is what the address prints as") {
  for (const char* text :
       {"127.0.0.1:6379", "[::1]:0", "10.1.2.3:65535", "[2001:db8::5]:80", "[::ffff:1.2.3.4]:1"}) {
    const auto address = Address::parse(text);
    REQUIRE(address);
    REQUIRE(address->text() == text);
  }
  for (const char* text : {"", ":", "x", "1.2.3.4", "1.2.3.4:", ":80", "1.2.3.4:080", "1.2.3.4:65536",
                           "1.2.3.4:-1", "01.2.3.4:1", "::1:80", "[::1:80", "[]:1", "[:1", "[::0]:1",
                           "[1.2.3.4]:1", "[2001:DB8::5]:80", "/tmp/sock:0", "?:0"}) {
    CAPTURE(text);
    REQUIRE_FALSE(Address::parse(text));
  }
}

TEST_CASE("format_address puts brackets around what has colons") {
  REQUIRE(format_address("redis.example", 6379) == "redis.example:6379");
  REQUIRE(format_address("::1", 0) == "[::1]:0");
  REQUIRE(format_address("/tmp/redis.sock", 0) == "/tmp/redis.sock:0");
}

}  // namespace
}  // namespace redpoll::net
