// LLEN, LINDEX, LRANGE, LPOS: lists looked at.
#include <limits>
#include <optional>

#include "cmd/arguments.h"
#include "cmd/index_range.h"
#include "cmd/list_moves.h"
#include "cmd/tables.h"
#include "ds/packed_needle.h"
#include "exec/arg_reader.h"
#include "exec/call.h"
#include "store/list.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using namespace exec::option_literals;
using ds::ListWalk;
using store::List;
using store::ListView;

Outcome llen(Call& c) {
  const auto hit = c.db().find<List>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  c.out.integer(hit.value ? static_cast<int64_t>(hit.value->size()) : 0);
  return done;
}

Outcome lindex(Call& c) {
  const auto hit = c.db().find<List>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  if (!hit.value) {
    c.out.null();
    return done;
  }
  const auto index = parse_int64(c.args[2]);
  if (!index) return err::not_integer;
  const auto it = hit.value->iterate(*index);
  it.done() ? c.out.null() : reply_element(c, it);
  return done;
}

Outcome lrange(Call& c) {
  const auto start = parse_int64(c.args[2]);
  const auto stop = parse_int64(c.args[3]);
  if (!start || !stop) return err::not_integer;
  const auto hit = c.db().find<List>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  const IndexRange range = hit.value ? IndexRange::within(hit.value->size(), *start, *stop) : IndexRange{};
  c.out.array(range.count);
  if (range.count == 0) return done;
  auto it = hit.value->iterate(static_cast<int64_t>(range.first));
  for (size_t i = 0; i < range.count; ++i, it.advance()) reply_element(c, it);
  return done;
}

struct Search {
  int64_t rank = 1;              // the how manieth match; negative: seen from the tail
  std::optional<int64_t> count;  // 0: all; none: one, which is not replied as an array
  int64_t most_compared = 0;     // 0: all
};

int64_t read_rank(ArgReader& in) {
  constexpr Outcome kOutOfRange{
      "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"};
  constexpr Outcome kZero{
      "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to "
      "start from the end of the list"};
  const int64_t rank = in.integer();
  if (rank == std::numeric_limits<int64_t>::min()) in.reject(kOutOfRange);
  if (rank == 0) in.reject(kZero);
  return rank;
}

// A number that may not be negative, or `bad`.
int64_t read_amount(ArgReader& in, Outcome bad) {
  const int64_t amount = in.integer(bad);
  if (amount < 0) in.reject(bad);
  return amount;
}

Search read_search(ArgReader& in) {
  constexpr Outcome kNegativeCount{"ERR COUNT can't be negative"};
  constexpr Outcome kNegativeLength{"ERR MAXLEN can't be negative"};
  Search search;
  while (in.more()) {
    switch (in.option()) {
      case "RANK"_opt: search.rank = read_rank(in); break;
      case "COUNT"_opt: search.count = read_amount(in, kNegativeCount); break;
      case "MAXLEN"_opt: search.most_compared = read_amount(in, kNegativeLength); break;
      default: in.reject(err::syntax);
    }
  }
  return search;
}

// Calls found(index) for the matches that are asked for, in the order in which they are met.
template <class Found>
void search_list(const ListView& list, std::string_view element, const Search& search, Found&& found) {
  const bool forward = search.rank > 0;
  const int64_t first_match = forward ? search.rank : -search.rank;
  const int64_t wanted = search.count.value_or(1);
  const auto size = static_cast<int64_t>(list.size());
  const int64_t end = search.most_compared == 0 ? size : std::min(size, search.most_compared);
  const ds::PackedNeedle needle(element);
  int64_t matches = 0;
  auto it = list.iterate(forward ? ListEnd::head : ListEnd::tail);
  for (int64_t i = 0; i < end; ++i, it.advance()) {
    if (!needle.equals(it.get()) || ++matches < first_match) continue;
    found(forward ? i : size - 1 - i);
    if (wanted != 0 && matches - first_match + 1 >= wanted) return;
  }
}

Outcome lpos(Call& c) {
  ArgReader in{c.args, 3};
  const Search search = read_search(in);
  if (in.failed()) return in.error();
  const auto hit = c.db().find<List>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  if (!search.count) {
    std::optional<int64_t> position;
    if (hit.value) search_list(*hit.value, c.args[2], search, [&](int64_t index) { position = index; });
    position ? c.out.integer(*position) : c.out.null();
    return done;
  }
  const auto array = c.out.begin_array();
  size_t count = 0;
  if (hit.value) {
    search_list(*hit.value, c.args[2], search, [&](int64_t index) {
      c.out.integer(index);
      ++count;
    });
  }
  c.out.end(array, count);
  return done;
}

constexpr Argument kLindexArgs[] = {key_arg(), integer_arg("index")};
constexpr Argument kLrangeArgs[] = {key_arg(), integer_arg("start"), integer_arg("stop")};
constexpr Argument kLposArgs[] = {
    key_arg(),
    string_arg("element"),
    optional(option_arg("RANK", "rank", ArgType::integer)),
    optional(option_arg("COUNT", "num-matches", ArgType::integer)),
    optional(option_arg("MAXLEN", "len", ArgType::integer)),
};

constexpr Command kListReadCommands[] = {
    {.name = "llen",
     .run = llen,
     .arity = exactly(2),
     .traits = kRead | kFast,
     .keys = key_at(1, kKeyRO),
     .categories = kCatList,
     .docs = {.summary = "Returns the number of elements of a list",
              .since = "1.0.0",
              .group = "list",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "lindex",
     .run = lindex,
     .arity = exactly(3),
     .traits = kRead,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatList,
     .docs = {.summary = "Returns the element at a position of a list",
              .since = "1.0.0",
              .group = "list",
              .complexity = "O(N) for N nodes between the element and the nearer end",
              .arguments = kLindexArgs}},
    {.name = "lrange",
     .run = lrange,
     .arity = exactly(4),
     .traits = kRead,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatList,
     .docs = {.summary = "Returns the elements of a list between two positions",
              .since = "1.0.0",
              .group = "list",
              .complexity = "O(S+N) for S nodes between the first element and the nearer end, and N elements",
              .arguments = kLrangeArgs}},
    {.name = "lpos",
     .run = lpos,
     .arity = at_least(3),
     .traits = kRead,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatList,
     .docs = {.summary = "Returns the positions of the elements of a list that equal a given one",
              .since = "6.0.6",
              .group = "list",
              .complexity = "O(N) for N elements compared",
              .arguments = kLposArgs}},
};
static_assert(well_formed(kListReadCommands));

}  // namespace

Table list_read_commands() { return kListReadCommands; }

}  // namespace redpoll::cmd
