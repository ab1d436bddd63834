#include "admin/debug_reports.h"

#include <fmt/format.h>

#include <iterator>

#include "base/numbers.h"
#include "base/text.h"
#include "store/hash.h"
#include "store/list.h"
#include "store/set.h"
#include "store/sorted_set.h"
#include "store/string.h"

namespace redpoll::admin {

// Small numbers are stored in binary behind a one-byte marker.
static size_t integer_length(int64_t value) {
  if (value == static_cast<int8_t>(value)) return 2;
  if (value == static_cast<int16_t>(value)) return 3;
  if (value == static_cast<int32_t>(value)) return 5;
  char digits[kInt64Chars];
  return 1 + format_int64(digits, value);
}

static size_t text_length(size_t size) {
  if (size < 1u << 6) return 1 + size;
  if (size < 1u << 14) return 2 + size;
  return 5 + size;
}

static size_t string_length(std::string_view text) {
  constexpr size_t kLongestInteger = 11;  // "-2147483648": longer text is not tried as a number
  const auto number = text.size() <= kLongestInteger ? parse_int64(text) : std::nullopt;
  if (number && *number == static_cast<int32_t>(*number)) return integer_length(*number);
  return text_length(text.size());
}

static size_t element_length(const store::Element& element) {
  store::Element::Digits digits;
  return string_length(element.text(digits));
}

// How many elements follow.
static size_t count_length(size_t count) { return text_length(count) - count; }

// A packed node is a string with its kind in front.
static size_t list_length(const store::Entry& entry) {
  const auto& list = static_cast<const store::ListObject&>(entry.object()).list;
  size_t length = count_length(list.nodes().size());
  for (const auto* node = list.nodes().head(); node != nullptr; node = node->next()) {
    length += 1 + text_length(node->value.size());
  }
  return length;
}

static size_t set_length(const store::Entry& entry) {
  const store::SetView set(entry);
  size_t length = count_length(set.size());
  set.each([&length](const store::Element& member) { length += element_length(member); });
  return length;
}

static size_t sorted_set_length(const store::Entry& entry) {
  const store::SortedSetView set(entry);
  size_t length = count_length(set.size());
  set.each([&length](const store::Element& member, double score) {
    length += element_length(member) + sizeof score;
  });
  return length;
}

static size_t hash_length(const store::Entry& entry) {
  const auto& hash = static_cast<const store::HashTable&>(entry.object());
  size_t length = count_length(hash.size());
  hash.each([&length](store::HashField field) {
    length += string_length(field.field()) + string_length(field.value());
  });
  return length;
}

size_t serialized_length(const store::Entry& entry) {
  using store::Type;
  if (entry.encoding() == store::Encoding::integer) return integer_length(entry.integer());
  if (entry.type() == Type::string) return string_length(entry.packed());
  if (entry.encoding() != store::Encoding::object) return text_length(entry.packed().size());
  switch (entry.type()) {
    case Type::list: return list_length(entry);
    case Type::set: return set_length(entry);
    case Type::sorted_set: return sorted_set_length(entry);
    case Type::hash: return hash_length(entry);
    default: return 0;
  }
}

// What DEBUG OBJECT tells of a quicklist on top.
static std::string describe_quicklist(const store::Entry& entry, const EncodingLimits& limits) {
  const auto& list = static_cast<const store::ListObject&>(entry.object()).list;
  size_t bytes = 0;
  for (const auto* node = list.nodes().head(); node != nullptr; node = node->next())
    bytes += node->value.size();
  const double average = static_cast<double>(list.size()) / static_cast<double>(list.nodes().size());
  return fmt::format(
      " ql_nodes:{} ql_avg_node:{:.2f} ql_listpack_max:{} ql_compressed:{} ql_uncompressed_size:{}",
      list.nodes().size(), average, limits.list_max_listpack_size, limits.list_compress_depth != 0 ? 1 : 0,
      bytes);
}

std::string describe_entry(const store::Entry& entry, const store::Keyspace& keyspace) {
  const bool lru = keyspace.access.policy != store::AccessPolicy::lfu;
  const int64_t idle_s = lru ? keyspace.access.idle_seconds(entry.access_clock(), keyspace.terms().now) : 0;
  const bool quicklist = entry.type() == store::Type::list && entry.encoding() == store::Encoding::object;
  return fmt::format("Value at:{} refcount:1 encoding:{} serializedlength:{} lru:{} lru_seconds_idle:{}{}",
                     static_cast<const void*>(&entry), store::encoding_name(entry), serialized_length(entry),
                     entry.access_clock(), idle_s,
                     quicklist ? describe_quicklist(entry, keyspace.encoding) : "");
}

std::string describe_listpack(const store::Entry& entry) {
  const ds::ListpackView list(entry.packed());
  std::string text = fmt::format("{{total bytes {}}} {{num entries {}}}\n", list.total_bytes(), list.size());
  size_t index = 0;
  for (auto at = list.first(); at != list.kNone; at = list.next(at)) {
    store::Element::Digits digits;
    fmt::format_to(std::back_inserter(text), "{} at {}, {} bytes: {}\n", index++, at, list.element_bytes(at),
                   quoted(list.get(at).text(digits)));
  }
  return text;
}

std::string describe_table(const ds::DictStats& stats) {
  if (stats.elements == 0) return "[Dictionary HT]\nNo stats available for empty dictionaries\n";
  const double average = static_cast<double>(stats.elements) / static_cast<double>(stats.used_buckets);
  std::string text = fmt::format(
      "[Dictionary HT]\n"
      " number of elements: {}\n"
      " elements with expiry: {}\n"
      " buckets: {}\n"
      " overflow buckets: {}\n"
      " next bucket to split: {} of {}\n"
      " different buckets used: {}\n"
      " max chain length: {}\n"
      " avg chain length (counted): {:.2f}\n"
      " Chain length distribution:\n",
      stats.elements, stats.marked, stats.buckets, stats.chained_buckets, stats.split_index, stats.level_size,
      stats.used_buckets, stats.longest_chain, average);
  for (size_t length = 0; length < stats.chains_of_length.size(); ++length) {
    const size_t chains = stats.chains_of_length[length];
    if (chains == 0) continue;
    const double share = 100 * static_cast<double>(chains) / static_cast<double>(stats.buckets);
    fmt::format_to(std::back_inserter(text), "   {}: {} ({:.2f}%)\n", length, chains, share);
  }
  return text;
}

}  // namespace redpoll::admin
