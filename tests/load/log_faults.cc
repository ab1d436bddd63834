// Scenarios of a log that cannot be written. The server logs to server.log in its directory.
#include <sys/mount.h>

#include <filesystem>
#include <fstream>

#include "load/log_lines.h"
#include "load/scenario.h"
#include "load/trial.h"

namespace redpoll::load {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOverLimit = "scheduled to be closed ASAP for overcoming of output buffer limits";
// Long enough for a second look of the server at its log, and a third.
constexpr milliseconds kUnwritable{2500};

// The log of the server, and what happens to it.
class LogFile {
 public:
  explicit LogFile(Trial& t) : path(t.server().dir().file("server.log")), t_(t) {
    t.set_log([path = path, old_path = old_path_] {
      return testing::read_file(old_path) + (fs::is_regular_file(path) ? testing::read_file(path) : "");
    });
    expect(t.control().call({"SET", "big", std::string(1 << 20, 'v')}) == "+OK", "a value was not stored");
  }
  ~LogFile() { t_.allow_log_lines(provoked_ + 20); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  void move_away() const { fs::rename(path, old_path_); }
  std::string old_text() const { return testing::read_file(old_path_); }

  // Makes the server write lines into it.
  void provoke(size_t lines) {
    for (; lines > 0; --lines, ++provoked_) {
      const size_t accepted = t_.info("total_connections_received");
      RawClient client(t_.port(), "127.0.0.1", 4096);
      std::string requests;
      for (int i = 0; i < 40; ++i) requests += testing::encode({"GET", "big"});
      client.send(requests);
      t_.expect_accepted(accepted, 1);
      t_.expect_clients_gone();
    }
  }

  // Waits until it is written again. The server looks once a second whether it is still where it was.
  void expect_back() {
    const auto written = [this] {
      provoke(1);
      return fs::is_regular_file(path) && testing::read_file(path).find(kOverLimit) != std::string::npos;
    };
    expect(wait_until(written), "the log is not written again after it could be");
  }

  const fs::path path;

 private:
  Trial& t_;
  const fs::path old_path_ = t_.server().dir().file("server.old");
  size_t provoked_ = 0;
};

// A directory on a file system of its own, which is full. Where that is not permitted, /dev/full does the
// same.
class FullDisk {
 public:
  explicit FullDisk(const fs::path& at) : at_(at) {
    fs::create_directory(at_);
    mounted_ = mount("tmpfs", at_.c_str(), "tmpfs", 0, "size=64k") == 0;
    if (!mounted_) return;
    std::ofstream filler(at_ / "filler");
    for (int i = 0; i < 64 && filler; ++i) filler << std::string(4096, 'x') << std::flush;
  }
  ~FullDisk() {
    if (mounted_) umount2(at_.c_str(), MNT_DETACH);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

  fs::path file() const { return mounted_ ? at_ / "server.log" : fs::path("/dev/full"); }
  std::string_view name() const {
    return mounted_ ? "a full file system" : "/dev/full (mounting a file system is not permitted)";
  }

 private:
  fs::path at_;
  bool mounted_ = false;
};

}  // namespace

void log_unwritable(Trial& t) {
  constexpr std::string_view kComplaint = "Can't reopen the log file";
  LogFile log(t);
  size_t times = 0;
  do {
    // Moved away, and a directory in its place, in which not even root can write lines.
    log.move_away();
    fs::create_directory(log.path);
    if (testing::testing_redpoll()) {
      const auto complained = [&] { return lines_with(log.old_text(), kComplaint) > 0; };
      expect(wait_until(complained), "the server does not say that it can't write its log");
    }
    const auto enough = std::chrono::steady_clock::now() + kUnwritable;
    while (std::chrono::steady_clock::now() < enough) log.provoke(1);
    expect(lines_with(log.old_text(), kComplaint) <= 1,
           "the server says again and again that it can't write its log");
    fs::remove(log.path);
    log.expect_back();
    ++times;
  } while (!t.time_is_up());
  if (testing::testing_redpoll()) t.expect_log("The log file could be opened again");
  t.threw("{} times a directory where the log file should be, for {} ms", times, kUnwritable.count());
}

void log_disk_full(Trial& t) {
  LogFile log(t);
  const FullDisk disk(t.server().dir().file("disk"));
  size_t times = 0;
  do {
    log.move_away();
    fs::create_symlink(disk.file(), log.path);
    t.server().signal(SIGHUP);
    log.provoke(20);
    fs::remove(log.path);
    log.expect_back();
    ++times;
  } while (!t.time_is_up());
  t.threw("{} times 20 messages for a log on {}", times, disk.name());
}

}  // namespace redpoll::load
