#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "base/numbers.h"

namespace redpoll::net {

namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<uint8_t, 16> kLoopback6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
constexpr uint8_t kLoopbackNet4 = 127;

}  // namespace

Address Address::from(const sockaddr_storage& from) {
  Address a;
  switch (from.ss_family) {
    case AF_INET: {
      sockaddr_in in;
      std::memcpy(&in, &from, sizeof in);
      std::memcpy(a.bytes_.data(), &in.sin_addr, sizeof in.sin_addr);
      a.port_ = ntohs(in.sin_port);
      a.family_ = Family::ipv4;
      break;
    }
    case AF_INET6: {
      sockaddr_in6 in;
      std::memcpy(&in, &from, sizeof in);
      std::memcpy(a.bytes_.data(), &in.sin6_addr, sizeof in.sin6_addr);
      a.port_ = ntohs(in.sin6_port);
      a.family_ = Family::ipv6;
      break;
    }
    case AF_UNIX: a.family_ = Family::local; break;
    default: break;
  }
  return a;
}

std::optional<Address> Address::parse(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto port = parse_uint64(text.substr(colon + 1));
  if (!port || *port > UINT16_MAX) return std::nullopt;
  const bool v6 = text.front() == '[';
  const std::string host(v6 ? text.substr(1, std::max<size_t>(colon, 2) - 2) : text.substr(0, colon));
  Address a;
  if (inet_pton(v6 ? AF_INET6 : AF_INET, host.c_str(), a.bytes_.data()) != 1) return std::nullopt;
  a.port_ = static_cast<uint16_t>(*port);
  a.family_ = v6 ? Family::ipv6 : Family::ipv4;
  // `010.0.0.1:080` is no address of anybody.
  if (a.text() != text) return std::nullopt;
  return a;
}

bool Address::is_loopback() const {
  if (family_ == Family::ipv4) return bytes_[0] == kLoopbackNet4;
  if (family_ != Family::ipv6) return false;
  const bool mapped = std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes_.begin());
  return bytes_ == kLoopback6 || (mapped && bytes_[kMappedPrefix.size()] == kLoopbackNet4);
}

std::string Address::ip() const {
  if (family_ == Family::none) return "?";
  if (family_ == Family::local) return "/unixsocket";
  char text[INET6_ADDRSTRLEN];
  const int af = family_ == Family::ipv4 ? AF_INET : AF_INET6;
  return inet_ntop(af, bytes_.data(), text, sizeof text) == nullptr ? "?" : text;
}

std::string Address::text() const { return format_address(ip(), port_); }

std::string format_address(std::string_view host, int port) {
  const bool brackets = host.find(':') != std::string_view::npos;
  std::string text;
  text.reserve(host.size() + 8);
  if (brackets) text += '[';
  text += host;
  if (brackets) text += ']';
  text += ':';
  return text += std::to_string(port);
}

}  // namespace redpoll::net
