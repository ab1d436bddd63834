// Replies of commands about lists.
#pragma once

#include <string>

#include "support/command_fixture.h"

namespace redpoll::testing {

// An array of bulks.
inline std::string array_reply(const Words& elements) {
  std::string reply = "*" + std::to_string(elements.size()) + "\r\n";
  for (const std::string& element : elements) reply += bulk_reply(element);
  return reply;
}
inline const std::string kNullArray = "*-1\r\n";

// All elements of a list, as LRANGE answers them.
inline std::string all_of(CommandFixture& t, const std::string& key) {
  return t.run({"lrange", key, "0", "-1"});
}

}  // namespace redpoll::testing
