// The whole data set of one server against that of the other.
#pragma once

#include <optional>
#include <string>

#include "diff/peer.h"

namespace redpoll::diff {

// The first thing that differs: the keys of a database, or of one key its type, encoding, time to live or
// content. nullopt if the data sets are equal. Also fails if a full SCAN of `ours` misses a key that DBSIZE
// counts.
std::optional<std::string> dataset_difference(Peer& ours, Peer& theirs);

}  // namespace redpoll::diff
