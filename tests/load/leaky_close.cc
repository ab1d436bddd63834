// Preloaded into a server: one socket in a hundred is shut down, but not closed. For checks_can_fail.
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" int close(int fd) {
  static int calls = 0;
  if (++calls % 100 == 0 && shutdown(fd, SHUT_RDWR) == 0) return 0;
  return static_cast<int>(syscall(SYS_close, fd));
}
