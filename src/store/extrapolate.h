// Estimates of memory by a sample.
#pragma once

#include <cstddef>

#include "base/units.h"

namespace redpoll::store {

// What `size` elements take if `seen` of them take `bytes`; 0 if none was seen. Does not overflow where the
// result fits.
inline Bytes extrapolate(Bytes bytes, size_t seen, size_t size) {
  return seen == 0 ? 0 : bytes / seen * size + bytes % seen * size / seen;
}

}  // namespace redpoll::store
