// Tables of requests and the replies that they get.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redpoll::testing {

class SyncClient;
class RawClient;

struct Exchange {
  std::string_view request;  // quoted as for redis-cli
  std::string_view reply;    // as text (see RawClient); after "~": a glob pattern
};

// Sends the requests one after another. What was answered otherwise, as one line each.
std::vector<std::string> differences(SyncClient& client, std::span<const Exchange> table);
std::vector<std::string> differences(RawClient& client, std::span<const Exchange> table);

inline const std::vector<std::string> kNone;

}  // namespace redpoll::testing
