// Directives whose features are not there yet: none of them may be accepted and do nothing. A configuration
// that sets one stops the start, unless it says `allow-missing-features yes`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/loader.h"

namespace redpoll::config {

// What was set, and the feature that it waits for.
struct Missing {
  std::string_view directive;
  std::string_view feature;
};

// Those of `loaded` that would be lies, in the order in which they were named.
std::vector<Missing> missing_features(const Loaded& loaded);

// "appendonly, save (persistence); tls-port (TLS)"
std::string listed(const std::vector<Missing>& missing);

// A `user` line after its first word: does it leave the server open to everybody, as it is without users? The
// rules are read as ACL SETUSER reads them, from a user that may do nothing.
bool leaves_open(Args rules);

}  // namespace redpoll::config
