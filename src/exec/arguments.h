// Short forms for describing arguments in the tables of commands; see exec::Argument.
#pragma once

#include <span>
#include <string_view>

#include "exec/command.h"

namespace redpoll::exec {

// A key of the first key specification.
constexpr Argument key_arg(std::string_view name = "key") {
  return {.name = name, .type = ArgType::key, .key_spec = 0};
}
constexpr Argument string_arg(std::string_view name) { return {.name = name}; }
constexpr Argument integer_arg(std::string_view name) { return {.name = name, .type = ArgType::integer}; }
// A word that stands for itself.
constexpr Argument token_arg(std::string_view name, std::string_view token, std::string_view since = {}) {
  return {.name = name, .type = ArgType::pure_token, .token = token, .since = since};
}
// `token` followed by a value.
constexpr Argument option_arg(std::string_view token, std::string_view name, ArgType type,
                              std::string_view since = {}) {
  return {.name = name, .type = type, .token = token, .since = since};
}
constexpr Argument one_of(std::string_view name, std::span<const Argument> choices) {
  return {.name = name, .type = ArgType::oneof, .arguments = choices};
}
// `token` followed by one of several choices, or by several arguments.
constexpr Argument option_one_of(std::string_view token, std::string_view name,
                                 std::span<const Argument> choices, std::string_view since = {}) {
  return {.name = name, .type = ArgType::oneof, .token = token, .arguments = choices, .since = since};
}
constexpr Argument option_block(std::string_view token, std::string_view name,
                                std::span<const Argument> parts, std::string_view since = {}) {
  return {.name = name, .type = ArgType::block, .token = token, .arguments = parts, .since = since};
}
constexpr Argument optional(Argument argument) {
  argument.optional = true;
  return argument;
}
constexpr Argument multiple(Argument argument) {
  argument.multiple = true;
  return argument;
}
constexpr Argument since(std::string_view version, Argument argument) {
  argument.since = version;
  return argument;
}
constexpr Argument deprecated_since(std::string_view version, Argument argument) {
  argument.deprecated_since = version;
  return argument;
}

}  // namespace redpoll::exec
