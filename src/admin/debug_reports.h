// What DEBUG OBJECT, LISTPACK and HTSTATS tell, as text.
#pragma once

#include <string>

#include "ds/dict.h"
#include "store/keyspace.h"

namespace redpoll::admin {

// One line in the form of Redis: address, references, encoding, length when serialized (without compression),
// and the clock of the last access.
std::string describe_entry(const store::Entry& entry, const store::Keyspace& keyspace);

// The elements of a listpack with their places, one a line. REQUIRES: the value is a listpack.
std::string describe_listpack(const store::Entry& entry);

// How the buckets of a table are filled. "Chain" is a bucket with those that overflowed from it.
std::string describe_table(const ds::DictStats& stats);

// Bytes that a value takes in an RDB file without compression. O(n) for a collection that is not packed.
// Format: https://rdb.fnordig.de/file_format.html#string-encoding
size_t serialized_length(const store::Entry& entry);

}  // namespace redpoll::admin
