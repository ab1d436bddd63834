// Socket addresses: a TCP endpoint kept in 20 bytes, and the texts Redis prints for endpoints.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redpoll::net {

enum class Family : uint8_t { none, ipv4, ipv6, local };  // local: Unix-domain

// An IP address and a port, small enough to be kept per client: text is made only when somebody asks.
// Of a Unix-domain socket only the family is kept.
class Address {
 public:
  Address() = default;
  // Families other than IPv4, IPv6 and Unix give Family::none.
  static Address from(const sockaddr_storage& from);
  // The IP address and port whose text() is this, exactly; none for other texts.
  static std::optional<Address> parse(std::string_view text);

  Family family() const { return family_; }
  uint16_t port() const { return port_; }
  // 127.0.0.0/8, ::1, or the former mapped into IPv6.
  bool is_loopback() const;
  // "127.0.0.1" or "::1", without scope; "?" when the family is none, "/unixsocket" for Unix.
  std::string ip() const;
  // `127.0.0.1:6379`, `[::1]:6379`, `?:0`, `/unixsocket:0`: as CLIENT LIST and the log print it.
  std::string text() const;

  friend bool operator==(const Address&, const Address&) = default;

 private:
  std::array<uint8_t, 16> bytes_{};  // network order; IPv4 in the first four
  uint16_t port_ = 0;                // host order
  Family family_ = Family::none;
};
static_assert(sizeof(Address) == 20);

// `host:port`, with brackets around a host that contains a colon.
std::string format_address(std::string_view host, int port);

}  // namespace redpoll::net
