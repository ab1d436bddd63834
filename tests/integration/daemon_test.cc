// The process: background, pid file, log, supervisor, signals, shutdown.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <regex>

#include "integration/support/contains.h"
#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

// A process that went to the background. It becomes our child when its parent exits, and dies with this
// object.
class Daemon {
 public:
  Daemon() { prctl(PR_SET_CHILD_SUBREAPER, 1); }
  ~Daemon() {
    if (pid <= 0) return;
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  Exit wait_for_exit() {
    int status = 0;
    const bool ended = wait_until([&] { return waitpid(pid, &status, WNOHANG) == pid; });
    if (ended) pid = -1;
    return ended && WIFEXITED(status) ? Exit{WEXITSTATUS(status)} : Exit{-1, SIGKILL};
  }

  pid_t pid = -1;
};

// What systemd would listen on.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& path) : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const timeval timeout{kDeadline.count() / 1000, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  }
  ~NotifySocket() { close(fd_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  std::string receive() {
    char bytes[1024];
    const ssize_t got = recv(fd_, bytes, sizeof bytes, 0);
    return {bytes, got < 0 ? 0 : static_cast<size_t>(got)};
  }
  // Whether a message with the text comes.
  bool receives(const std::string& text) {
    for (std::string message = receive(); !message.empty(); message = receive()) {
      if (contains(message, text)) return true;
    }
    return false;
  }

 private:
  int fd_;
};

}  // namespace

TEST_CASE("The log has the lines that tools wait for in the usual format") {
  ServerProcess server;
  const std::string pid = std::to_string(server.pid());
  REQUIRE(server.logs_within("Ready to accept connections"));
  const std::string log = server.log();
  REQUIRE(contains(log, "pid=" + pid + ", just started"));
  REQUIRE(contains(log, "Configuration loaded"));
  REQUIRE(contains(log, "Running mode=standalone, port=" + std::to_string(server.port()) + "."));
  REQUIRE(contains(log, "Server initialized"));
  const std::regex line(
      "\n" + pid + R"(:M \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d\.\d{3} \* Ready to accept connections)");
  REQUIRE(std::regex_search(log, line));
}

TEST_CASE("SIGTERM and SIGINT end the server gracefully") {
  const int number = GENERATE(SIGTERM, SIGINT);
  ServerProcess server;
  RawClient client(server.port());
  REQUIRE(client.run("SET k v") == "+OK");
  REQUIRE(server.stop(number) == Exit{0});
  REQUIRE(client.is_closed());
  REQUIRE(server.logs(number == SIGTERM ? "Received SIGTERM scheduling shutdown..."
                                        : "Received SIGINT scheduling shutdown..."));
  REQUIRE(server.logs("User requested shutdown..."));
  REQUIRE(server.logs("is now ready to exit, bye bye..."));
}

TEST_CASE("A second SIGINT ends the server at once while a command runs") {
  if (!testing_redpoll()) return;
  ServerProcess server({"--enable-debug-command", "yes"});
  RawClient client(server.port());
  REQUIRE(client.run("PING") == "+PONG");
  client.send("DEBUG SLEEP 25\r\n");
  // The server sleeps when it does not answer any more.
  REQUIRE(wait_until([&] {
    RawClient other(server.port());
    other.send("PING\r\n");
    return other.is_silent_for(milliseconds(100));
  }));
  server.signal(SIGINT);
  REQUIRE(!server.exit_within(milliseconds(100)));
  server.signal(SIGINT);
  REQUIRE(server.exit_within(milliseconds(15'000)) == Exit{1});
}

TEST_CASE("SHUTDOWN ends the server without a reply") {
  const std::string request = GENERATE("SHUTDOWN", "SHUTDOWN NOSAVE", "SHUTDOWN NOW FORCE");
  ServerProcess server;
  RawClient client(server.port());
  client.send(request + "\r\n");
  REQUIRE(client.read_to_end().empty());
  REQUIRE(server.exit_within() == Exit{0});
  REQUIRE(server.logs("User requested shutdown..."));
}

TEST_CASE("daemonize goes to the background and writes the pid file") {
  TempDir dir;
  PortLease lease;
  Daemon daemon;
  const Finished run = run_program(
      {.argv = {server_binary(), "--port", std::to_string(lease.port()), "--dir", dir.path(), "--daemonize",
                "yes", "--pidfile", dir.file("pid"), "--logfile", dir.file("log")}});
  REQUIRE(run.exit == Exit{0});
  REQUIRE(wait_until([&] { return contains(read_file(dir.file("log")), "Ready to accept connections"); }));
  daemon.pid = std::stoi(read_file(dir.file("pid")));
  REQUIRE(getsid(daemon.pid) == daemon.pid);
  SyncClient client(lease.port());
  REQUIRE(client.info("process_id") == std::to_string(daemon.pid));
  kill(daemon.pid, SIGTERM);
  REQUIRE(daemon.wait_for_exit() == Exit{0});
  REQUIRE(!std::filesystem::exists(dir.file("pid")));
}

TEST_CASE("A pid file is written without daemonize as well") {
  TempDir dir;
  ServerProcess server({"--pidfile", dir.file("pid")});
  REQUIRE(read_file(dir.file("pid")) == std::to_string(server.pid()) + "\n");
  REQUIRE(server.stop() == Exit{0});
  REQUIRE(!std::filesystem::exists(dir.file("pid")));
}

TEST_CASE("The log file is opened anew on SIGHUP after rotation") {
  if (!testing_redpoll()) return;
  TempDir dir;
  const std::string path = dir.file("log");
  ServerProcess server({"--logfile", path, "--enable-debug-command", "yes"});
  SyncClient client(server.port());
  REQUIRE(client.run("DEBUG LOG before") == "+OK");
  std::filesystem::rename(path, path + ".1");
  server.signal(SIGHUP);
  REQUIRE(wait_until([&] { return std::filesystem::exists(path); }));
  REQUIRE(client.run("DEBUG LOG after") == "+OK");
  REQUIRE(wait_until([&] { return contains(read_file(path), "after"); }));
  REQUIRE(!contains(read_file(path), "before"));
  REQUIRE(contains(read_file(path + ".1"), "before"));
  REQUIRE(client.run("PING") == "+PONG");
}

TEST_CASE("loglevel decides what is logged and CONFIG SET changes it") {
  ServerProcess server({"--loglevel", "warning"});
  SyncClient client(server.port());
  REQUIRE(!server.logs("Ready to accept connections"));
  REQUIRE(client.run("CONFIG SET loglevel verbose") == "+OK");
  RawClient other(server.port());
  REQUIRE(other.run("PING") == "+PONG");
  REQUIRE(server.logs_within("Accepted 127.0.0.1:"));
}

TEST_CASE("systemd is told when the server is ready and when it stops") {
  TempDir dir;
  NotifySocket socket(dir.file("notify"));
  const std::string supervised = GENERATE("systemd", "auto");
  ServerProcess server(ServerProcess::Options{.args = {"--supervised", supervised},
                                              .environment = {{"NOTIFY_SOCKET", dir.file("notify")}}});
  REQUIRE(socket.receives("READY=1"));
  REQUIRE(server.stop() == Exit{0});
  REQUIRE(socket.receives("STOPPING=1"));
}

TEST_CASE("A client that is being served when the server ends gets what was answered") {
  if (!testing_redpoll()) return;  // Redis drops it
  ServerProcess server;
  RawClient client(server.port());
  client.send("SET k v\r\nGET k\r\nSHUTDOWN\r\n");
  REQUIRE(client.read_to_end() == "+OK\r\n$1\r\nv\r\n");
}

}  // namespace redpoll::testing
