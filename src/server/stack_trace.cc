#include "server/stack_trace.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "server/symbols.h"

namespace redpoll::server {

static constexpr size_t kMaxFrames = 100;

template <class... T>
static void print_to(Logger& log, fmt::format_string<T...> format, T&&... values) {
  // A stack buffer: the heap may be what is broken.
  std::array<char, 1024> line;
  const auto end = fmt::format_to_n(line.data(), line.size(), format, std::forward<T>(values)...);
  log.write_signal_safe({line.data(), std::min(end.size, line.size())});
}

static const Symbols& symbols() {
  static const Symbols the_symbols;
  return the_symbols;
}

void prepare_stack_trace() {
  symbols();
  void* frame;
  backtrace(&frame, 1);  // loads a library
}

// file(function+offset)[address]
static void print_frame(Logger& log, void* frame) {
  Dl_info where{};
  const bool known = dladdr(frame, &where) != 0 && where.dli_fname != nullptr;
  const std::string_view file = known ? where.dli_fname : "";
  const Symbols::Hit hit = symbols().find(frame);
  std::array<char, 256> name;
  const auto from = [frame](const void* begin) {
    return static_cast<const char*>(frame) - static_cast<const char*>(begin);
  };
  if (!hit.name.empty()) {
    print_to(log, "{}({}+{:#x})[{}]\n", file, readable_name(hit.name, name), hit.offset, frame);
  } else if (known && where.dli_sname != nullptr) {
    print_to(log, "{}({}+{:#x})[{}]\n", file, readable_name(where.dli_sname, name), from(where.dli_saddr),
             frame);
  } else if (known) {
    print_to(log, "{}(+{:#x})[{}]\n", file, from(where.dli_fbase), frame);
  } else {
    print_to(log, "[{}]\n", frame);
  }
}

void print_stack_trace(Logger& log, void* instruction) {
  log.write_signal_safe("\n------ STACK TRACE ------\n");
  if (instruction != nullptr) {
    log.write_signal_safe("EIP:\n");
    print_frame(log, instruction);
    log.write_signal_safe("\n");
  }
  log.write_signal_safe("Backtrace:\n");
  std::array<void*, kMaxFrames> frames;
  const int count = backtrace(frames.data(), static_cast<int>(frames.size()));
  for (int i = 0; i < count; ++i) print_frame(log, frames[static_cast<size_t>(i)]);
}

}  // namespace redpoll::server
