// COMMAND DOCS: what a command is for and what arguments it takes; redis-cli makes its hints of it.
#include "admin/command_history.h"
#include "admin/command_reply.h"

namespace redpoll::admin {
namespace {

using namespace exec;

// A map with its fields counted.
class MapReply {
 public:
  explicit MapReply(Reply& out) : out_(out), map_(out.begin_map()) {}
  ~MapReply() { out_.end(map_, count_); }
  MapReply(const MapReply&) = delete;
  MapReply& operator=(const MapReply&) = delete;

  // The value follows.
  Reply& key(std::string_view name) {
    ++count_;
    out_.bulk(name);
    return out_;
  }
  void text(std::string_view name, std::string_view value) { key(name).bulk(value); }
  void text_if_any(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }

 private:
  Reply& out_;
  Reply::Deferred map_;
  size_t count_ = 0;
};

std::string_view type_name(ArgType type) {
  switch (type) {
    case ArgType::string: return "string";
    case ArgType::integer: return "integer";
    case ArgType::real: return "double";
    case ArgType::key: return "key";
    case ArgType::pattern: return "pattern";
    case ArgType::unix_time: return "unix-time";
    case ArgType::pure_token: return "pure-token";
    case ArgType::oneof: return "oneof";
    case ArgType::block: return "block";
  }
  return "string";
}

void reply_arguments(Reply& out, std::span<const Argument> arguments);

void reply_argument_flags(Reply& out, const Argument& argument) {
  out.set(size_t{argument.optional} + size_t{argument.multiple} + size_t{argument.multiple_token});
  if (argument.optional) out.status("optional");
  if (argument.multiple) out.status("multiple");
  if (argument.multiple_token) out.status("multiple_token");
}

void reply_argument(Reply& out, const Argument& argument) {
  MapReply map(out);
  map.text("name", argument.name);
  map.text("type", type_name(argument.type));
  if (argument.key_spec >= 0) map.key("key_spec_index").integer(argument.key_spec);
  map.text_if_any("token", argument.token);
  map.text_if_any("since", argument.since);
  map.text_if_any("deprecated_since", argument.deprecated_since);
  if (argument.optional || argument.multiple || argument.multiple_token) {
    reply_argument_flags(map.key("flags"), argument);
  }
  if (!argument.arguments.empty()) reply_arguments(map.key("arguments"), argument.arguments);
}

void reply_arguments(Reply& out, std::span<const Argument> arguments) {
  out.array(arguments.size());
  for (const Argument& argument : arguments) reply_argument(out, argument);
}

void reply_history(Reply& out, std::span<const HistoricChange> changes) {
  out.set(changes.size());
  for (const HistoricChange& change : changes) {
    out.array(2);
    out.bulk(change.since);
    out.bulk(change.what);
  }
}

}  // namespace

void reply_command_docs(Reply& out, const CommandEntry& entry) {
  const Docs& docs = entry.command->docs;
  out.bulk(entry.full_name);
  MapReply map(out);
  map.text("summary", docs.summary);
  map.text("since", docs.since);
  map.text("group", docs.group);
  map.text_if_any("complexity", docs.complexity);
  if (!docs.deprecated_since.empty()) {
    Reply& flags = map.key("doc_flags");
    flags.set(1);
    flags.status("deprecated");
    map.text("deprecated_since", docs.deprecated_since);
  }
  map.text_if_any("replaced_by", docs.replaced_by);
  if (const auto changes = command_history(entry.full_name); !changes.empty())
    reply_history(map.key("history"), changes);
  if (!docs.arguments.empty()) reply_arguments(map.key("arguments"), docs.arguments);
  if (entry.subcommands.empty()) return;
  map.key("subcommands").map(entry.subcommands.size());
  for (const auto& sub : entry.subcommands) reply_command_docs(out, *sub);
}

}  // namespace redpoll::admin
