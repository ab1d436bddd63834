// A doubly linked list whose nodes keep their address from insertion to deletion, so that owners can remember
// a node and delete it in O(1).
//
//   List<Client*> waiting;
//   List<Client*>::Node* node = waiting.add_tail(client);
//   ...
//   waiting.erase(node);
//
// Everything is O(1) unless its comment says otherwise. A list owns its values and is moved, never copied:
// see `duplicate`. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/assert.h"
#include "mem/zmalloc.h"

namespace redpoll::ds {

enum class ListWalk : uint8_t { from_head, from_tail };

template <class T>
class List {
 public:
  // `value` is the caller's to change; the links are the list's.
  class Node {
   public:
    T value;

    Node* next() { return next_; }
    const Node* next() const { return next_; }
    Node* prev() { return prev_; }
    const Node* prev() const { return prev_; }

   private:
    friend class List;
    explicit Node(T&& v) : value(std::move(v)) {}

    Node* prev_ = nullptr;
    Node* next_ = nullptr;
  };

  List() = default;
  List(List&& other) noexcept { swap(other); }
  List& operator=(List&& other) noexcept {
    List(std::move(other)).swap(*this);
    return *this;
  }
  ~List() { clear(); }
  void swap(List& other) noexcept {
    std::swap(head_, other.head_);
    std::swap(tail_, other.tail_);
    std::swap(size_, other.size_);
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // nullptr if the list is empty.
  Node* head() { return head_; }
  const Node* head() const { return head_; }
  Node* tail() { return tail_; }
  const Node* tail() const { return tail_; }

  // --- insert: each returns the new node, which stays where it is until it is erased.
  Node* add_head(T value) { return link(nullptr, make(std::move(value)), head_); }
  Node* add_tail(T value) { return link(tail_, make(std::move(value)), nullptr); }
  // REQUIRES: `at` is a node of this list.
  Node* insert_before(Node* at, T value) { return link(at->prev_, make(std::move(value)), at); }
  Node* insert_after(Node* at, T value) { return link(at, make(std::move(value)), at->next_); }

  // --- delete. REQUIRES: `node` is a node of this list; it is gone afterwards.
  void erase(Node* node) {
    unlink(node);
    destroy(node);
  }
  // The same, and returns what was in it.
  T take(Node* node) {
    unlink(node);
    T value = std::move(node->value);
    destroy(node);
    return value;
  }
  // Deletes everything. O(n).
  void clear();

  // --- search
  // The node at a position: 0 is the head, 1 the next, -1 the tail, -2 the one before; nullptr beyond either
  // end. O(distance from the nearer end).
  Node* index(int64_t position);
  const Node* index(int64_t position) const { return const_cast<List*>(this)->index(position); }
  // The first node, from the head on, for whose value `matches` returns true; nullptr if there is none. O(n).
  template <class Matcher>
  Node* find(Matcher&& matches) {
    Node* node = head_;
    while (node != nullptr && !matches(std::as_const(node->value))) node = node->next_;
    return node;
  }
  template <class Matcher>
  const Node* find(Matcher&& matches) const {
    return const_cast<List*>(this)->find(std::forward<Matcher>(matches));
  }

  // --- whole lists
  // A list of copies in the same order. `copy(const T&)` returns std::optional<T>; if one is empty, the
  // copies made so far are destroyed and there is no result. O(n).
  template <class Copier>
  std::optional<List> duplicate(Copier&& copy) const;
  // The last node becomes the first, or the first the last. Nodes keep their address.
  void rotate_tail_to_head();
  void rotate_head_to_tail();
  // Moves all nodes of `other`, which is empty afterwards, behind the last one of this list.
  // REQUIRES: `other` is another list.
  void join(List& other);

  // --- iteration
  // Walks from one end to the other. The node returned last may be erased, and nodes may be inserted
  // anywhere; a node inserted right behind the one returned last may be missed. The node that would come next
  // must stay.
  class Iterator {
   public:
    explicit Iterator(List& list, ListWalk direction = ListWalk::from_head) {
      direction == ListWalk::from_head ? rewind(list) : rewind_tail(list);
    }
    // Begins anew: from the head on, or from the tail back.
    void rewind(List& list) {
      next_ = list.head_;
      direction_ = ListWalk::from_head;
    }
    void rewind_tail(List& list) {
      next_ = list.tail_;
      direction_ = ListWalk::from_tail;
    }
    // The next node, or nullptr at the end.
    Node* next() {
      Node* const node = next_;
      if (node != nullptr) next_ = direction_ == ListWalk::from_head ? node->next_ : node->prev_;
      return node;
    }

   private:
    Node* next_ = nullptr;
    ListWalk direction_ = ListWalk::from_head;
  };

  // Checks the links and the count; panics if one is wrong. O(n).
  void validate() const;

 private:
  static_assert(std::is_nothrow_move_constructible_v<T>);
  static_assert(alignof(T) <= alignof(std::max_align_t));

  static Node* make(T&& value) { return new (mem::zmalloc(sizeof(Node))) Node(std::move(value)); }
  static void destroy(Node* node) {
    std::destroy_at(node);
    mem::zfree(node, sizeof(Node));
  }
  // What points forward to, or back to, the given neighbour: that node, or an end of the list.
  Node*& link_after(Node* before) { return before != nullptr ? before->next_ : head_; }
  Node*& link_before(Node* after) { return after != nullptr ? after->prev_ : tail_; }
  Node* link(Node* before, Node* node, Node* after);
  void unlink(Node* node);

  Node* head_ = nullptr;
  Node* tail_ = nullptr;
  size_t size_ = 0;
};

template <class T>
auto List<T>::link(Node* before, Node* node, Node* after) -> Node* {
  node->prev_ = before;
  node->next_ = after;
  link_after(before) = node;
  link_before(after) = node;
  ++size_;
  return node;
}

template <class T>
void List<T>::unlink(Node* node) {
  link_after(node->prev_) = node->next_;
  link_before(node->next_) = node->prev_;
  --size_;
}

template <class T>
void List<T>::clear() {
  // Emptied first: a destructor that looks at the list must not meet nodes that are gone.
  Node* node = std::exchange(head_, nullptr);
  tail_ = nullptr;
  size_ = 0;
  while (node != nullptr) destroy(std::exchange(node, node->next_));
}

template <class T>
auto List<T>::index(int64_t position) -> Node* {
  const auto size = static_cast<int64_t>(size_);
  if (position < -size || position >= size) return nullptr;
  if (position < 0) position += size;
  Node* node;
  if (position < size / 2) {
    for (node = head_; position > 0; --position) node = node->next_;
  } else {
    for (node = tail_; position < size - 1; ++position) node = node->prev_;
  }
  return node;
}

template <class T>
template <class Copier>
std::optional<List<T>> List<T>::duplicate(Copier&& copy) const {
  List copies;
  for (const Node* node = head_; node != nullptr; node = node->next_) {
    std::optional<T> value = copy(node->value);
    if (!value) return std::nullopt;
    copies.add_tail(std::move(*value));
  }
  return copies;
}

template <class T>
void List<T>::rotate_tail_to_head() {
  if (size_ < 2) return;
  Node* const node = tail_;
  unlink(node);
  link(nullptr, node, head_);
}

template <class T>
void List<T>::rotate_head_to_tail() {
  if (size_ < 2) return;
  Node* const node = head_;
  unlink(node);
  link(tail_, node, nullptr);
}

template <class T>
void List<T>::join(List& other) {
  DCHECK(&other != this);
  if (other.empty()) return;
  link_after(tail_) = other.head_;
  other.head_->prev_ = tail_;
  tail_ = other.tail_;
  size_ += other.size_;
  other.head_ = other.tail_ = nullptr;
  other.size_ = 0;
}

template <class T>
void List<T>::validate() const {
  const Node* before = nullptr;
  size_t count = 0;
  for (const Node* node = head_; node != nullptr; node = node->next_) {
    CHECK(node->prev_ == before, "node {} of a list does not point back to the one before it", count);
    CHECK(++count <= size_, "a list of {} nodes has more of them, or goes round in a circle", size_);
    before = node;
  }
  CHECK(tail_ == before, "the tail of a list is not its last node");
  CHECK(count == size_, "a list of {} nodes has {}", size_, count);
}

}  // namespace redpoll::ds
