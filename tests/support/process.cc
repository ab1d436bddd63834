#include "support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace redpoll::testing {

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

int memory_file(const std::string& content) {
  const int fd = memfd_create("redpoll-test", MFD_CLOEXEC);
  if (fd < 0) fail("memfd_create");
  if (!content.empty() && write(fd, content.data(), content.size()) != static_cast<ssize_t>(content.size()))
    fail("write");
  lseek(fd, 0, SEEK_SET);
  return fd;
}

// In the child, between fork and exec.
[[noreturn]] void become(const Launch& launch, pid_t parent, int input, int output) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (launch.max_files != 0) {
    const rlimit limit{launch.max_files, launch.max_files};
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (launch.address_space != 0) {
    const rlimit limit{launch.address_space, launch.address_space};
    setrlimit(RLIMIT_AS, &limit);
  }
  // A crash that is part of a test leaves no core file.
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  if (!launch.directory.empty() && chdir(launch.directory.c_str()) != 0) _exit(126);
  for (const auto& [name, value] : launch.environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> argv;
  for (const std::string& word : launch.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  _exit(127);
}

}  // namespace

bool wait_until(const std::function<bool()>& condition, milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  for (milliseconds nap{1}; !condition(); nap = std::min(nap * 2, milliseconds(20))) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(nap);
  }
  return true;
}

TempDir::TempDir() {
  std::string pattern = std::filesystem::temp_directory_path() / "redpoll-test-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) fail("mkdtemp");
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) throw std::runtime_error("can't write " + path.string());
}

std::ostream& operator<<(std::ostream& out, const Exit& exit) {
  if (exit.signal != 0) return out << "signal " << exit.signal << " (" << strsignal(exit.signal) << ")";
  return out << "exit code " << exit.code;
}

Child::Child(const Launch& launch) {
  output_fd_ = memory_file("");
  // Writers append: the child's children and we share the offset otherwise.
  fcntl(output_fd_, F_SETFL, O_APPEND);
  const int input =
      launch.input.empty() ? open("/dev/null", O_RDONLY | O_CLOEXEC) : memory_file(launch.input);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) become(launch, parent, input, output_fd_);
  const int error = errno;
  close(input);
  if (pid_ < 0) {
    close(output_fd_);
    errno = error;
    fail("fork");
  }
}

Child::~Child() {
  if (!exit_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(output_fd_);
}

void Child::signal(int number) const {
  if (!exit_) kill(pid_, number);
}

std::optional<Exit> Child::exit_within(milliseconds deadline) {
  wait_until(
      [this] {
        int status;
        if (!exit_ && waitpid(pid_, &status, WNOHANG) == pid_) {
          exit_ = WIFEXITED(status) ? Exit{WEXITSTATUS(status), 0} : Exit{-1, WTERMSIG(status)};
        }
        return exit_.has_value();
      },
      deadline);
  return exit_;
}

std::string Child::output() const {
  std::string text(static_cast<size_t>(lseek(output_fd_, 0, SEEK_END)), '\0');
  const ssize_t got = pread(output_fd_, text.data(), text.size(), 0);
  text.resize(got < 0 ? 0 : static_cast<size_t>(got));
  return text;
}

Finished run_program(const Launch& launch, milliseconds deadline) {
  Child child(launch);
  const auto exit = child.exit_within(deadline);
  if (!exit) throw std::runtime_error(launch.argv[0] + " did not end; it wrote:\n" + child.output());
  return {*exit, child.output()};
}

}  // namespace redpoll::testing
