// When a new deadline, of a key or of a field, is taken over.
#pragma once

#include <optional>

#include "base/units.h"

namespace redpoll::cmd {

// What has no deadline lives forever: longer than any deadline allows.
struct DeadlineConditions {
  bool if_none = false;     // NX
  bool if_some = false;     // XX
  bool if_later = false;    // GT
  bool if_earlier = false;  // LT

  bool hold(std::optional<UnixMs> current, UnixMs wanted) const {
    if (if_none && current) return false;
    if (if_some && !current) return false;
    if (if_later && (!current || wanted <= *current)) return false;
    return !if_earlier || !current || wanted < *current;
  }
};

}  // namespace redpoll::cmd
