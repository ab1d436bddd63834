#include "support/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "support/raw_client.h"

namespace redpoll::testing {

namespace {

constexpr uint16_t kFirstPort = 12'000;
constexpr uint16_t kPorts = 20'000;

bool can_bind(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return free;
}

bool answers(uint16_t port) {
  try {
    RawClient client(port);
    client.send("PING\r\n");
    return !client.reply().empty();
  } catch (const std::exception&) { return false; }
}

}  // namespace

std::string server_binary() {
  const char* other = std::getenv("REDPOLL_TEST_SERVER");
  return other != nullptr ? other : REDPOLL_SERVER_BINARY;
}

bool testing_redpoll() { return std::getenv("REDPOLL_TEST_SERVER") == nullptr; }

bool sanitized() {
#ifdef REDPOLL_SANITIZED
  return true;
#else
  return false;
#endif
}

PortLease::PortLease() {
  const auto locks = std::filesystem::temp_directory_path() / "redpoll-test-ports";
  std::filesystem::create_directories(locks);
  const auto start = static_cast<uint32_t>(getpid()) * 31;
  for (uint32_t i = 0; i < kPorts; ++i) {
    port_ = static_cast<uint16_t>(kFirstPort + (start + i) % kPorts);
    lock_fd_ = open((locks / std::to_string(port_)).c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
    if (lock_fd_ >= 0 && flock(lock_fd_, LOCK_EX | LOCK_NB) == 0 && can_bind(port_)) return;
    if (lock_fd_ >= 0) close(lock_fd_);
  }
  throw std::runtime_error("no free port");
}

PortLease::~PortLease() { close(lock_fd_); }

ServerProcess::ServerProcess(const Options& options) : uncaught_(std::uncaught_exceptions()) {
  Launch launch{.argv = {options.binary.empty() ? server_binary() : options.binary},
                .input = options.input,
                .environment = options.environment,
                .max_files = options.max_files,
                .address_space = options.address_space};
  auto& argv = launch.argv;
  if (options.config) {
    write_file(config_file(), *options.config);
    argv.push_back(config_file());
  }
  argv.insert(argv.end(), {"--port", std::to_string(port()), "--dir", dir_.path().string()});
  argv.insert(argv.end(), options.args.begin(), options.args.end());
  if (!options.input.empty()) argv.push_back("-");
  child_ = std::make_unique<Child>(launch);
  const bool up = wait_until([&] { return child_->exit_within(milliseconds(0)) || answers(port()); });
  if (!up || child_->exit_within(milliseconds(0)))
    throw std::runtime_error("the server did not start:\n" + log());
}

ServerProcess::~ServerProcess() {
  if (std::uncaught_exceptions() > uncaught_) std::cerr << "--- log of the server ---\n" << log() << "---\n";
}

bool ServerProcess::logs_within(std::string_view text, milliseconds deadline) const {
  return wait_until([&] { return logs(text); }, deadline);
}

Exit ServerProcess::stop(int number) {
  signal(number);
  const auto exit = exit_within();
  if (!exit) throw std::runtime_error(std::string("the server did not end on ") + strsignal(number));
  return *exit;
}

size_t ServerProcess::resident_bytes() const {
  std::ifstream statm("/proc/" + std::to_string(pid()) + "/statm");
  size_t size = 0;
  size_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

size_t ServerProcess::peak_resident_bytes() const {
  std::ifstream status("/proc/" + std::to_string(pid()) + "/status");
  size_t kilobytes = 0;
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") status >> kilobytes;
  }
  return kilobytes * 1024;
}

}  // namespace redpoll::testing
