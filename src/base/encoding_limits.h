// Up to where collections are packed: the directives of these names. The configuration fills them in, the
// keyspace goes by them.
#pragma once

#include <cstddef>

#include "base/units.h"

namespace redpoll {

struct EncodingLimits {
  size_t hash_max_listpack_entries = 512;
  Bytes hash_max_listpack_value = 64;
  size_t set_max_intset_entries = 512;
  size_t set_max_listpack_entries = 128;
  Bytes set_max_listpack_value = 64;
  size_t zset_max_listpack_entries = 128;
  Bytes zset_max_listpack_value = 64;
  int list_max_listpack_size = -2;  // most elements of a node, or -1 to -5 for 4 to 64 KiB
  int list_compress_depth = 0;
};

}  // namespace redpoll
