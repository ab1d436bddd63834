// Walks over all elements of a Dict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/assert.h"
#include "ds/dict.h"

namespace redpoll::ds {

enum class IteratorKind : uint8_t {
  safe,    // the element returned last may be removed; others may be added, and may be visited or not
  strict,  // nothing may be added or removed until the iterator is gone: a panic if it is
};

template <class P>
template <class F>
bool Dict<P>::each_while(F&& fn) const {
  // The processor sees by itself that buckets follow one another, but not what they point to.
  constexpr size_t kAhead = 4;
  const size_t buckets = table_.buckets();
  for (size_t i = 0; i < buckets; ++i) {
    if (i + kAhead < buckets) each_in_chain(table_.bucket(i + kAhead), [](Element e) { P::prefetch(e); });
    bool more = true;
    each_in_chain(table_.bucket(i), [&](Element e) { more = more && fn(e); });
    if (!more) return false;
  }
  return true;
}

template <class P>
class Dict<P>::Iterator {
 public:
  explicit Iterator(Dict& dict, IteratorKind kind = IteratorKind::safe)
      : dict_(dict), kind_(kind), changes_(dict.changes_) {
    dict_.pause_rehash();
  }
  ~Iterator() {
    dict_.resume_rehash();
    check_unchanged();
  }
  Iterator(const Iterator&) = delete;
  Iterator& operator=(const Iterator&) = delete;

  // The next element, or nothing at the end.
  std::optional<Element> next() {
    check_unchanged();
    // A bucket is copied when it is entered, so that removing what was returned moves nothing under our feet.
    while (at_ == elements_.size()) {
      if (bucket_ >= dict_.table_.buckets()) return std::nullopt;
      elements_.clear();
      at_ = 0;
      each_in_chain(dict_.table_.bucket(bucket_++), [this](Element e) { elements_.push_back(e); });
    }
    return elements_[at_++];
  }

 private:
  void check_unchanged() const {
    CHECK(kind_ == IteratorKind::safe || changes_ == dict_.changes_,
          "a dict was changed under a strict iterator");
  }

  Dict& dict_;
  const IteratorKind kind_;
  const uint64_t changes_;
  size_t bucket_ = 0;
  std::vector<Element> elements_;
  size_t at_ = 0;
};

}  // namespace redpoll::ds
