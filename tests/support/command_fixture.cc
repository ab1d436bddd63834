#include "support/command_fixture.h"

#include <fmt/format.h>

#include <optional>

#include "base/assert.h"
#include "base/numbers.h"
#include "cmd/tables.h"

namespace redpoll::testing {

namespace {

char letter_of(exec::Event type) {
  switch (type) {
    case exec::Event::generic: return 'g';
    case exec::Event::string: return '$';
    case exec::Event::list: return 'l';
    case exec::Event::set: return 's';
    case exec::Event::hash: return 'h';
    case exec::Event::sorted_set: return 'z';
    case exec::Event::expired: return 'x';
    case exec::Event::evicted: return 'e';
    case exec::Event::stream: return 't';
    case exec::Event::key_miss: return 'm';
    case exec::Event::new_key: return 'n';
  }
  return '?';
}

std::string_view name_of(store::Change what) {
  switch (what) {
    case store::Change::created: return "created";
    case store::Change::modified: return "modified";
    case store::Change::deadline: return "deadline";
    case store::Change::removed: return "removed";
    case store::Change::expired: return "expired";
    case store::Change::hash_expired: return "hash_expired";
    case store::Change::evicted: return "evicted";
  }
  return "?";
}

// How many bytes the first value of `text` takes; nothing if it is cut off or malformed.
std::optional<size_t> value_length(std::string_view text) {
  const size_t end = text.find("\r\n");
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  const auto number = parse_int64(text.substr(1, end - 1)).value_or(-1);
  size_t length = end + 2;
  switch (text[0]) {
    case '$':
    case '=':
      if (number >= 0) length += static_cast<size_t>(number) + 2;
      return length <= text.size() ? std::optional(length) : std::nullopt;
    case '*':
    case '~':
    case '>':
    case '%': {
      const int64_t elements = text[0] == '%' ? 2 * number : number;
      for (int64_t i = 0; i < elements; ++i) {
        const auto element = value_length(text.substr(length));
        if (!element) return std::nullopt;
        length += *element;
      }
      return length;
    }
    default: return length;
  }
}

}  // namespace

void RecordingEffects::propagate(int db, std::span<const resp::Arg> args) {
  std::string line = std::to_string(db);
  for (const resp::Arg arg : args) line.append(" ").append(arg.view());
  propagated.push_back(std::move(line));
  commands.push_back({db, Words(args.begin(), args.end())});
}

void RecordingEffects::notify(exec::Event type, std::string_view event, int db, std::string_view key) {
  events.push_back(fmt::format("{} {} {} {}", db, letter_of(type), event, key));
}

std::string error_reply(std::string_view text) { return fmt::format("-{}\r\n", text); }
std::string bulk_reply(std::string_view bytes) { return fmt::format("${}\r\n{}\r\n", bytes.size(), bytes); }

CommandFixture::CommandFixture() : keyspace(kDatabases, SipKey{1, 2}, &reclaimer, this) {
  for (const cmd::Table commands : cmd::tables()) table.add(commands);
  table.seal();
  keyspace.listen(store::kEvents, true);
}

CommandFixture::~CommandFixture() = default;

void CommandFixture::key_changed(store::Database& from, std::string_view key,
                                 const store::KeyChange& change) {
  changes_.push_back(fmt::format("{} {} {}", from.index(), name_of(change.what), key));
  const bool by_fields = change.what == store::Change::hash_expired;
  if (!by_fields && change.what != store::Change::expired) return;
  if (by_fields) {
    effects.notify(exec::Event::hash, "hexpired", from.index(), key);
    effects.notify(exec::Event::generic, "del", from.index(), key);
  } else {
    effects.notify(exec::Event::expired, "expired", from.index(), key);
  }
  const resp::Arg words[] = {"DEL", key};
  effects.propagate(from.index(), words);
}

void CommandFixture::before_clear(store::Database& db) {
  changes_.push_back(fmt::format("{} clear", db.index()));
}

void CommandFixture::swapped(store::Database& a, store::Database& b) {
  changes_.push_back(fmt::format("{} {} swap", a.index(), b.index()));
}

void CommandFixture::fields_expired(store::Database& from, std::string_view key,
                                    std::span<const std::string> fields) {
  effects.notify(exec::Event::hash, "hexpired", from.index(), key);
  std::vector<resp::Arg> words{"HDEL", key};
  for (const std::string_view field : fields) words.emplace_back(field);
  effects.propagate(from.index(), words);
}

void CommandFixture::key_missed(store::Database& from, std::string_view key) {
  effects.notify(exec::Event::key_miss, "keymiss", from.index(), key);
}

exec::Outcome CommandFixture::dispatch(exec::Call& call, std::span<const resp::Arg> args) {
  const exec::CommandEntry* entry = table.resolve(args);
  if (entry == nullptr) return call.fail("ERR unknown command '{}'", args[0].view());
  call.begin(*entry->command, entry->full_name, args, keyspace.db(db_), nullptr);
  call.now = now;
  if (!entry->command->arity.accepts(args.size())) return call.wrong_arity();
  if (entry->command->run == nullptr) return call.fail("ERR unknown subcommand '{}'", args[1].view());
  return entry->command->run(call);
}

void CommandFixture::conclude(exec::Call& call, exec::Reply& reply, exec::Outcome outcome) {
  dirty_ = call.dirty;
  if (!outcome) return;
  CHECK(reply.bytes_written() == 0, "{} wrote a reply and failed or waits", call.name);
  CHECK(call.dirty == 0, "{} changed something and failed or waits", call.name);
  if (outcome.failed()) return reply.error(outcome.error());
  wish_ = store::type_name(call.wish().type);
  for (const resp::Arg key : call.wish().keys) wish_.append(" ").append(key.view());
  wish_.append(" ").append(std::to_string(call.wish().timeout_ms));
}

std::string CommandFixture::run(const Words& words) {
  effects.events.clear();
  effects.propagated.clear();
  effects.commands.clear();
  changes_.clear();
  wish_.clear();
  keyspace.terms().now = now;
  const std::vector<resp::Arg> args(words.begin(), words.end());
  resp::ReplyBuffer buffer(pool_);
  {
    exec::Reply reply(buffer, protocol);
    reply.mute(mute);
    exec::Call call(keyspace, reply, effects, limits);
    if (ready_) call.serve(*ready_);
    conclude(call, reply, dispatch(call, args));
    call.flush_effects();
  }
  std::string reply = buffer.copy();
  CHECK(mute || !wish_.empty() || value_length(reply) == reply.size(), "{} wrote no reply or several: {}",
        words[0], reply);
  return reply;
}

std::string CommandFixture::run_ready(const Words& words, std::string_view key) {
  ready_ = key;
  std::string reply = run(words);
  ready_.reset();
  return reply;
}

void CommandFixture::given(std::initializer_list<std::string_view> lines) {
  for (std::string_view line : lines) {
    Words words;
    for (size_t end; !line.empty(); line.remove_prefix(std::min(end + 1, line.size()))) {
      end = std::min(line.find(' '), line.size());
      words.emplace_back(line.substr(0, end));
    }
    const std::string reply = run(words);
    CHECK(reply[0] != '-', "{}: {}", words[0], reply);
  }
}

void CommandFixture::put_list(std::string_view key) {
  keyspace.terms().now = now;
  db().probe(key).adopt(store::EntryPtr(
      store::Entry::create(key, store::Value::packed(store::Type::list, "a list"), std::nullopt)));
}

// Looks without leaving a trace in statistics and events.
const store::Entry* CommandFixture::find(std::string_view key) {
  const store::Entry* entry = db().peek(key);
  return entry != nullptr && !entry->expired(now) ? entry : nullptr;
}

std::string CommandFixture::encoding(std::string_view key) {
  const store::Entry* entry = find(key);
  return entry != nullptr ? std::string(store::encoding_name(*entry)) : "none";
}

int64_t CommandFixture::pttl(std::string_view key) {
  const store::Entry* entry = find(key);
  if (entry == nullptr) return -2;
  return entry->has_deadline() ? entry->deadline() - now : -1;
}

}  // namespace redpoll::testing
