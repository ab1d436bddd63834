// "Did you mean ...?" for a directive that is not known.
#pragma once

#include <string_view>

namespace redpoll::config {

// The name in the table that is nearest, if it is near enough to be what was meant; else empty.
std::string_view similar_directive(std::string_view name);

}  // namespace redpoll::config
