// Lists: packed in their entry while they are small, else a quicklist.
//
// A list is packed up to the size of a node (list-max-listpack-size), by the rules of Redis 7.2: before
// elements are added it is judged by their bytes as text, and a quicklist is packed again when elements went
// and what is left is a single listpack of at most half the limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "ds/listpack.h"
#include "ds/quicklist.h"
#include "mem/blob.h"
#include "mem/zmalloc.h"
#include "store/element.h"
#include "store/entry.h"
#include "store/object.h"
#include "store/slot.h"

namespace redpoll::store {

using ds::ListEnd;

class ListObject final : public Object {
 public:
  explicit ListObject(ds::Quicklist elements) : list(std::move(elements)) {}

  std::string_view encoding_name() const override { return "quicklist"; }
  std::unique_ptr<Object> clone() const override { return std::make_unique<ListObject>(list.duplicate()); }
  Bytes memory_bytes(size_t samples) const override {
    return mem::good_size(sizeof *this) + list.memory_bytes(samples);
  }
  size_t free_effort() const override { return list.free_effort(); }
  void validate() const override { list.validate(); }

  ds::Quicklist list;
};

// A look at a list. Valid until the entry or its database changes.
class ListView {
 public:
  using Iterator = ds::QuicklistIterator;

  explicit ListView(const Entry& entry)
      : list_(entry.encoding() == Encoding::object ? &static_cast<const ListObject&>(entry.object()).list
                                                   : nullptr),
        packed_(list_ == nullptr ? entry.packed() : std::string_view{}) {}

  size_t size() const { return list_ != nullptr ? list_->size() : ds::ListpackView(packed_).size(); }
  // Walks from the element at `index` (0 is the first, -1 the last) towards the tail, or towards the head if
  // it comes from_tail; done() at once if there is none. See ds::QuicklistIterator for what it costs and how
  // long it lives.
  Iterator iterate(int64_t index = 0, ds::ListWalk direction = ds::ListWalk::from_head) const {
    return list_ != nullptr ? Iterator(*list_, index, direction) : Iterator(packed_, index, direction);
  }
  // Begins at an end, and walks away from it.
  Iterator iterate(ListEnd end) const {
    return end == ListEnd::head ? iterate(0, ds::ListWalk::from_head) : iterate(-1, ds::ListWalk::from_tail);
  }

 private:
  const ds::Quicklist* list_;
  std::string_view packed_;
};

// Changes the list of a slot and chooses how it is stored. Views and iterators of the list are invalid after
// a change. A list that has lost its last element is left for the caller to erase (cmd::erase_if_empty).
class ListEditor {
 public:
  // REQUIRES: slot.accepts<List>(); nothing else changes the slot meanwhile.
  explicit ListEditor(Slot& slot);

  size_t size() const { return emptied_ || !slot_.occupied() ? 0 : ListView(slot_.entry()).size(); }

  // Prepares for `count` elements of `bytes` bytes in all, as text: creates the list if there is none, and
  // lets a packed one become a quicklist that they would make too large.
  void expect(size_t count, size_t bytes);

  // REQUIRES (all that add or replace): `expect` was called for what comes. The text must not lie in this
  // list.
  void push(ListEnd end, std::string_view text);
  // Takes an element over that is so large that it would be a node by itself. REQUIRES: stores_plainly(its
  // bytes).
  void push(ListEnd end, mem::BlobPtr element) { edit().push(end, std::move(element)); }
  bool stores_plainly(std::string_view text) const { return list_ != nullptr && list_->stores_plainly(text); }
  // Puts an element before the one at `index`. REQUIRES: index < size() (here and below).
  void insert(size_t index, std::string_view text);
  void replace(size_t index, std::string_view text);

  // REQUIRES: start + count <= size().
  void erase(size_t start, size_t count);
  // Removes an element at an end. REQUIRES: size() > 0.
  void pop(ListEnd end);
  // REQUIRES: count <= size().
  void pop(ListEnd end, size_t count) { erase(end == ListEnd::head ? 0 : size() - count, count); }
  // Takes an element from one end to another. REQUIRES: size() > 0.
  void rotate(ListEnd from, ListEnd to);
  // Removes up to `most` elements that are `text`, beginning at the head or at the tail. Returns how many
  // there were.
  size_t erase_matches(std::string_view text, size_t most, ds::ListWalk direction);

 private:
  // The quicklist. `begin_edit`: what is done to it may come to nothing, see Slot. REQUIRES: it is one.
  ds::Quicklist& begin_edit() { return static_cast<ListObject&>(slot_.begin_edit().object()).list; }
  ds::Quicklist& edit() {
    slot_.note_change();
    return begin_edit();
  }
  ds::NodeLimit limit() const;
  ds::Quicklist new_quicklist() const;
  void unpack();
  void pack_if_small();
  template <class Change>
  auto edit_packed(Change&& change);

  Slot& slot_;
  const ds::Quicklist* list_ = nullptr;  // null: the list is packed, or there is none
  bool emptied_ = false;
};

// The type tag for Database::find and Slot.
struct List {
  using View = ListView;
  static constexpr Type kType = Type::list;
};

}  // namespace redpoll::store
