#include "admin/slowlog.h"

#include <fmt/format.h>

#include <algorithm>

namespace redpoll::admin {

// What one entry keeps of a request, as Redis does.
static constexpr size_t kMaxArgs = 32;
static constexpr size_t kMaxArgBytes = 128;

static std::string kept(std::string_view arg) {
  if (arg.size() <= kMaxArgBytes) return std::string(arg);
  return fmt::format("{}... ({} more bytes)", arg.substr(0, kMaxArgBytes), arg.size() - kMaxArgBytes);
}

static std::vector<std::string> kept(std::span<const resp::Arg> args) {
  // The note about the rest takes the place of the last argument that would fit.
  const bool too_many = args.size() > kMaxArgs;
  const size_t shown = too_many ? kMaxArgs - 1 : args.size();
  std::vector<std::string> words;
  words.reserve(std::min(args.size(), kMaxArgs));
  for (size_t i = 0; i < shown; ++i) words.push_back(kept(args[i].view()));
  if (too_many) words.push_back(fmt::format("... ({} more arguments)", args.size() - shown));
  return words;
}

void Slowlog::add(std::span<const resp::Arg> args, int64_t duration_us, UnixMs now, std::string peer,
                  std::string_view name, size_t max_len) {
  entries_.push_front({.id = next_id_++,
                       .unix_s = now.v / 1000,
                       .duration_us = duration_us,
                       .args = kept(args),
                       .peer = std::move(peer),
                       .client_name = kept(name)});
  trim(max_len);
}

void Slowlog::trim(size_t max_len) {
  if (entries_.size() > max_len) entries_.resize(max_len);
}

}  // namespace redpoll::admin
