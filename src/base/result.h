// A value, or the text of what went wrong. For everything outside commands, which have exec::Outcome.
//
//   Result<int> port = parse(text);
//   if (!port.ok()) return failure("bad port: {}", port.error());
//   listen(*port);
#pragma once

#include <fmt/core.h>

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace redpoll {

// An error on its way into a Result of any type.
struct Failure {
  std::string text;
};

template <class... Args>
[[nodiscard]] Failure failure(fmt::format_string<Args...> format, Args&&... args) {
  return {fmt::format(format, std::forward<Args>(args)...)};
}

template <class T>
class [[nodiscard]] Result {
 public:
  // Whatever converts to T implicitly converts to a success.
  template <class U = T>
  requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, Failure> &&
           !std::is_same_v<std::remove_cvref_t<U>, Result>) Result(U&& value)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Result(Failure f) : state_(std::in_place_index<1>, std::move(f)) {}

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  // REQUIRES: ok().
  T& operator*() & { return value(); }
  const T& operator*() const& { return const_cast<Result*>(this)->value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &**this; }

  // REQUIRES: !ok().
  [[nodiscard]] const std::string& error() const {
    CHECK(!ok());
    return std::get_if<1>(&state_)->text;
  }

  [[nodiscard]] T value_or(T otherwise) && { return ok() ? std::move(value()) : std::move(otherwise); }

 private:
  T& value() {
    CHECK(ok(), "{}", error());
    return *std::get_if<0>(&state_);
  }

  std::variant<T, Failure> state_;
};

// Success carries nothing: `return {};`.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Failure f) : error_(std::move(f.text)) {}

  [[nodiscard]] bool ok() const noexcept { return !error_; }
  explicit operator bool() const noexcept { return ok(); }

  // REQUIRES: !ok().
  [[nodiscard]] const std::string& error() const {
    CHECK(!ok());
    return *error_;
  }

 private:
  std::optional<std::string> error_;
};

}  // namespace redpoll
