// An element of a collection as its views hand it out: bytes where they lie, or a number.
#pragma once

#include "ds/listpack.h"

namespace redpoll::store {

using Element = ds::PackedElement;

}  // namespace redpoll::store
