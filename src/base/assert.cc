#include "base/assert.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "base/write_all.h"

namespace redpoll {
namespace {

std::atomic<PanicHook> g_panic_hook{nullptr};

// A message under construction, in a fixed buffer because the heap may be what is broken. What does not fit
// is dropped.
class PanicMessage {
 public:
  void append(fmt::string_view format, fmt::format_args args) noexcept {
    try {
      const auto end = fmt::vformat_to_n(buffer_ + length_, room(), format, args);
      length_ += end.size < room() ? end.size : room();
    } catch (...) {
      // A formatter threw: the rest of the message is enough.
    }
  }

  [[noreturn]] void deliver() noexcept {
    static thread_local bool panicking = false;
    if (panicking) std::abort();
    panicking = true;
    const PanicHook hook = g_panic_hook.load();
    if (hook != nullptr) {
      hook({buffer_, length_});
    } else {
      buffer_[length_++] = '\n';
      static_cast<void>(write_all(STDERR_FILENO, {buffer_, length_}));
    }
    std::abort();
  }

 private:
  // One byte is kept back for the line end.
  [[nodiscard]] size_t room() const noexcept { return sizeof(buffer_) - 1 - length_; }

  char buffer_[1024];
  size_t length_ = 0;
};

void append_place(PanicMessage& message, SourceLine where) noexcept {
  message.append("{}:{}: ", fmt::make_format_args(where.file, where.line));
}

}  // namespace

PanicHook set_panic_hook(PanicHook hook) noexcept { return g_panic_hook.exchange(hook); }

void panic(std::string_view text, SourceLine where) noexcept {
  PanicMessage message;
  append_place(message, where);
  message.append("{}", fmt::make_format_args(text));
  message.deliver();
}

namespace detail {

void check_failed(const char* condition, SourceLine where) noexcept {
  PanicMessage message;
  append_place(message, where);
  message.append("CHECK({}) failed", fmt::make_format_args(condition));
  message.deliver();
}

void check_failed(const char* condition, SourceLine where, fmt::string_view format,
                  fmt::format_args args) noexcept {
  PanicMessage message;
  append_place(message, where);
  message.append("CHECK({}) failed: ", fmt::make_format_args(condition));
  message.append(format, args);
  message.deliver();
}

}  // namespace detail
}  // namespace redpoll
