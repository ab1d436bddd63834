#include "integration/support/exchange.h"

#include "base/glob.h"
#include "integration/support/sync_client.h"
#include "support/raw_client.h"

namespace redpoll::testing {

namespace {

bool matches(std::string_view reply, std::string_view expected) {
  if (!expected.starts_with('~') || expected.starts_with("~[")) return reply == expected;
  return glob_match(expected.substr(1), reply, Case::sensitive);
}

template <class Client>
std::vector<std::string> compare(Client& client, std::span<const Exchange> table) {
  std::vector<std::string> found;
  for (const auto& [request, expected] : table) {
    const std::string reply = client.run(request);
    if (!matches(reply, expected)) {
      found.push_back(std::string(request) + " -> " + reply + " instead of " + std::string(expected));
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> differences(SyncClient& client, std::span<const Exchange> table) {
  return compare(client, table);
}
std::vector<std::string> differences(RawClient& client, std::span<const Exchange> table) {
  return compare(client, table);
}

}  // namespace redpoll::testing
