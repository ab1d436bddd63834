#include "cmd/list_moves.h"

#include <algorithm>

#include "cmd/collection.h"

namespace redpoll::cmd {

using namespace exec;
using namespace exec::option_literals;
using store::Element;
using store::List;
using store::ListEditor;
using store::ListView;

ListEnd read_list_end(ArgReader& in) {
  switch (in.option()) {
    case "LEFT"_opt: return ListEnd::head;
    case "RIGHT"_opt: return ListEnd::tail;
    default: in.reject(err::syntax); return ListEnd::head;
  }
}

void reply_element(Call& c, const ListView::Iterator& it) {
  if (mem::Blob* const blob = it.blob()) {
    c.out.bulk(mem::BlobPtr::share(*blob));
  } else {
    c.out.bulk(it.get());
  }
}

// Says that `count` elements went from an end of the list, and erases its key if they were the last.
static void popped(Call& c, Slot& slot, const ListEditor& list, ListEnd end, size_t count) {
  changed(c, slot, Event::list, pop_event(end), count);
  erase_if_empty(c, slot, list.size());
}

void pop_one(Call& c, Slot& slot, ListEnd end) {
  reply_element(c, ListView(slot.entry()).iterate(end));
  ListEditor list(slot);
  list.pop(end);
  popped(c, slot, list, end, 1);
}

size_t pop_several(Call& c, Slot& slot, ListEnd end, int64_t count) {
  const ListView view(slot.entry());
  const size_t several = std::min(view.size(), static_cast<size_t>(count));
  c.out.array(several);
  auto it = view.iterate(end);
  for (size_t i = 0; i < several; ++i, it.advance()) reply_element(c, it);
  ListEditor list(slot);
  list.pop(end, several);
  popped(c, slot, list, end, several);
  return several;
}

std::optional<Outcome> try_pop_pair(Call& c, std::span<const Arg> keys, ListEnd end) {
  return pop_first<List>(c, keys, [&](Slot& slot) {
    c.out.array(2);
    c.out.bulk(slot.key());
    pop_one(c, slot, end);
    c.propagate_as(pop_command(end), slot.key());
  });
}

MultiPop read_multi_pop(const Call& c, size_t first) {
  return read_counted_pop<ListEnd>(c, first, read_list_end);
}

std::optional<Outcome> try_multi_pop(Call& c, const MultiPop& what) {
  return pop_first<List>(c, what.keys, [&](Slot& slot) {
    c.out.array(2);
    c.out.bulk(slot.key());
    const size_t popped_count = pop_several(c, slot, what.end, what.count);
    c.propagate_as(pop_command(what.end), slot.key(), static_cast<int64_t>(popped_count));
  });
}

// Adds a copy of the element; a large one is shared.
static void push_element(ListEditor& list, ListEnd end, const ListView::Iterator& it) {
  Element::Digits digits;
  const std::string_view text = it.get().text(digits);
  list.expect(1, text.size());
  if (it.blob() != nullptr && list.stores_plainly(text)) {
    list.push(end, mem::BlobPtr::share(*it.blob()));
  } else {
    list.push(end, text);
  }
}

// From end to end of one list.
static std::optional<Outcome> rotate(Call& c, Slot& slot, ListEnd from, ListEnd to) {
  reply_element(c, ListView(slot.entry()).iterate(from));
  ListEditor(slot).rotate(from, to);
  c.notify(slot, Event::list, push_event(to));
  c.changed(slot, Event::list, pop_event(from));
  return done;
}

std::optional<Outcome> try_move(Call& c, std::string_view source, std::string_view target, ListEnd from,
                                ListEnd to) {
  const store::Entry* origin = nullptr;
  {
    Slot slot = c.db().probe(source);
    if (!slot) return std::nullopt;
    if (!slot.accepts<List>()) return err::wrong_type;
    if (source == target) return rotate(c, slot, from, to);
    origin = &slot.entry();
  }
  {
    Slot slot = c.db().probe(target);
    if (!slot.accepts<List>()) return err::wrong_type;
    // The source stays where it is: only the target changes.
    const auto it = ListView(*origin).iterate(from);
    ListEditor list(slot);
    push_element(list, to, it);
    if (slot.created()) c.notify(slot, Event::new_key, "new");
    c.notify(slot, Event::list, push_event(to));
    reply_element(c, it);
  }
  Slot slot = c.db().probe(source);
  ListEditor list(slot);
  list.pop(from);
  popped(c, slot, list, from, 1);
  return done;
}

}  // namespace redpoll::cmd
