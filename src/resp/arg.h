// One argument of a request: a view, and the flat list that the arguments of a batch are parsed into.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace redpoll::resp {

// Bytes of a request, owned by the read buffer or by the parser. 16 bytes, passed by value; a string_view
// that a template cannot mistake for a container of characters.
class Arg {
 public:
  constexpr Arg() = default;
  constexpr Arg(const char* data, size_t size) : data_(data), size_(size) {}
  constexpr Arg(std::string_view text) : data_(text.data()), size_(text.size()) {}
  constexpr Arg(const char* text) : Arg(std::string_view(text)) {}

  constexpr operator std::string_view() const { return {data_, size_}; }
  constexpr std::string_view view() const { return {data_, size_}; }
  constexpr const char* data() const { return data_; }
  constexpr size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }

  friend constexpr bool operator==(Arg a, Arg b) { return a.view() == b.view(); }
  friend constexpr bool operator==(Arg a, std::string_view b) { return a.view() == b; }
  friend constexpr bool operator==(Arg a, const char* b) { return a.view() == b; }

 private:
  const char* data_ = nullptr;
  size_t size_ = 0;
};
static_assert(sizeof(Arg) == 16);

// The arguments of all requests of a batch, one after another. Growing moves them: a batch remembers the
// index of each request's first argument and takes spans once all is parsed.
class ArgList {
 public:
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Arg* data() { return slots_.data(); }
  const Arg& operator[](size_t i) const { return slots_[i]; }
  std::span<const Arg> span(size_t first, size_t count) const { return {slots_.data() + first, count}; }
  std::span<const Arg> all() const { return {slots_.data(), size_}; }

  // Space for `count` more arguments behind the last one; to be written, then counted by added().
  Arg* room(size_t count) {
    if (slots_.size() - size_ < count) [[unlikely]]
      grow(count);
    return slots_.data() + size_;
  }
  // REQUIRES: room() was asked for at least so many.
  void added(size_t count) { size_ += count; }
  void push_back(Arg arg) {
    *room(1) = arg;
    ++size_;
  }
  // Forgets all but the first `count`. REQUIRES: count <= size().
  void truncate(size_t count) { size_ = count; }
  // Forgets all. Memory is kept for the next batch, unless one unusual request made it large.
  void clear() {
    size_ = 0;
    if (slots_.size() > kKept) [[unlikely]]
      std::vector<Arg>().swap(slots_);
  }

 private:
  static constexpr size_t kKept = 16 * 1024;

  void grow(size_t count) { slots_.resize(std::max({slots_.size() * 2, size_ + count, size_t{64}})); }

  std::vector<Arg> slots_;  // slots_.size() is the capacity: no slot is initialised twice
  size_t size_ = 0;
};

}  // namespace redpoll::resp
