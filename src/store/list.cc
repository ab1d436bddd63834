#include "store/list.h"

#include <string>
#include <utility>

namespace redpoll::store {

using ds::HeapBuffer;
using ds::Listpack;
using ds::ListpackView;

namespace {

// The shortest text that is not empty has one byte and takes three.
constexpr size_t kMostOverhead = 3;

}  // namespace

ListEditor::ListEditor(Slot& slot) : slot_(slot) {
  if (slot_.occupied() && slot_.entry().encoding() == Encoding::object)
    list_ = &static_cast<const ListObject&>(slot_.entry().object()).list;
}

ds::NodeLimit ListEditor::limit() const {
  return ds::NodeLimit::of(slot_.database().keyspace().encoding.list_max_listpack_size);
}

ds::Quicklist ListEditor::new_quicklist() const {
  const EncodingLimits& limits = slot_.database().keyspace().encoding;
  return ds::Quicklist(limits.list_max_listpack_size, limits.list_compress_depth);
}

// Calls change(Listpack&) with the bytes of the entry; whether it was a change is for the caller to note.
template <class Change>
auto ListEditor::edit_packed(Change&& change) {
  PackedValue bytes(slot_);
  Listpack pack(bytes);
  return change(pack);
}

void ListEditor::unpack() {
  auto object = std::make_unique<ListObject>(new_quicklist());
  list_ = &object->list;
  if (!slot_.occupied()) return slot_.store(Value::collection(Type::list, std::move(object)));
  object->list.append(HeapBuffer(slot_.entry().packed()));
  slot_.reencode(Value::collection(Type::list, std::move(object)));
}

void ListEditor::pack_if_small() {
  if (list_ == nullptr || !list_->is_single_listpack()) return;
  const ds::NodeLimit most = limit();
  const ds::QuicklistNode& node = list_->nodes().head()->value;
  if (most.counted() ? node.count() > most.count / 2 : node.size() > most.bytes / 2) return;
  const HeapBuffer listpack = begin_edit().take_listpack();
  list_ = nullptr;
  slot_.reencode(Value::packed(Type::list, listpack.view()));
}

void ListEditor::expect(size_t count, size_t bytes) {
  if (list_ != nullptr) return;
  const ListpackView pack(slot_.occupied() ? slot_.entry().packed() : ListpackView::kEmpty);
  if (!limit().allows(pack.total_bytes() + bytes, pack.size() + count)) return unpack();
  if (!slot_.occupied()) slot_.store(Value::packed(Type::list, ListpackView::kEmpty));
}

void ListEditor::push(ListEnd end, std::string_view text) {
  if (list_ != nullptr) return edit().push(end, text);
  slot_.note_change();
  const size_t bytes = edit_packed([&](Listpack& pack) {
    end == ListEnd::head ? pack.prepend(text) : pack.append(text);
    return pack.total_bytes();
  });
  // Text without bytes does not count for `expect`, but a million such elements take room all the same.
  if (bytes > kMostOverhead * limit().bytes) unpack();
}

void ListEditor::insert(size_t index, std::string_view text) {
  if (list_ != nullptr) return edit().insert(index, text);
  slot_.note_change();
  edit_packed([&](Listpack& pack) { pack.insert(pack.index(static_cast<int64_t>(index)), text); });
}

void ListEditor::replace(size_t index, std::string_view text) {
  slot_.note_change();
  if (list_ == nullptr)
    return edit_packed([&](Listpack& pack) { pack.replace(pack.index(static_cast<int64_t>(index)), text); });
  edit().replace(index, text);
  pack_if_small();
}

void ListEditor::erase(size_t start, size_t count) {
  if (count == 0) return;
  slot_.note_change();
  // Nothing is taken apart that goes as a whole: a large list is freed by another thread.
  if (count == size()) {
    emptied_ = true;
  } else if (list_ == nullptr) {
    edit_packed([&](Listpack& pack) { pack.erase(pack.index(static_cast<int64_t>(start)), count); });
  } else {
    edit().erase(start, count);
    pack_if_small();
  }
}

void ListEditor::pop(ListEnd end) {
  if (list_ == nullptr || list_->size() == 1) return erase(end == ListEnd::head ? 0 : size() - 1, 1);
  edit().pop(end);
  pack_if_small();
}

void ListEditor::rotate(ListEnd from, ListEnd to) {
  // Taken and put back, it is a change all the same.
  slot_.note_change();
  if (from == to || size() == 1) return;
  const auto it = ListView(slot_.entry()).iterate(from);
  if (mem::Blob* const blob = it.blob()) {
    edit().push(to, mem::BlobPtr::share(*blob));
    return pop(from);
  }
  Element::Digits digits;
  const std::string text(it.get().text(digits));
  if (list_ != nullptr) {
    edit().push(to, text);
    return pop(from);
  }
  pop(from);
  expect(1, text.size());
  push(to, text);
}

size_t ListEditor::erase_matches(std::string_view text, size_t most, ds::ListWalk direction) {
  const size_t erased =
      list_ != nullptr
          ? begin_edit().erase_matches(text, most, direction)
          : edit_packed([&](Listpack& pack) { return ds::erase_matches(pack, text, most, direction); });
  if (erased == 0) return 0;
  slot_.note_change();
  pack_if_small();
  return erased;
}

}  // namespace redpoll::store
