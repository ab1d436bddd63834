#include "ds/quicklist_node.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "ds/listpack_front.h"
#include "ds/lzf.h"
#include "ds/packed_needle.h"

namespace redpoll::ds {
namespace {

using Place = ListpackView::Place;
constexpr size_t kLzfHeader = sizeof(uint32_t);

size_t erase_from_head(Listpack& pack, std::string_view text, size_t most) {
  const PackedNeedle unwanted(text);
  size_t erased = 0;
  Place at = pack.find(pack.first(), text);
  while (at != ListpackView::kNone && erased < most) {
    // Neighbours go at once: what follows them is moved only once.
    size_t run = 1;
    Place end = pack.next(at);
    for (; end != ListpackView::kNone && erased + run < most && unwanted.equals(pack.get(end));
         end = pack.next(end))
      ++run;
    at = pack.find(pack.erase(at, run), text);
    erased += run;
  }
  return erased;
}

size_t erase_from_tail(Listpack& pack, std::string_view text, size_t most) {
  const PackedNeedle unwanted(text);
  size_t erased = 0;
  for (Place at = pack.last(); at != ListpackView::kNone && erased < most;) {
    const Place before = pack.prev(at);
    if (unwanted.equals(pack.get(at))) {
      pack.erase(at);
      ++erased;
    }
    at = before;
  }
  return erased;
}

// How many elements there are from `at` on.
size_t count_from(ListpackView pack, Place at) {
  size_t count = 0;
  for (; at != ListpackView::kNone; at = pack.next(at)) ++count;
  return count;
}

}  // namespace

size_t erase_matches(Listpack& pack, std::string_view text, size_t most, ListWalk direction) {
  return direction == ListWalk::from_head ? erase_from_head(pack, text, most)
                                          : erase_from_tail(pack, text, most);
}

QuicklistNode QuicklistNode::packed(HeapBuffer listpack) {
  const size_t count = ListpackView(listpack.view()).size();
  const size_t size = listpack.size();
  CHECK(count <= kMaxCount && size <= ListpackView::kMaxBytes, "a node of {} elements, {} bytes", count,
        size);
  return {listpack.release(), size, count, false};
}

QuicklistNode QuicklistNode::plain(mem::BlobPtr element) { return {element.release(), 0, 1, true}; }

QuicklistNode::QuicklistNode(QuicklistNode&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(other.size_),
      count_(other.count_),
      gap_(other.gap_),
      plain_(other.plain_),
      state_(other.state_) {}

QuicklistNode& QuicklistNode::operator=(QuicklistNode&& other) noexcept {
  if (this != &other) {
    std::destroy_at(this);
    std::construct_at(this, std::move(other));
  }
  return *this;
}

void QuicklistNode::release() {
  if (data_ == nullptr) return;
  if (is_compressed()) {
    mem::zfree(data_, kLzfHeader + lzf().size());
  } else if (plain_) {
    mem::BlobPtr::adopt(&blob()).reset();
  } else {
    mem::zfree(data_, block_bytes());
  }
  data_ = nullptr;
  gap_ = 0;
}

QuicklistNode QuicklistNode::copy() const {
  void* twin_data;
  if (is_compressed()) {
    twin_data = HeapBuffer({static_cast<const char*>(data_), kLzfHeader + lzf().size()}).release();
  } else {
    twin_data =
        plain_ ? mem::Blob::copy_of(bytes()).release() : static_cast<void*>(HeapBuffer(bytes()).release());
  }
  QuicklistNode twin(twin_data, size_, count_, plain_);
  twin.state_ = state_;
  return twin;
}

std::string_view QuicklistNode::lzf() const {
  DCHECK(is_compressed());
  uint32_t size;
  std::memcpy(&size, data_, sizeof size);
  return {static_cast<const char*>(data_) + kLzfHeader, size};
}

std::string_view QuicklistNode::bytes() const {
  DCHECK(!is_compressed());
  return plain_ ? blob().view() : std::string_view(reinterpret_cast<const char*>(listpack()), size_);
}

void QuicklistNode::decompress_to(uint8_t* to) const {
  CHECK(lzf_decompress(lzf(), {to, size_}), "a compressed node of a list is broken");
}

std::string_view QuicklistNode::bytes(HeapBuffer& scratch) const {
  if (!is_compressed()) return bytes();
  scratch.resize(size_);
  decompress_to(scratch.data());
  return scratch.view();
}

void QuicklistNode::compress() {
  if (is_settled()) return;
  state_ = State::tried;
  const std::string_view raw = bytes();
  if (raw.size() < kMinCompressed || raw.size() > kMaxCompressed) return;
  HeapBuffer block;
  block.resize(kLzfHeader + raw.size() - kMinSaved - 1);
  const size_t compressed = lzf_compress(raw, {block.data() + kLzfHeader, block.size() - kLzfHeader});
  if (compressed == 0) return;
  block.resize(kLzfHeader + compressed);
  const auto field = static_cast<uint32_t>(compressed);
  std::memcpy(block.data(), &field, sizeof field);
  size_ = static_cast<uint32_t>(raw.size());
  release();
  data_ = block.release();
  state_ = State::compressed;
}

void QuicklistNode::decompress() {
  if (!is_compressed()) return;
  void* raw;
  if (plain_) {
    mem::BlobPtr element = mem::Blob::allocate(size_);
    element->set_size(size_);
    decompress_to(reinterpret_cast<uint8_t*>(element->data()));
    raw = element.release();
  } else {
    HeapBuffer listpack;
    listpack.resize(size_);
    decompress_to(listpack.data());
    raw = listpack.release();
  }
  release();
  data_ = raw;
  state_ = State::fresh;
}

HeapBuffer QuicklistNode::take_listpack() {
  DCHECK(!plain_ && !is_compressed());
  close_gap();
  return HeapBuffer::adopt(static_cast<uint8_t*>(std::exchange(data_, nullptr)), size_);
}

// The bytes of the listpack as it is edited. The gap stays.
class QuicklistNode::Space final : public PackedBuffer {
 public:
  explicit Space(QuicklistNode& node) : PackedBuffer(node.listpack(), node.size_), node_(node) {}

 private:
  void reallocate(size_t size) override {
    node_.data_ = mem::zrealloc(node_.data_, node_.block_bytes(), node_.gap_ + size);
    node_.size_ = static_cast<uint32_t>(size);
    set(node_.listpack(), size);
  }

  QuicklistNode& node_;
};

template <class Change>
void QuicklistNode::edit(Change&& change) {
  Space space(*this);
  Listpack pack(space);
  change(pack);
  state_ = State::fresh;
}

void QuicklistNode::close_gap() {
  if (gap_ == 0) return;
  std::memmove(block(), listpack(), size_);
  data_ = mem::zrealloc(data_, block_bytes(), size_);
  gap_ = 0;
}

void QuicklistNode::widen_gap(size_t room) {
  // An eighth more than there is, and the rest of the size class: a node that grows to its limit is moved a
  // few dozen times, and not at each push.
  const size_t gap = std::min(mem::good_size(room + size_ + size_ / 8) - size_, kMaxGap);
  auto* const wider = static_cast<uint8_t*>(mem::zmalloc(gap + size_));
  std::memcpy(wider + gap, listpack(), size_);
  mem::zfree(data_, block_bytes());
  data_ = wider;
  gap_ = gap & kMaxGap;
}

void QuicklistNode::begin_at(const uint8_t* listpack) {
  const auto gap = static_cast<size_t>(listpack - block());
  const size_t size = block_bytes() - gap;
  if (gap > std::min(size, kMaxGap)) {
    // More is free than is not: so it costs no more than what was popped.
    std::memmove(block(), listpack, size);
    data_ = mem::zrealloc(data_, block_bytes(), size);
    gap_ = 0;
  } else {
    gap_ = gap & kMaxGap;
  }
  size_ = static_cast<uint32_t>(size);
  state_ = State::fresh;
}

void QuicklistNode::push_first(std::string_view text) {
  const size_t room = Listpack::bytes_for(text);
  if (room > kMaxGap / 2) return edit([&](Listpack& pack) { pack.prepend(text); });
  if (room > gap_) widen_gap(room);
  begin_at(put_first(listpack(), text));
}

void QuicklistNode::push(ListEnd end, std::string_view text) {
  end == ListEnd::head ? push_first(text) : edit([&](Listpack& pack) { pack.append(text); });
  ++count_;
}

void QuicklistNode::insert(Place at, std::string_view text) {
  edit([&](Listpack& pack) { pack.insert(at, text); });
  ++count_;
}

void QuicklistNode::replace(Place at, std::string_view text) {
  edit([&](Listpack& pack) { pack.replace(at, text); });
}

void QuicklistNode::erase(Place at, size_t count) {
  edit([&](Listpack& pack) { pack.erase(at, count); });
  count_ = static_cast<uint16_t>(count_ - count);
}

void QuicklistNode::pop(ListEnd end) {
  end == ListEnd::head ? begin_at(drop_first(listpack()))
                       : edit([](Listpack& pack) { pack.erase(pack.last()); });
  --count_;
}

size_t QuicklistNode::erase_matches(std::string_view text, size_t most, ListWalk direction) {
  size_t erased = 0;
  edit([&](Listpack& pack) { erased = ds::erase_matches(pack, text, most, direction); });
  count_ = static_cast<uint16_t>(count_ - erased);
  return erased;
}

void QuicklistNode::append(const QuicklistNode& other) {
  edit([&](Listpack& pack) { pack.append_all(ListpackView(other.bytes())); });
  count_ = static_cast<uint16_t>(count_ + other.count_);
}

QuicklistNode QuicklistNode::split(Place at) {
  HeapBuffer rest(bytes());
  const size_t behind = count_from(ListpackView(bytes()), at);
  erase(at, behind);
  Listpack pack(rest);
  pack.erase(pack.first(), count_);
  return packed(std::move(rest));
}

size_t QuicklistNode::memory_bytes() const {
  if (is_compressed()) return mem::good_size(kLzfHeader + lzf().size());
  return plain_ ? blob().memory() : mem::good_size(block_bytes());
}

void QuicklistNode::validate() const {
  HeapBuffer scratch;
  const std::string_view raw = bytes(scratch);
  CHECK(raw.size() == size(), "a node of {} bytes has {}", size(), raw.size());
  CHECK(count_ > 0, "a node of a list is empty");
  if (plain_) {
    CHECK(count_ == 1, "a large element is counted as {}", count_);
    return;
  }
  CHECK(ListpackView::valid(raw), "a node is no listpack");
  CHECK(ListpackView(raw).size() == count_, "a node of {} elements has {}", count_, ListpackView(raw).size());
}

}  // namespace redpoll::ds
