// What LMPOP and ZMPOP have in common with each other and with their blocking relatives: numkeys key [key
// ...] END [COUNT count], and the first of the keys that is there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/numbers.h"
#include "exec/arg_reader.h"
#include "exec/call.h"

namespace redpoll::cmd {

// `End`: which end of the collections elements are taken from.
template <class End>
struct CountedPop {
  exec::Outcome bad = exec::done;  // what is wrong with the arguments; the rest means nothing then
  std::span<const exec::Arg> keys;
  End end{};
  int64_t count = 1;
};

// `first`: where numkeys stands. `read_end(in)` reads the word for an end. REQUIRES: first < c.args.size().
template <class End, class ReadEnd>
CountedPop<End> read_counted_pop(const exec::Call& c, size_t first, ReadEnd&& read_end) {
  // Not "COUNT"_opt: in a template clang 14 would call that at run time.
  constexpr exec::OptionWord kCount = exec::pack_option("COUNT");
  constexpr exec::Outcome kBadKeyCount{"ERR numkeys should be greater than 0"};
  constexpr exec::Outcome kBadCount{"ERR count should be greater than 0"};
  const auto keys = parse_int64(c.args[first]);
  if (!keys || *keys <= 0) return {.bad = kBadKeyCount};
  const size_t behind = c.args.size() - first - 1;
  if (static_cast<uint64_t>(*keys) >= behind) return {.bad = exec::err::syntax};

  CountedPop<End> what;
  what.keys = c.args.subspan(first + 1, static_cast<size_t>(*keys));
  exec::ArgReader in{c.args, first + 1 + what.keys.size()};
  what.end = read_end(in);
  if (in.more()) {
    if (in.option() != kCount) in.reject(exec::err::syntax);
    what.count = parse_int64(in.next()).value_or(0);
    if (what.count <= 0) in.reject(kBadCount);
  }
  if (in.more()) in.reject(exec::err::syntax);
  what.bad = in.error();
  return what;
}

// Calls `pop(slot)` with the first of `keys` that is there. Wrong type if that is no T; nothing, and nothing
// has happened, if there is none.
template <class T, class Pop>
std::optional<exec::Outcome> pop_first(exec::Call& c, std::span<const exec::Arg> keys, Pop&& pop) {
  for (const exec::Arg key : keys) {
    exec::Slot slot = c.db().probe(key);
    if (!slot) continue;
    if (!slot.accepts<T>()) return exec::err::wrong_type;
    pop(slot);
    return exec::done;
  }
  return std::nullopt;
}

}  // namespace redpoll::cmd
