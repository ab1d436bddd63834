#include "net/local_names.h"

#include <algorithm>

#include "net/anet.h"

namespace redpoll::net {

mem::BlobPtr LocalNames::of(int fd) {
  const Address address = local_address(fd);
  const auto known =
      std::find_if(names_.begin(), names_.end(), [&](const auto& each) { return each.first == address; });
  if (known != names_.end()) return known->second;
  const bool is_unix = address.family() == Family::local;
  mem::BlobPtr name = mem::Blob::copy_of(is_unix ? local_name(fd) : address.text());
  if (names_.size() >= kKept) std::erase_if(names_, [](const auto& each) { return !each.second->shared(); });
  if (names_.size() < kKept) names_.emplace_back(address, name);
  return name;
}

}  // namespace redpoll::net
