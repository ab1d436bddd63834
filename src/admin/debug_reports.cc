#include "admin/debug_reports.h"

#include <fmt/format.h>

#include <iterator>

#include "base/numbers.h"
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

size_t serialized_length(const store::Entry& entry) {
  const store::StringView value(entry);
  if (value.is_integer()) return integer_length(value.integer());
  constexpr size_t kLongestInteger = 11;  // "-2147483648": longer text is not tried as a number
  const auto number = value.size() <= kLongestInteger ? value.as_integer() : std::nullopt;
  if (number && *number == static_cast<int32_t>(*number)) return integer_length(*number);
  return text_length(value.size());
}

std::string describe_entry(const store::Entry& entry, const store::Keyspace& keyspace) {
  const bool lru = keyspace.access.policy == store::AccessPolicy::lru;
  const int64_t idle_s = lru ? keyspace.access.idle_seconds(entry.access_clock(), keyspace.now) : 0;
  return fmt::format("Value at:{} refcount:1 encoding:{} serializedlength:{} lru:{} lru_seconds_idle:{}",
                     static_cast<const void*>(&entry), store::encoding_name(entry), serialized_length(entry),
                     entry.access_clock(), idle_s);
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
