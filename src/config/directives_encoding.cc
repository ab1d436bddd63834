// Directives: how collections are stored, and up to where they are packed.
#include "config/grammars.h"

namespace redpoll::config {

using enum Status;

std::span<const Directive> encoding_directives() {
  static const Directive kTable[] = {
      {.name = "hash-max-listpack-entries",
       .alias = "hash-max-ziplist-entries",
       .kind = number<&Settings::encoding, &EncodingLimits::hash_max_listpack_entries>(0, LLONG_MAX),
       .apply = Apply::execution,
       .about = "Most fields of a hash that is stored as one packed blob."},
      {.name = "hash-max-listpack-value",
       .alias = "hash-max-ziplist-value",
       .kind = memory<&Settings::encoding, &EncodingLimits::hash_max_listpack_value>(0),
       .apply = Apply::execution,
       .about = "Longest field or value in such a hash."},
      {.name = "list-max-listpack-size",
       .alias = "list-max-ziplist-size",
       .kind = number<&Settings::encoding, &EncodingLimits::list_max_listpack_size>(INT_MIN, INT_MAX),
       .apply = Apply::execution,
       .about = "Size up to which a list is one packed blob, and of each node of a longer one: elements, or "
                "-1 to -5 for 4, 8, 16, 32, 64 kb."},
      {.name = "list-compress-depth",
       .kind = number<&Settings::encoding, &EncodingLimits::list_compress_depth>(0, INT_MAX),
       .apply = Apply::execution,
       .about = "Nodes at each end of a list that stay uncompressed. 0: all."},
      {.name = "set-max-intset-entries",
       .kind = number<&Settings::encoding, &EncodingLimits::set_max_intset_entries>(0, LLONG_MAX),
       .apply = Apply::execution,
       .about = "Most integers of a set that is stored as a sorted array."},
      {.name = "set-max-listpack-entries",
       .kind = number<&Settings::encoding, &EncodingLimits::set_max_listpack_entries>(0, LLONG_MAX),
       .apply = Apply::execution,
       .about = "Most members of another set that is stored as one packed blob."},
      {.name = "set-max-listpack-value",
       .kind = memory<&Settings::encoding, &EncodingLimits::set_max_listpack_value>(0),
       .apply = Apply::execution,
       .about = "Longest member in such a set."},
      {.name = "zset-max-listpack-entries",
       .alias = "zset-max-ziplist-entries",
       .kind = number<&Settings::encoding, &EncodingLimits::zset_max_listpack_entries>(0, LLONG_MAX),
       .apply = Apply::execution,
       .about = "Most members of a sorted set that is stored as one packed blob."},
      {.name = "zset-max-listpack-value",
       .alias = "zset-max-ziplist-value",
       .kind = memory<&Settings::encoding, &EncodingLimits::zset_max_listpack_value>(0),
       .apply = Apply::execution,
       .about = "Longest member in such a sorted set."},
      {.name = "hll-sparse-max-bytes",
       .kind = memory(3000, 0),
       .needs = needs::hyperloglog,
       .about = "Size from which a HyperLogLog is stored densely."},
      {.name = "stream-node-max-bytes",
       .kind = memory(4096, 0),
       .needs = needs::streams,
       .about = "Size of a node of a stream. 0: no limit."},
      {.name = "stream-node-max-entries",
       .kind = number(100, 0, LLONG_MAX),
       .needs = needs::streams,
       .about = "Entries of a node of a stream. 0: no limit."},
  };
  return kTable;
}

}  // namespace redpoll::config
