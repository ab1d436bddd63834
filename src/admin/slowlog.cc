#include "admin/slowlog.h"

#include <fmt/format.h>

#include <algorithm>

namespace redpoll::admin {

static std::string kept(std::string_view arg, size_t max) {
  if (arg.size() <= max) return std::string(arg);
  return fmt::format("{}... ({} more bytes)", arg.substr(0, max), arg.size() - max);
}

static std::vector<std::string> kept(std::span<const resp::Arg> args, const SlowlogLimits& limits) {
  // The note about the rest takes the place of the last argument that would fit.
  const bool too_many = args.size() > limits.args;
  const size_t shown = too_many ? limits.args - 1 : args.size();
  std::vector<std::string> words;
  words.reserve(std::min(args.size(), limits.args));
  for (size_t i = 0; i < shown; ++i) words.push_back(kept(args[i].view(), limits.arg_bytes));
  if (too_many) words.push_back(fmt::format("... ({} more arguments)", args.size() - shown));
  return words;
}

void Slowlog::add(std::span<const resp::Arg> args, int64_t duration_us, UnixMs now, std::string peer,
                  std::string_view name, const SlowlogLimits& limits) {
  entries_.push_front({.id = next_id_++,
                       .unix_s = now.v / 1000,
                       .duration_us = duration_us,
                       .args = kept(args, limits),
                       .peer = std::move(peer),
                       .client_name = kept(name, limits.arg_bytes)});
  trim(limits.entries);
}

void Slowlog::trim(size_t max_len) {
  if (entries_.size() > max_len) entries_.resize(max_len);
}

}  // namespace redpoll::admin
