// Elements on their way out of lists: what LPOP, LMOVE, LMPOP and their blocking relatives have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "cmd/multi_pop.h"
#include "exec/arg_reader.h"
#include "exec/call.h"
#include "store/list.h"

namespace redpoll::cmd {

using store::ListEnd;

// LEFT or RIGHT; else it latches a syntax error.
ListEnd read_list_end(exec::ArgReader& in);

// What elements being added and removed there is called: as an event, and as the command that does it.
constexpr std::string_view push_event(ListEnd end) { return end == ListEnd::head ? "lpush" : "rpush"; }
constexpr std::string_view pop_event(ListEnd end) { return end == ListEnd::head ? "lpop" : "rpop"; }
constexpr std::string_view pop_command(ListEnd end) { return end == ListEnd::head ? "LPOP" : "RPOP"; }

// Writes the element as a bulk; a large one is sent from where it lies. REQUIRES: !it.done().
void reply_element(exec::Call& c, const store::ListView::Iterator& it);

// REQUIRES (both): the slot holds a list. They remove elements, tell of it, and erase the key with the
// last one; the command is propagated as it is. Writes the element that goes.
void pop_one(exec::Call& c, exec::Slot& slot, ListEnd end);
// Writes an array of up to `count` elements, the outermost first. REQUIRES: count > 0. Returns how many.
size_t pop_several(exec::Call& c, exec::Slot& slot, ListEnd end, int64_t count);

// The following write a reply, or return an error, only if there is an element; nothing has happened
// otherwise, and it is for the caller to reply null or to wait.

// BLPOP, BRPOP: the key and the element as a pair, from the first of `keys` that is there. Wrong type if that
// is no list. Propagates LPOP or RPOP.
std::optional<exec::Outcome> try_pop_pair(exec::Call& c, std::span<const exec::Arg> keys, ListEnd end);

// LMPOP, BLMPOP: numkeys key [key ...] LEFT|RIGHT [COUNT count].
using MultiPop = CountedPop<ListEnd>;
// `first`: where numkeys stands. REQUIRES: first < c.args.size().
MultiPop read_multi_pop(const exec::Call& c, size_t first);
// The key and an array of elements, from the first of the keys that is there. Wrong type if that is no list.
// Propagates LPOP or RPOP with the number of elements. REQUIRES: !what.bad.
std::optional<exec::Outcome> try_multi_pop(exec::Call& c, const MultiPop& what);

// LMOVE, RPOPLPUSH, BLMOVE, BRPOPLPUSH: moves an element from one end of `source` to one of `target`, which
// may be the same, and replies it. Wrong type if either is no list. The command is propagated as it is.
std::optional<exec::Outcome> try_move(exec::Call& c, std::string_view source, std::string_view target,
                                      ListEnd from, ListEnd to);

}  // namespace redpoll::cmd
