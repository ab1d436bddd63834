#include "server/health_check.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/numbers.h"

namespace redpoll::server {
namespace {

namespace fs = std::filesystem;

constexpr int kPatienceSeconds = 2;

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

fs::path program_of(int64_t pid) {
  std::error_code failed;
  return fs::read_symlink(fmt::format("/proc/{}/exe", pid), failed);
}

int64_t find_server() {
  const fs::path own = program_of(getpid());
  if (program_of(1) == own) return 1;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator("/proc", failed)) {
    const auto pid = parse_int64(entry.path().filename().string());
    if (pid && *pid != getpid() && program_of(*pid) == own) return *pid;
  }
  return 0;
}

// The inodes of the sockets that the process has open.
std::set<std::string> sockets_of(int64_t pid) {
  std::set<std::string> inodes;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", pid), failed)) {
    const std::string target = fs::read_symlink(entry.path(), failed).string();
    if (target.starts_with("socket:[")) inodes.insert(target.substr(8, target.size() - 9));
  }
  return inodes;
}

std::vector<std::vector<std::string>> rows_of(const std::string& path) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    auto& row = rows.emplace_back();
    for (std::string word; words >> word;) row.push_back(word);
  }
  return rows;
}

uint32_t hex_word(std::string_view digits) {
  return static_cast<uint32_t>(std::stoul(std::string(digits), nullptr, 16));
}

// "0100007F:1F90": words of the address as the machine has them. What listens everywhere is asked at home.
Address tcp_address(const std::string& text) {
  const size_t colon = text.find(':');
  const uint16_t port = htons(static_cast<uint16_t>(hex_word(text.substr(colon + 1))));
  Address address;
  if (colon == 8) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = port;
    in.sin_addr.s_addr = hex_word(text.substr(0, 8));
    if (in.sin_addr.s_addr == INADDR_ANY) in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::memcpy(&address.bytes, &in, address.size = sizeof in);
    return address;
  }
  sockaddr_in6 in{};
  in.sin6_family = AF_INET6;
  in.sin6_port = port;
  for (size_t i = 0; i < 4; ++i) {
    const uint32_t word = hex_word(text.substr(8 * i, 8));
    std::memcpy(in.sin6_addr.s6_addr + 4 * i, &word, sizeof word);
  }
  if (IN6_IS_ADDR_UNSPECIFIED(&in.sin6_addr)) in.sin6_addr = in6addr_loopback;
  std::memcpy(&address.bytes, &in, address.size = sizeof in);
  return address;
}

std::optional<Address> local_address(int64_t pid, const std::string& path) {
  const std::string seen = path.starts_with('/') ? fmt::format("/proc/{}/root{}", pid, path)
                                                 : fmt::format("/proc/{}/cwd/{}", pid, path);
  sockaddr_un local{};
  if (seen.size() >= sizeof local.sun_path) return std::nullopt;
  local.sun_family = AF_UNIX;
  seen.copy(local.sun_path, seen.size());
  Address address;
  std::memcpy(&address.bytes, &local, address.size = sizeof local);
  return address;
}

std::vector<Address> listening(int64_t pid) {
  const auto own = sockets_of(pid);
  std::vector<Address> addresses;
  for (const char* table : {"tcp", "tcp6"}) {
    for (const auto& row : rows_of(fmt::format("/proc/{}/net/{}", pid, table))) {
      if (row.size() > 9 && row[3] == "0A" && own.contains(row[9])) addresses.push_back(tcp_address(row[1]));
    }
  }
  constexpr std::string_view kAccepting = "00010000";
  for (const auto& row : rows_of(fmt::format("/proc/{}/net/unix", pid))) {
    if (row.size() < 8 || row[3] != kAccepting || !own.contains(row[6])) continue;
    if (const auto address = local_address(pid, row[7])) addresses.push_back(*address);
  }
  return addresses;
}

// What is wrong, or nothing.
std::string ask(const Address& address) {
  const int fd = socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{kPatienceSeconds, 0};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  char reply[256];
  ssize_t got = -1;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address.bytes), address.size) == 0) {
    // A server that has too many clients replies and hangs up before it was asked.
    static_cast<void>(!write(fd, "PING\r\n", 6));
    got = read(fd, reply, sizeof reply);
  }
  const int why = errno;
  close(fd);
  if (got < 0) return std::strerror(why);
  const std::string_view text(reply, static_cast<size_t>(got));
  // An error is an answer too: NOAUTH, LOADING, max number of clients.
  if (text.starts_with("+PONG") || text.starts_with('-')) return {};
  return fmt::format("PING was answered with: {}", text);
}

int unhealthy(std::string_view why) {
  fmt::print("{}\n", why);
  return 1;
}

}  // namespace

int check_health(int64_t pid) {
  if (pid == 0) pid = find_server();
  if (pid == 0) return unhealthy("no server runs");
  std::string wrong = "the server listens nowhere";
  for (const Address& address : listening(pid)) {
    wrong = ask(address);
    if (wrong.empty()) return 0;
  }
  return unhealthy(wrong);
}

}  // namespace redpoll::server
