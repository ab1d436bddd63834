// A quicklist beside a std::deque that undergoes the same: for tests that draw operations at random, and the
// fuzzer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "ds/quicklist.h"

namespace redpoll::ds {

// The element at which an iterator is.
inline std::string text_at(const QuicklistIterator& it) {
  PackedElement::Digits digits;
  return std::string(it.get().text(digits));
}

// A listpack of these elements.
template <class Texts>
HeapBuffer listpack_of(const Texts& texts) {
  HeapBuffer buffer;
  Listpack pack(buffer);
  for (const auto& text : texts) pack.append(text);
  return buffer;
}

class QuicklistModel {
 public:
  QuicklistModel(int fill, int compress_depth) : list(fill, compress_depth) {}

  size_t size() const { return model.size(); }

  void push(ListEnd end, const std::string& text) {
    list.push(end, text);
    end == ListEnd::head ? model.push_front(text) : model.push_back(text);
  }
  // As the command does it that has received a large element.
  void push_blob(ListEnd end, const std::string& text) {
    if (!list.stores_plainly(text)) return push(end, text);
    list.push(end, mem::Blob::copy_of(text));
    end == ListEnd::head ? model.push_front(text) : model.push_back(text);
  }
  void pop(ListEnd end) {
    list.pop(end);
    end == ListEnd::head ? model.pop_front() : model.pop_back();
  }
  void insert(size_t index, const std::string& text) {
    list.insert(index, text);
    model.insert(model.begin() + static_cast<std::ptrdiff_t>(index), text);
  }
  void replace(size_t index, const std::string& text) {
    list.replace(index, text);
    model[index] = text;
  }
  void erase(size_t start, size_t count) {
    list.erase(start, count);
    const auto first = model.begin() + static_cast<std::ptrdiff_t>(start);
    model.erase(first, first + static_cast<std::ptrdiff_t>(count));
  }
  void erase_matches(const std::string& text, size_t most, ListWalk direction) {
    const size_t erased = list.erase_matches(text, most, direction);
    const size_t before = model.size();
    const auto unwanted = [&, left = most](const std::string& element) mutable {
      return element == text && left > 0 && left-- > 0;
    };
    if (direction == ListWalk::from_head) {
      keep_others(model.begin(), model.end(), unwanted);
    } else {
      std::reverse(model.begin(), model.end());
      keep_others(model.begin(), model.end(), unwanted);
      std::reverse(model.begin(), model.end());
    }
    CHECK(erased == before - model.size(), "{} elements went instead of {}", erased, before - model.size());
  }
  // A packed list that becomes a quicklist, with others behind it.
  void append(const std::deque<std::string>& texts) {
    list.append(listpack_of(texts));
    model.insert(model.end(), texts.begin(), texts.end());
  }
  // There and back, as a list that is packed and unpacked again.
  void repack() {
    if (!list.is_single_listpack()) return;
    HeapBuffer listpack = list.take_listpack();
    CHECK(list.empty() && list.nodes().empty());
    list.append(std::move(listpack));
  }
  void exchange_for_duplicate() { list = list.duplicate(); }

  // Panics unless the list is valid and holds what the model holds.
  void check() const {
    list.validate();
    CHECK(list.size() == model.size(), "{} elements instead of {}", list.size(), model.size());
    check_from(0, ListWalk::from_head);
    check_from(-1, ListWalk::from_tail);
  }
  // Looks at no more than `most` elements, from `index` on.
  void check_from(int64_t index, ListWalk direction, size_t most = SIZE_MAX) const {
    const auto size_now = static_cast<int64_t>(model.size());
    int64_t at = index < 0 ? index + size_now : index;
    QuicklistIterator it(list, index, direction);
    for (; most > 0 && at >= 0 && at < size_now; --most, it.advance()) {
      CHECK(!it.done(), "the list ends at {} of {}", at, size_now);
      const std::string& expected = model[static_cast<size_t>(at)];
      CHECK(it.get().equals(expected) && text_at(it) == expected, "element {} of {} is not the one", at,
            size_now);
      at += direction == ListWalk::from_head ? 1 : -1;
    }
    CHECK(it.done() || most == 0, "the list does not end");
  }

  Quicklist list;
  std::deque<std::string> model;

 private:
  template <class Iterator, class Unwanted>
  void keep_others(Iterator begin, Iterator end, Unwanted unwanted) {
    auto kept = begin;
    for (auto it = begin; it != end; ++it) {
      if (unwanted(*it)) continue;
      if (kept != it) *kept = std::move(*it);
      ++kept;
    }
    model.erase(kept, end);
  }
};

}  // namespace redpoll::ds
