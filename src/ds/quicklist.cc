#include "ds/quicklist.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"

namespace redpoll::ds {

// Freeing a block this large means that the system takes pages back, one by one.
static size_t pages_of(const QuicklistNode& node) {
  constexpr size_t kPage = 4096;
  const bool large = node.is_plain() && node.size() > QuicklistNode::kMaxCompressed;
  return large ? node.size() / kPage : 0;
}

Quicklist::Quicklist(int fill, int compress_depth)
    : fill_(static_cast<int16_t>(std::clamp<int>(fill, -5, std::numeric_limits<int16_t>::max()))),
      compress_depth_(
          static_cast<uint16_t>(std::clamp<int>(compress_depth, 0, std::numeric_limits<uint16_t>::max()))) {}

Quicklist Quicklist::duplicate() const {
  Quicklist twin(fill_, compress_depth_);
  for (const Node* node = nodes_.head(); node != nullptr; node = node->next())
    twin.nodes_.add_tail(node->value.copy());
  twin.count_ = count_;
  twin.large_pages_ = large_pages_;
  return twin;
}

auto Quicklist::locate(size_t index) const -> Spot {
  DCHECK(index < count_);
  auto& nodes = const_cast<List<QuicklistNode>&>(nodes_);
  if (index < count_ / 2) {
    Node* node = nodes.head();
    for (; index >= node->value.count(); node = node->next()) index -= node->value.count();
    return {node, index};
  }
  Node* node = nodes.tail();
  size_t behind = count_ - index;  // elements from the one looked for to the tail
  for (; behind > node->value.count(); node = node->prev()) behind -= node->value.count();
  return {node, node->value.count() - behind};
}

inline bool Quicklist::has_room(const Node* node, std::string_view text) const {
  return node != nullptr && !node->value.is_plain() &&
         limit().allows(node->value.size() + Listpack::bytes_for(text), node->value.count() + 1);
}

QuicklistNode Quicklist::node_of(std::string_view text) const {
  if (stores_plainly(text)) return QuicklistNode::plain(mem::Blob::copy_of(text));
  HeapBuffer buffer;
  Listpack pack(buffer);
  pack.append(text);
  return QuicklistNode::packed(std::move(buffer));
}

auto Quicklist::link(Node* node, Side side, QuicklistNode value) -> Node* {
  large_pages_ += static_cast<uint32_t>(pages_of(value));
  if (side == Side::after) return nodes_.insert_after(node, std::move(value));
  // Only the head has a use for it, and this is no longer the head.
  node->value.close_gap();
  return nodes_.insert_before(node, std::move(value));
}

void Quicklist::link_at_end(ListEnd end, QuicklistNode value) {
  if (nodes_.empty()) {
    large_pages_ += static_cast<uint32_t>(pages_of(value));
    nodes_.add_head(std::move(value));
  } else {
    link(end_node(end), end == ListEnd::head ? Side::before : Side::after, std::move(value));
  }
  settle();
}

void Quicklist::unlink(Node* node) {
  large_pages_ -= static_cast<uint32_t>(pages_of(node->value));
  nodes_.erase(node);
}

bool Quicklist::may_join(const Node* left, const Node* right) const {
  if (left == nullptr || right == nullptr || left->value.is_plain() || right->value.is_plain()) return false;
  // A quarter stays free: if the next element that comes split the node again, and the next to go joined the
  // halves, each would cost as much as the whole node.
  const auto [bytes, count] = limit();
  const size_t together = left->value.count() + right->value.count();
  return left->value.size() + right->value.size() <= bytes / 4 * 3 && together <= count - count / 4;
}

auto Quicklist::join(Node* left, Node* right) -> Node* {
  left->value.decompress();
  right->value.decompress();
  left->value.append(right->value);
  unlink(right);
  return left;
}

auto Quicklist::join_small(Node* node) -> Node* {
  if (may_join(node->prev(), node)) node = join(node->prev(), node);
  if (may_join(node, node->next())) node = join(node, node->next());
  return node;
}

void Quicklist::settle(std::array<Node*, 3> touched) {
  if (compress_depth_ == 0) return;
  Node* front = nodes_.head();
  Node* back = nodes_.tail();
  for (size_t i = 0; i < compress_depth_ && front != nullptr; ++i) {
    for (Node*& node : touched) {
      if (node == front || node == back) node = nullptr;
    }
    front->value.decompress();
    back->value.decompress();
    front = front->next();
    back = back->prev();
  }
  const size_t at_ends = size_t{2} * compress_depth_;
  if (nodes_.size() <= at_ends) return;
  front->value.compress();
  back->value.compress();
  // No operation adds more than two nodes.
  if (nodes_.size() > at_ends + 1) {
    front->next()->value.compress();
    back->prev()->value.compress();
  }
  for (Node* node : touched) {
    if (node != nullptr) node->value.compress();
  }
}

void Quicklist::push(ListEnd end, std::string_view text) {
  Node* const node = end_node(end);
  ++count_;
  if (has_room(node, text)) [[likely]]
    return node->value.push(end, text);
  link_at_end(end, node_of(text));
}

void Quicklist::push(ListEnd end, mem::BlobPtr element) {
  ++count_;
  link_at_end(end, QuicklistNode::plain(std::move(element)));
}

void Quicklist::pop(ListEnd end) {
  DCHECK(count_ > 0);
  Node* const node = end_node(end);
  --count_;
  if (node->value.count() > 1) [[likely]]
    return node->value.pop(end);
  unlink(node);
  settle();
}

void Quicklist::append(HeapBuffer listpack) {
  const ListpackView pack(listpack.view());
  const size_t elements = pack.size();
  if (elements == 0) return;
  if (listpack.size() <= kMostTakenOver && elements <= QuicklistNode::kMaxCount) {
    count_ += elements;
    return link_at_end(ListEnd::tail, QuicklistNode::packed(std::move(listpack)));
  }
  PackedElement::Digits digits;
  for (ListpackView::Place at = pack.first(); at != ListpackView::kNone; at = pack.next(at))
    push(ListEnd::tail, pack.get(at).text(digits));
}

HeapBuffer Quicklist::take_listpack() {
  DCHECK(is_single_listpack());
  HeapBuffer listpack = nodes_.head()->value.take_listpack();
  nodes_.clear();
  count_ = 0;
  return listpack;
}

void Quicklist::insert(size_t index, std::string_view text) {
  const auto [node, offset] = locate(index);
  ++count_;
  const bool fits = has_room(node, text);
  if (!fits && offset == 0) return insert_before(node, text);
  QuicklistNode& value = node->value;
  value.decompress();
  const ListpackView::Place at = ListpackView(value.bytes()).index(static_cast<int64_t>(offset));
  if (!fits) return insert_by_split(node, at, text);
  value.insert(at, text);
  settle({node});
}

void Quicklist::insert_before(Node* node, std::string_view text) {
  Node* before = node->prev();
  if (has_room(before, text)) {
    before->value.decompress();
    before->value.push(ListEnd::tail, text);
  } else {
    before = link(node, Side::before, node_of(text));
  }
  settle({before});
}

void Quicklist::insert_by_split(Node* node, ListpackView::Place at, std::string_view text) {
  Node* right = link(node, Side::after, node->value.split(at));
  const bool to_left = node->value.size() <= right->value.size();
  Node* const smaller = to_left ? node : right;
  Node* between = nullptr;
  if (has_room(smaller, text)) {
    smaller->value.insert(to_left ? ListpackView::kNone : ListpackView(right->value.bytes()).first(), text);
  } else {
    between = link(node, Side::after, node_of(text));
  }
  if (may_join(node->prev(), node)) node = join(node->prev(), node);
  if (may_join(right, right->next())) right = join(right, right->next());
  settle({node, between, right});
}

void Quicklist::replace(size_t index, std::string_view text) {
  const auto [node, offset] = locate(index);
  QuicklistNode& value = node->value;
  if (value.is_plain() && stores_plainly(text)) {
    Node* const fresh = link(node, Side::after, node_of(text));
    unlink(node);
    return settle({fresh});
  }
  if (!value.is_plain()) {
    value.decompress();
    const ListpackView pack(value.bytes());
    const ListpackView::Place at = pack.index(static_cast<int64_t>(offset));
    const size_t size = value.size() - pack.element_bytes(at) + Listpack::bytes_for(text);
    if (size <= std::max(limit().bytes, value.size())) {
      value.replace(at, text);
      return settle({node});
    }
  }
  insert(index, text);
  erase(index + 1, 1);
}

void Quicklist::erase(size_t start, size_t count) {
  DCHECK(start + count <= count_);
  if (count == 0) return;
  auto [node, offset] = locate(start);
  count_ -= count;
  Node* cut = nullptr;  // the first node that lost only a part; only its successor may be another one
  while (count > 0) {
    Node* const next = node->next();
    const size_t part = std::min(count, node->value.count() - offset);
    if (part == node->value.count()) {
      unlink(node);
    } else {
      node->value.decompress();
      node->value.erase(ListpackView(node->value.bytes()).index(static_cast<int64_t>(offset)), part);
      if (cut == nullptr) cut = node;
    }
    count -= part;
    offset = 0;
    node = next;
  }
  if (cut == nullptr) return settle();
  cut = join_small(cut);
  Node* const behind = cut->next() != nullptr ? join_small(cut->next()) : nullptr;
  settle({cut, behind});
}

// A node that has become empty is gone.
size_t Quicklist::erase_matches_in(Node* node, std::string_view text, size_t most, ListWalk direction,
                                   HeapBuffer& scratch) {
  QuicklistNode& value = node->value;
  size_t erased = 0;
  if (value.is_plain()) {
    erased = value.size() == text.size() && value.bytes(scratch) == text ? 1 : 0;
  } else {
    const ListpackView pack(value.bytes(scratch));
    if (pack.find(pack.first(), text) == ListpackView::kNone) return 0;
    value.decompress();
    erased = value.erase_matches(text, most, direction);
  }
  count_ -= erased;
  return erased;
}

size_t Quicklist::erase_matches(std::string_view text, size_t most, ListWalk direction) {
  const bool forward = direction == ListWalk::from_head;
  HeapBuffer scratch;
  size_t erased = 0;
  Node* cut = nullptr;
  for (Node* node = forward ? nodes_.head() : nodes_.tail(); node != nullptr && erased < most;) {
    Node* const following = forward ? node->next() : node->prev();
    const size_t before = node->value.count();
    const size_t here = erase_matches_in(node, text, most - erased, direction, scratch);
    erased += here;
    if (here == before) {
      unlink(node);
      settle();
    } else if (here > 0) {
      // Not with the one that follows: it is still to be looked at.
      Node* const left = forward ? node->prev() : node;
      Node* const right = forward ? node : node->next();
      cut = may_join(left, right) ? join(left, right) : node;
      settle({cut});
    }
    node = following;
  }
  if (cut != nullptr) settle({join_small(cut)});
  return erased;
}

size_t Quicklist::memory_bytes(size_t samples) const {
  size_t seen = 0, sum = 0;
  for (const Node* node = nodes_.head(); node != nullptr; node = node->next()) {
    sum += mem::good_size(sizeof(Node)) + node->value.memory_bytes();
    if (++seen == samples) break;
  }
  if (seen == nodes_.size()) return sum;
  return static_cast<size_t>(static_cast<double>(sum) / static_cast<double>(seen) *
                             static_cast<double>(nodes_.size()));
}

void Quicklist::validate() const {
  nodes_.validate();
  size_t elements = 0, pages = 0, index = 0;
  for (const Node* node = nodes_.head(); node != nullptr; node = node->next(), ++index) {
    const QuicklistNode& value = node->value;
    value.validate();
    elements += value.count();
    pages += pages_of(value);
    CHECK(index == 0 || value.gap() == 0, "node {} of {} has a gap", index, nodes_.size());
    const bool at_end = std::min(index, nodes_.size() - 1 - index) < compress_depth_;
    if (compress_depth_ == 0 || at_end) {
      CHECK(!value.is_compressed(), "node {} of {} is compressed", index, nodes_.size());
    } else {
      CHECK(value.is_settled(), "node {} of {} was not tried to compress", index, nodes_.size());
    }
  }
  CHECK(elements == count_, "{} elements are counted as {}", elements, count_);
  CHECK(pages == large_pages_, "{} pages are counted as {}", pages, large_pages_);
}

QuicklistIterator::QuicklistIterator(const Quicklist& list, int64_t index, ListWalk direction)
    : direction_(direction) {
  const auto size = static_cast<int64_t>(list.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) return;
  const auto [node, offset] = list.locate(static_cast<size_t>(index));
  look_at(node);
  at_ = plain_ ? kPlainPlace : listpack().index(static_cast<int64_t>(offset));
}

QuicklistIterator::QuicklistIterator(std::string_view listpack, int64_t index, ListWalk direction)
    : bytes_(listpack), at_(ListpackView(listpack).index(index)), direction_(direction) {}

void QuicklistIterator::look_at(Node* node) {
  node_ = node;
  plain_ = node->value.is_plain();
  bytes_ = node->value.bytes(scratch_);
}

void QuicklistIterator::enter(Node* node) {
  if (node == nullptr) return;
  look_at(node);
  at_ = plain_ ? kPlainPlace : direction_ == ListWalk::from_head ? listpack().first() : listpack().last();
}

}  // namespace redpoll::ds
