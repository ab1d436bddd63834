#include "diff/documented_request.h"

#include <algorithm>
#include <optional>

namespace redpoll::diff {

namespace {

using exec::ArgType;
using exec::Argument;

class Writer {
 public:
  Writer(Vocabulary& vocabulary, Words& to) : vocabulary_(vocabulary), words_(to) {}

  void arguments(std::span<const Argument> all) {
    for (const Argument& argument : all) {
      if (argument.optional && vocabulary_.one_in(2)) continue;
      repeated(argument);
    }
  }

 private:
  void repeated(const Argument& argument) {
    const uint64_t times = argument.multiple ? 1 + vocabulary_.rng().below(3) : 1;
    for (uint64_t i = 0; i < times; ++i) {
      if (!argument.token.empty() && (i == 0 || argument.multiple_token))
        words_.push_back(vocabulary_.any_case(argument.token));
      once(argument);
    }
    // The number that stands before the keys that it counts.
    if (argument.type == ArgType::key && argument.multiple && count_at_) {
      if (!vocabulary_.one_in(10)) words_[*count_at_] = std::to_string(times);
      count_at_.reset();
    }
  }

  void once(const Argument& argument) {
    switch (argument.type) {
      case ArgType::pure_token: return;
      case ArgType::oneof: return repeated(vocabulary_.pick(argument.arguments));
      case ArgType::block: return arguments(argument.arguments);
      default: break;
    }
    if (argument.name == "numkeys") count_at_ = words_.size();
    words_.push_back(value_of(argument));
  }

  std::string value_of(const Argument& argument) {
    const std::string_view name = argument.name;
    if (name == "milliseconds") return vocabulary_.milliseconds();
    if (name == "seconds") return vocabulary_.seconds();
    if (name == "unix-time-milliseconds") return vocabulary_.unix_milliseconds();
    if (name == "unix-time-seconds") return vocabulary_.unix_seconds();
    if (name == "destination-db" || name == "index1" || name == "index2") return vocabulary_.database();
    switch (argument.type) {
      case ArgType::key: return vocabulary_.key();
      case ArgType::integer: return vocabulary_.integer();
      case ArgType::real: return vocabulary_.real();
      case ArgType::pattern: return vocabulary_.glob();
      case ArgType::unix_time: return vocabulary_.unix_seconds();
      default: return vocabulary_.value();
    }
  }

  Vocabulary& vocabulary_;
  Words& words_;
  std::optional<size_t> count_at_;
};

bool take_time(std::span<const Argument> arguments, std::string_view unit) {
  return std::any_of(arguments.begin(), arguments.end(), [unit](const Argument& argument) {
    return argument.name == unit || take_time(argument.arguments, unit);
  });
}

}  // namespace

Words documented_request(Vocabulary& vocabulary, std::string_view full_name, const exec::Command& command) {
  Words words;
  const size_t bar = full_name.find('|');
  words.push_back(vocabulary.any_case(full_name.substr(0, bar)));
  if (bar != std::string_view::npos) words.push_back(vocabulary.any_case(full_name.substr(bar + 1)));
  Writer(vocabulary, words).arguments(command.docs.arguments);
  return words;
}

bool takes_time(const exec::Command& command, std::string_view unit) {
  return take_time(command.docs.arguments, unit);
}

}  // namespace redpoll::diff
