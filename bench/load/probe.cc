#include "bench/load/probe.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "base/assert.h"
#include "base/text.h"
#include "bench/load/shape.h"
#include "net/anet.h"

namespace redpoll::load {

namespace {

constexpr int kPatienceMs = 30'000;

void wait_for(int fd, short events) {
  pollfd wanted{fd, events, 0};
  if (SYS(::poll(&wanted, 1, kPatienceMs)) <= 0) throw std::runtime_error("the server does not answer");
}

// Sends one request and returns the reply.
std::string ask(const std::string& host, uint16_t port, const std::vector<std::string>& words) {
  Result<net::Fd> fd = net::connect_tcp(host, port);
  if (!fd.ok()) throw std::runtime_error(fd.error());
  if (const Result<void> done = net::await_connected(fd->get(), kPatienceMs); !done.ok()) {
    throw std::runtime_error(done.error());
  }
  std::string request = fmt::format("*{}\r\n", words.size());
  for (const std::string& word : words) request += fmt::format("${}\r\n{}\r\n", word.size(), word);
  // A request of some words fits into the buffer of a new socket.
  if (::send(fd->get(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    throw std::system_error(errno, std::generic_category(), "send");
  }
  std::string reply;
  for (char chunk[4096]; reply.empty() || !reply_length(reply);) {
    wait_for(fd->get(), POLLIN);
    const ssize_t n = SYS(::recv(fd->get(), chunk, sizeof chunk, 0));
    if (n <= 0) throw std::runtime_error("the server closed the connection");
    reply.append(chunk, static_cast<size_t>(n));
  }
  return reply;
}

}  // namespace

uint64_t cpu_time_ns(pid_t pid) {
  uint64_t total = 0;
  for (const auto& task : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid))) {
    uint64_t ns = 0;
    // A thread may have ended since the directory was read.
    if (std::ifstream(task.path() / "schedstat") >> ns) total += ns;
  }
  return total;
}

std::vector<std::string> missing_commands(const std::string& host, uint16_t port,
                                          const std::vector<std::string>& commands) {
  std::vector<std::string> words{"COMMAND", "INFO"};
  words.insert(words.end(), commands.begin(), commands.end());
  const std::string reply = ask(host, port, words);
  std::string_view rest = reply;
  if (!rest.starts_with(fmt::format("*{}\r\n", commands.size()))) {
    throw std::runtime_error("not an answer to COMMAND INFO: " + quoted(rest.substr(0, 80)));
  }
  rest.remove_prefix(rest.find('\n') + 1);
  std::vector<std::string> missing;
  for (const std::string& command : commands) {
    if (rest.starts_with("*-1\r\n") || rest.starts_with("$-1\r\n")) missing.push_back(command);
    rest.remove_prefix(reply_length(rest).value());
  }
  return missing;
}

}  // namespace redpoll::load
