#include "support/command_fixture.h"

#include <fmt/format.h>

#include <optional>

#include "base/assert.h"
#include "base/numbers.h"
#include "cmd/tables.h"
#include "exec/request_errors.h"

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

void Recorder::listen(bool on) {
  journal_.read_by(*this,
                   on ? exec::interest::kChanges | exec::interest::kEvents | exec::interest::kCommands : 0);
}

void Recorder::database_cleared(store::Database& db) {
  changes.push_back(fmt::format("{} clear", db.index()));
}

void Recorder::databases_swapped(store::Database& a, store::Database& b) {
  changes.push_back(fmt::format("{} {} swap", a.index(), b.index()));
}

void Recorder::clear() {
  changes.clear();
  events.clear();
  propagated.clear();
  commands.clear();
}

void Recorder::committed(const exec::JournalUnit& unit) {
  unit.each_change([this](const exec::ChangedKey& changed) {
    changes.push_back(fmt::format("{} {} {}", changed.db, name_of(changed.change.what), changed.key));
  });
  unit.each_event([this](const exec::KeyEvent& event) {
    events.push_back(fmt::format("{} {} {} {}", event.db, letter_of(event.type), event.name, event.key));
  });
  unit.each_command([this](const exec::PropagatedCommand& command) {
    if (command.db == exec::PropagatedCommand::kNoDatabase) return;
    std::string line = std::to_string(command.db);
    for (const resp::Arg word : command.words) line.append(" ").append(word.view());
    propagated.push_back(std::move(line));
    commands.push_back({command.db, Words(command.words.begin(), command.words.end())});
  });
}

std::string error_reply(std::string_view text) { return fmt::format("-{}\r\n", text); }
std::string bulk_reply(std::string_view bytes) { return fmt::format("${}\r\n{}\r\n", bytes.size(), bytes); }

CommandFixture::CommandFixture() {
  journal.observe(keyspace);
  for (const cmd::Table commands : cmd::tables()) table.add(commands);
  table.seal();
}

CommandFixture::~CommandFixture() = default;

exec::Decision CommandFixture::admit(exec::Call& call, exec::CommandEntry* entry,
                                     std::span<const resp::Arg> args) {
  return {exec::Decision::What::refuse, call.fail("{}", exec::request_error(entry, args))};
}

void CommandFixture::note_condition(const exec::Condition& condition) {
  wish_ = store::type_name(condition.type);
  for (const resp::Arg key : condition.keys) wish_.append(" ").append(key.view());
  wish_.append(" ").append(std::to_string(condition.timeout_ms));
}

std::string CommandFixture::run(const Words& words) {
  recorder.clear();
  wish_.clear();
  keyspace.terms().now = now;
  const std::vector<resp::Arg> args(words.begin(), words.end());
  resp::ReplyBuffer buffer(pool_);
  {
    exec::Reply out(buffer, protocol);
    out.mute(mute);
    exec::Call call(executor, out, &asker);
    exec::CommandEntry* const entry = table.resolve(args);
    const exec::Verdict verdict =
        ready_ ? executor.run_again(call, *entry, args, *ready_, 0) : executor.run(call, entry, args);
    if (verdict == exec::Verdict::waits) note_condition(call.condition());
    dirty_ = call.dirty();
    CHECK(verdict == exec::Verdict::finished || out.bytes_written() == 0, "{} wrote a reply and waits",
          words[0]);
    CHECK(verdict == exec::Verdict::finished || dirty_ == 0, "{} changed something and waits", words[0]);
  }
  std::string reply = buffer.copy();
  CHECK(mute || !wish_.empty() || value_length(reply) == reply.size(), "{} wrote no reply or several: {}",
        words[0], reply);
  CHECK(!reply.starts_with('-') || dirty_ == 0, "{} changed something and failed", words[0]);
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
