// A callable of two words: an object and a function to run on it. No allocation, no virtual call, comparable.
//
//   FileHandler h = FileHandler::to<&Client::on_readable>(client);
//
// A delegate does not own its object: whoever registers it removes it before the object dies.
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

namespace redpoll::ae {

template <class Signature>
class Delegate;

template <class R, class... Args>
class Delegate<R(Args...)> {
 public:
  constexpr Delegate() = default;

  // `Function` is a member function of T, or a function whose first parameter is T&. It takes either all of
  // Args or none of them.
  template <auto Function, class T>
  requires(!std::is_pointer_v<T>) static constexpr Delegate to(T& object) {
    return Delegate(const_cast<std::remove_const_t<T>*>(&object), [](void* self, Args... args) -> R {
      T& target = *static_cast<T*>(self);
      if constexpr (std::is_invocable_r_v<R, decltype(Function), T&, Args...>) {
        return std::invoke(Function, target, std::forward<Args>(args)...);
      } else {
        return std::invoke(Function, target);
      }
    });
  }
  template <auto Function, class T>
  static constexpr Delegate to(T* object) {
    return to<Function>(*object);
  }

  // A callable object (a lambda, say) that outlives its registration.
  template <class F>
  static constexpr Delegate of(F& callable) {
    return Delegate(const_cast<std::remove_const_t<F>*>(&callable), [](void* self, Args... args) -> R {
      if constexpr (std::is_invocable_r_v<R, F&, Args...>) {
        return (*static_cast<F*>(self))(std::forward<Args>(args)...);
      } else {
        return (*static_cast<F*>(self))();
      }
    });
  }
  // A temporary would be gone when the delegate is called.
  template <class F>
  static Delegate of(const F&& callable) = delete;

  explicit constexpr operator bool() const { return thunk_ != nullptr; }
  // REQUIRES: not empty.
  R operator()(Args... args) const { return thunk_(object_, std::forward<Args>(args)...); }

  // Equal: the same function on the same object.
  friend constexpr bool operator==(const Delegate&, const Delegate&) = default;

 private:
  using Thunk = R (*)(void*, Args...);
  constexpr Delegate(void* object, Thunk thunk) : object_(object), thunk_(thunk) {}

  void* object_ = nullptr;
  Thunk thunk_ = nullptr;
};

}  // namespace redpoll::ae
