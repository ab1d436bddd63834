// SORT, SORT_RO: the elements of a list, a set or a sorted set, put in order by themselves or by what they
// lead to.
#include <algorithm>
#include <optional>
#include <vector>

#include "base/numbers.h"
#include "base/text.h"
#include "cmd/collection.h"
#include "cmd/limit_option.h"
#include "cmd/sort_order.h"
#include "cmd/sort_patterns.h"
#include "cmd/sort_source.h"
#include "cmd/tables.h"
#include "exec/arguments.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using namespace exec::option_literals;
using store::Direction;
using store::Element;

constexpr Outcome kNotNumbers{"ERR One or more scores can't be converted into double"};

enum class MayStore : uint8_t { no, yes };

struct SortOptions {
  Direction direction = Direction::ascending;
  bool alpha = false;
  int64_t offset = 0;
  int64_t count = -1;  // negative: all
  std::optional<SortPattern> by;
  // A BY without a star was among them, not only as the last: the elements stay in the order of the
  // collection.
  bool unsorted = false;
  std::vector<SortPattern> get;  // none: the element itself
  std::optional<std::string_view> destination;
};

SortOptions read_sort_options(ArgReader& in, MayStore may_store) {
  SortOptions o;
  while (in.more()) {
    switch (in.option()) {
      case "ASC"_opt: o.direction = Direction::ascending; break;
      case "DESC"_opt: o.direction = Direction::descending; break;
      case "ALPHA"_opt: o.alpha = true; break;
      case "LIMIT"_opt: read_limit(in, o.offset, o.count); break;
      case "BY"_opt:
        o.by.emplace(in.next());
        o.unsorted = o.unsorted || o.by->is_constant();
        break;
      case "GET"_opt: o.get.emplace_back(in.next()); break;
      case "STORE"_opt:
        if (may_store == MayStore::no) in.reject(err::syntax);
        o.destination = in.next();
        break;
      default: in.reject(err::syntax);
    }
  }
  return o;
}

// What LIMIT leaves of `size` elements.
Window window_of(const SortOptions& o, size_t size) {
  const size_t first = std::min(static_cast<size_t>(std::max<int64_t>(o.offset, 0)), size);
  const size_t left = size - first;
  return {first, o.count < 0 ? left : std::min(static_cast<size_t>(o.count), left)};
}

SortValue key_of(Call& c, SortOptions& o, const Element& element) {
  return o.by ? o.by->look_up(c.db(), element) : SortValue(element);
}

// The number that an element is sorted by: 0 without a value. Nothing if the value is no number.
std::optional<double> weight_of(const SortValue& value) {
  if (!value) return 0;
  if (const auto number = value.integer()) return static_cast<double>(*number);
  SortValue::Digits digits;
  return parse_c_double(value.text(digits), OutOfRange::refuse);
}

// The elements at `window` of the whole in order; nothing if numbers are wanted and one is none.
std::optional<std::vector<Element>> order(Call& c, SortOptions& o, const std::vector<Element>& elements,
                                          Window window) {
  if (o.alpha) {
    // What is stored must not depend on the locale: replicas may have another one.
    SortTexts texts(o.destination ? Collation::bytes : Collation::locale);
    for (const Element& element : elements) texts.add(key_of(c, o, element));
    return texts.order(elements, o.direction, window);
  }
  std::vector<double> weights;
  weights.reserve(elements.size());
  for (const Element& element : elements) {
    const auto weight = weight_of(key_of(c, o, element));
    if (!weight) return std::nullopt;
    weights.push_back(*weight);
  }
  return order_by_weight(elements, weights, o.direction, window);
}

// Brings the members of a set into an order that depends on nothing but the members: numbers first.
void normalize(std::vector<Element>& members) {
  std::sort(members.begin(), members.end(), [](const Element& a, const Element& b) {
    if (a.is_integer() != b.is_integer()) return a.is_integer();
    if (a.is_integer()) return a.integer() < b.integer();
    Element::Digits a_digits, b_digits;
    return a.text(a_digits) < b.text(b_digits);
  });
}

std::optional<std::vector<Element>> sorted_elements(Call& c, SortOptions& o, const SortSource& source,
                                                    ElementTexts& texts) {
  const Window window = window_of(o, source.size());
  if (o.unsorted) return source.elements(window, o.direction, texts);
  auto elements = source.elements({0, source.size()}, Direction::ascending, texts);
  // Elements with the same text behind BY stay in the order of the collection, which for a set is by chance.
  if (source.is_set() && o.alpha && o.by) normalize(elements);
  return order(c, o, elements, window);
}

void reply_result(Call& c, SortOptions& o, const std::vector<Element>& elements) {
  if (o.get.empty()) {
    c.out.array(elements.size());
    for (const Element& element : elements) c.out.bulk(element);
    return;
  }
  c.out.array(elements.size() * o.get.size());
  for (const Element& element : elements) {
    // Few elements may lead to very much, again and again.
    if (c.out.muted()) return;
    for (SortPattern& pattern : o.get) pattern.look_up(c.db(), element).reply(c.out);
  }
}

// A list with one element after the other; what leads to nothing is empty.
ds::Quicklist list_of(Call& c, SortOptions& o, const std::vector<Element>& elements) {
  const EncodingLimits& limits = c.keyspace.encoding;
  ds::Quicklist list(limits.list_max_listpack_size, limits.list_compress_depth);
  const auto push = [&list](const SortValue& value) {
    SortValue::Digits digits;
    list.push(ds::ListEnd::tail, value ? value.text(digits) : std::string_view{});
  };
  for (const Element& element : elements) {
    if (o.get.empty()) push(SortValue(element));
    for (SortPattern& pattern : o.get) push(pattern.look_up(c.db(), element));
  }
  return list;
}

void store_result(Call& c, SortOptions& o, const std::vector<Element>& elements) {
  if (elements.empty()) return store_nothing(c, *o.destination);
  // Its elements may lie in what is at the destination, so it is made first.
  ds::Quicklist list = list_of(c, o, elements);
  const size_t count = list.size();
  Slot slot = c.db().probe(*o.destination);
  if (list.is_single_listpack()) {
    const ds::HeapBuffer bytes = list.take_listpack();
    slot.store(store::Value::packed(store::Type::list, bytes.view()));
  } else {
    slot.store(
        store::Value::collection(store::Type::list, std::make_unique<store::ListObject>(std::move(list))));
  }
  changed(c, slot, Event::list, "sortstore", count);
  c.out.integer(static_cast<int64_t>(count));
}

// As Redis does it: SORT, a command that writes, leaves a small sorted set in the encoding of a large one.
const store::Entry& unpacked_sorted_set(Call& c) {
  Slot slot = c.db().probe(c.args[1]);
  store::SortedSetEditor(slot).unpack();
  return slot.entry();
}

Outcome sort_collection(Call& c, MayStore may_store) {
  ArgReader in{c.args, 2};
  SortOptions o = read_sort_options(in, may_store);
  if (in.failed()) return in.error();
  const store::Entry* entry = c.db().lookup(c.args[1]);
  if (!SortSource::accepts(entry)) return err::wrong_type;
  const bool sorted_set = entry != nullptr && entry->type() == store::Type::sorted_set;
  if (sorted_set && may_store == MayStore::yes) entry = &unpacked_sorted_set(c);
  const SortSource source(entry);
  if (source.is_set() && o.unsorted && o.destination) {
    // A replica may walk through the same set in another order.
    o.alpha = true;
    o.by.reset();
    o.unsorted = false;
  }
  ElementTexts texts;
  const auto elements = sorted_elements(c, o, source, texts);
  if (!elements) return kNotNumbers;
  if (o.destination) {
    store_result(c, o, *elements);
  } else {
    reply_result(c, o, *elements);
  }
  return done;
}

Outcome sort(Call& c) { return sort_collection(c, MayStore::yes); }
Outcome sort_ro(Call& c) { return sort_collection(c, MayStore::no); }

// The key behind the last STORE that is an option and not what another option takes. What STORE takes itself
// is looked at again, as Redis does.
size_t find_destination(std::span<const Arg> args) {
  size_t found = 0;
  for (size_t i = 2; i < args.size(); ++i) {
    switch (pack_option(args[i])) {
      case "LIMIT"_opt: i += 2; break;
      case "GET"_opt:
      case "BY"_opt: ++i; break;
      case "STORE"_opt:
        if (i + 1 < args.size()) found = i + 1;
        break;
      default: break;
    }
  }
  return found;
}

constexpr Argument pattern_arg(std::string_view token) {
  return {.name = "pattern", .type = ArgType::pattern, .token = token, .optional = true, .key_spec = 1};
}
constexpr Argument each_with_token(Argument argument) {
  argument.multiple = argument.multiple_token = true;
  return argument;
}
constexpr Argument kOrders[] = {token_arg("asc", "ASC"), token_arg("desc", "DESC")};
constexpr Argument kSortArgs[] = {
    key_arg(),
    pattern_arg("BY"),
    kLimitArg,
    each_with_token(pattern_arg("GET")),
    optional(one_of("order", kOrders)),
    optional(token_arg("sorting", "ALPHA")),
    {.name = "destination", .type = ArgType::key, .token = "STORE", .optional = true, .key_spec = 2},
};

constexpr KeySpecs kSorted =
    key_at(1, kKeyRO | kKeyAccess) + key_somewhere(kKeyRO | kKeyAccess,
                                                   "For the optional BY/GET keyword. It is marked 'unknown' "
                                                   "because the key names derive from the content of the key "
                                                   "we sort");
constexpr KeySpecs kStored = key_somewhere(
    kKeyOW | kKeyUpdate,
    "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the "
    "argument array",
    find_destination);
constexpr Categories kSortable = kCatSet | kCatSortedSet | kCatList | kCatDangerous;
constexpr std::string_view kComplexity =
    "O(N+M*log(M)) for N elements, M of them returned; O(N) if they are not sorted";

constexpr Command kSortCommands[] = {
    {.name = "sort",
     .run = sort,
     .arity = at_least(2),
     .traits = kWrite | kDenyOom,
     .keys = kSorted + kStored,
     .categories = kSortable,
     .docs = {.summary = "Sorts the elements of a list, a set or a sorted set, and returns or stores them",
              .since = "1.0.0",
              .group = "generic",
              .complexity = kComplexity,
              .arguments = kSortArgs}},
    {.name = "sort_ro",
     .run = sort_ro,
     .arity = at_least(2),
     .traits = kRead,
     .keys = kSorted,
     .categories = kSortable,
     .docs = {.summary = "Sorts the elements of a list, a set or a sorted set, and returns them",
              .since = "7.0.0",
              .group = "generic",
              .complexity = kComplexity,
              .arguments = std::span(kSortArgs).first(6)}},
};
static_assert(well_formed(kSortCommands));

}  // namespace

Table sort_commands() { return kSortCommands; }

}  // namespace redpoll::cmd
