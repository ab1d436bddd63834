// A long list of strings: a doubly linked list of nodes, each a listpack of many elements or a single large
// one.
//
//     head                                                                            tail
//      |                                                                               |
//      v                                                                               v
//   +----------+     +----------+     +----------+     +-------------+     +----------+
//   | listpack |<--->| listpack |<--->| LZF      |<--->| 1 element   |<--->| listpack |
//   | 31       |     | 454      |     | 454      |     | of 2 MB     |     | 120      |
//   +----------+     +----------+     +----------+     +-------------+     +----------+
//    |<-------- compress_depth ----->|                 |<-- compress_depth ---------->|
//
// A node is 32 bytes (links, and a QuicklistNode, see there) and its bytes, so an element costs little more
// than what a listpack takes for it. Nodes are no larger than the limit (see NodeLimit), but for those that
// were taken over; an element that would not fit in one is a node by itself, in a mem::Blob. Full nodes are
// split where elements are inserted, and neighbours that have become small are joined.
//
// With a compress depth of n > 0, the n nodes at either end are not compressed, and all others are, unless it
// is not worth while. Reading decompresses to the reader's own memory and changes nothing.
//
// The head keeps some free bytes before its elements, so that pushing and popping there moves none of them.
//
// Not thread-safe, but for reading.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ds/adlist.h"
#include "ds/listpack.h"
#include "ds/packed_buffer.h"
#include "ds/quicklist_node.h"
#include "mem/blob.h"

namespace redpoll::ds {

class QuicklistIterator;

class Quicklist {
 public:
  using Node = List<QuicklistNode>::Node;
  using Iterator = QuicklistIterator;

  // A listpack up to this size is taken over as it is; it is the largest that a packed list can have.
  static constexpr size_t kMostTakenOver = 64 * 1024;

  // `fill`: see NodeLimit. `compress_depth`: uncompressed nodes at either end, 0: all.
  Quicklist(int fill, int compress_depth);
  Quicklist(Quicklist&&) noexcept = default;
  Quicklist& operator=(Quicklist&&) noexcept = default;
  // A list of copies; shares nothing with this one. O(n).
  Quicklist duplicate() const;

  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  const List<QuicklistNode>& nodes() const { return nodes_; }
  NodeLimit limit() const { return NodeLimit::of(fill_); }

  // --- the ends. O(bytes of the text), amortised; see QuicklistNode.
  // The text must not lie in this list (here and below).
  void push(ListEnd end, std::string_view text);
  // Takes the blob over as a node of its own. For elements that a node would not take: see stores_plainly.
  void push(ListEnd end, mem::BlobPtr element);
  bool stores_plainly(std::string_view text) const { return limit().excludes(text); }
  // Removes an element. REQUIRES: !empty().
  void pop(ListEnd end);
  // Appends a whole listpack, as a node if it is not too large for one. REQUIRES: it is valid.
  void append(HeapBuffer listpack);

  // --- by position. O(nodes from the nearer end), and O(bytes of a node).
  // Puts an element before the one that is there. REQUIRES: index < size() (here and below).
  void insert(size_t index, std::string_view text);
  void replace(size_t index, std::string_view text);
  // REQUIRES: start + count <= size(). O(nodes removed) more.
  void erase(size_t start, size_t count);

  // Removes up to `most` elements that are `text`, beginning at the head or at the tail. Returns how many
  // there were. O(n).
  size_t erase_matches(std::string_view text, size_t most, ListWalk direction);

  // --- as a whole
  // Whether all elements lie in one listpack; then take_listpack() gives it away, and the list is empty.
  bool is_single_listpack() const { return nodes_.size() == 1 && !nodes_.head()->value.is_plain(); }
  HeapBuffer take_listpack();
  // Blocks to be freed with the list, and pages to be unmapped. O(1).
  size_t free_effort() const { return nodes_.size() + large_pages_; }
  // Memory beyond this object, as the allocator rounds it; estimated from the first `samples` nodes, 0: from
  // all.
  size_t memory_bytes(size_t samples = 0) const;
  // Checks every promise of the layout; panics if one is broken. O(n).
  void validate() const;

 private:
  friend class QuicklistIterator;
  enum class Side : uint8_t { before, after };

  // An element: its node, and its number there.
  struct Spot {
    Node* node;
    size_t offset;
  };
  // REQUIRES: index < size().
  Spot locate(size_t index) const;
  Node* end_node(ListEnd end) { return end == ListEnd::head ? nodes_.head() : nodes_.tail(); }
  bool has_room(const Node* node, std::string_view text) const;
  QuicklistNode node_of(std::string_view text) const;

  Node* link(Node* node, Side side, QuicklistNode value);
  void link_at_end(ListEnd end, QuicklistNode value);
  void unlink(Node* node);

  void insert_before(Node* node, std::string_view text);
  void insert_by_split(Node* node, ListpackView::Place at, std::string_view text);
  size_t erase_matches_in(Node* node, std::string_view text, size_t most, ListWalk direction,
                          HeapBuffer& scratch);

  // Two neighbours that would make a node with room to spare.
  bool may_join(const Node* left, const Node* right) const;
  Node* join(Node* left, Node* right);
  Node* join_small(Node* node);
  // To be called when nodes came, went or changed: decompresses those near the ends, and compresses the
  // others that may be affected: the ones given, and those that a new node has pushed away from an end.
  // O(compress depth).
  void settle(std::array<Node*, 3> touched = {});

  List<QuicklistNode> nodes_;
  size_t count_ = 0;
  int16_t fill_;
  uint16_t compress_depth_;
  uint32_t large_pages_ = 0;  // of elements so large that freeing them is work
};
static_assert(sizeof(Quicklist) == 40);

// Walks over the elements of a quicklist, or of a single listpack, so that a packed list reads the same. The
// list must not change meanwhile.
//
//   for (QuicklistIterator it(list, 0, ListWalk::from_head); !it.done(); it.advance()) use(it.get());
class QuicklistIterator {
 public:
  // Begins at the element at `index` (0 is the first, -1 the last); done() at once if there is none.
  // O(nodes).
  QuicklistIterator(const Quicklist& list, int64_t index, ListWalk direction);
  QuicklistIterator(std::string_view listpack, int64_t index, ListWalk direction);
  QuicklistIterator(QuicklistIterator&&) noexcept = default;
  QuicklistIterator& operator=(QuicklistIterator&&) = delete;

  bool done() const { return at_ == ListpackView::kNone; }
  // REQUIRES (here and below): !done().
  void advance() {
    at_ = plain_                              ? ListpackView::kNone
          : direction_ == ListWalk::from_head ? listpack().next(at_)
                                              : listpack().prev(at_);
    if (at_ == ListpackView::kNone && node_ != nullptr) enter(next_node());
  }
  // The element, valid until the iterator moves on or goes.
  PackedElement get() const { return plain_ ? PackedElement(bytes_) : listpack().get(at_); }
  // The blob of a large element, to be sent from where it lies; null for others.
  mem::Blob* blob() const { return plain_ && !node_->value.is_compressed() ? &node_->value.blob() : nullptr; }

 private:
  using Node = Quicklist::Node;
  // Stands for the only element of a node.
  static constexpr ListpackView::Place kPlainPlace = 1;

  ListpackView listpack() const { return ListpackView(bytes_); }
  Node* next_node() const { return direction_ == ListWalk::from_head ? node_->next() : node_->prev(); }
  void look_at(Node* node);
  // Goes to the node's first element in the direction; done() without one.
  void enter(Node* node);

  std::string_view bytes_;
  Node* node_ = nullptr;  // null: a single listpack
  ListpackView::Place at_ = ListpackView::kNone;
  ListWalk direction_;
  bool plain_ = false;
  HeapBuffer scratch_;
};

}  // namespace redpoll::ds
