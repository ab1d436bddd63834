#include "server/stack_trace.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace redpoll::server {

static constexpr size_t kMaxFrames = 100;

template <class... T>
static void print_to(Logger& log, fmt::format_string<T...> format, T&&... values) {
  // A stack buffer: the heap may be what is broken.
  std::array<char, 1024> line;
  const auto end = fmt::format_to_n(line.data(), line.size(), format, std::forward<T>(values)...);
  log.write_signal_safe({line.data(), std::min(end.size, line.size())});
}

void print_stack_trace(Logger& log) {
  log.write_signal_safe("\n------ STACK TRACE ------\n");
  std::array<void*, kMaxFrames> frames;
  const int count = backtrace(frames.data(), static_cast<int>(frames.size()));
  for (int i = 0; i < count; ++i) {
    Dl_info where{};
    void* frame = frames[static_cast<size_t>(i)];
    if (dladdr(frame, &where) != 0 && where.dli_fname != nullptr) {
      const auto offset = static_cast<char*>(frame) - static_cast<char*>(where.dli_fbase);
      print_to(log, "{}(+{:#x}) {} [{}]\n", where.dli_fname, offset,
               where.dli_sname != nullptr ? where.dli_sname : "", frame);
    } else {
      print_to(log, "[{}]\n", frame);
    }
  }
}

}  // namespace redpoll::server
