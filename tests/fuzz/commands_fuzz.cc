// The commands on data, without a server: a stream of requests against a keyspace.
//   - Every command writes exactly one reply, well formed, in RESP2 or RESP3; one that fails has changed
//   nothing.
//   - What is propagated, run on a second keyspace, makes the same data set of it.
//   - A command that is not marked as writing propagates nothing but the end of expired keys.
//   - Afterwards the tables are valid, and SCAN and KEYS know the same keys.
//
// The input is what a client sends. Requests that begin with "@" steer the test: @db N, @wait MILLISECONDS,
// @resp 2 or 3, @sweep (a slice of the active expiry), @list KEY (a key of another type).
//
// libFuzzer: -max_len=2048 -dict=commands.dict
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/numbers.h"
#include "base/text.h"
#include "store/expiry_cycle.h"
#include "support/command_fixture.h"
#include "support/reply.h"
#include "unit/resp/feed.h"

namespace redpoll::testing {
namespace {

constexpr int64_t kLargest = 256 * 1024;  // keeps SETRANGE and LCS affordable

struct Content {
  store::Type type;
  std::string value;
  std::optional<int64_t> deadline_ms;
  friend bool operator==(const Content&, const Content&) = default;
};
using DataSet = std::map<std::pair<int, std::string>, Content>;

// What a client can see. Expired keys that nobody looked for are not there.
DataSet data_set(CommandFixture& of) {
  DataSet all;
  for (int db = 0; db < CommandFixture::kDatabases; ++db) {
    of.keyspace.db(db).each([&](const store::Entry& entry) {
      if (entry.expired(of.now)) return;
      Content content{.type = entry.type(), .value = {}, .deadline_ms = std::nullopt};
      store::StringView::Digits digits;
      if (entry.type() == store::Type::string) content.value = store::StringView(entry).text(digits);
      if (entry.has_deadline()) content.deadline_ms = entry.deadline() - UnixMs{};
      all.emplace(std::pair(db, std::string(entry.key())), std::move(content));
    });
  }
  return all;
}

class Session {
 public:
  Session() {
    for (CommandFixture* side : {&primary_, &replica_}) side->limits.max_bulk_bytes = kLargest;
  }

  void run(std::string_view bytes) {
    reset();
    resp::Feed feed({.max_bulk = kLargest});
    static_cast<void>(feed.give(bytes));
    for (const Words& words : feed.requests) request(words);
    finish();
  }

 private:
  // Building a table of commands takes longer than running many of them, so both sides are kept.
  void reset() {
    for (CommandFixture* side : {&primary_, &replica_}) {
      side->keyspace.clear(store::Reclaim::now);
      side->now = UnixMs{1'700'000'000'000};
      side->protocol = resp::Protocol::resp2;
      side->keyspace.rng = Rng(1);
      side->select(0);
    }
  }

  void request(const Words& words) {
    if (words[0].starts_with('@')) return steer(words[0], words.size() > 1 ? words[1] : "");
    const std::vector<resp::Arg> args(words.begin(), words.end());
    const exec::CommandEntry* entry = primary_.table.resolve(args);
    const std::string raw = primary_.run(words);
    check_reply(words, raw);
    const bool writes = entry != nullptr && entry->command->traits & exec::kWrite;
    CHECK(writes || primary_.dirty() == 0, "{} only reads, and counts a change", words[0]);
    for (const auto& [db, again] : primary_.recorder.commands) {
      CHECK(writes || again[0] == "DEL", "{} only reads, and propagates {}", words[0], again[0]);
      replay(db, again);
    }
  }

  void check_reply(const Words& words, std::string_view raw) const {
    const ParsedReply parsed = parse_reply(raw);
    CHECK(parsed.state == ParsedReply::State::complete && parsed.used == raw.size(), "{} answered '{}': {}",
          words[0], raw, parsed.problem);
    if (primary_.protocol == resp::Protocol::resp2)
      CHECK(is_resp2(parsed.reply), "{} answered '{}'", words[0], raw);
    if (!parsed.reply.is_error()) return;
    // An error begins with a code in capitals.
    const size_t code = parsed.reply.text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    CHECK(code > 1 && (code == parsed.reply.text.npos || parsed.reply.text[code] == ' '), "{}",
          parsed.reply.text);
  }

  static bool is_resp2(const Reply& reply) {
    using Kind = Reply::Kind;
    constexpr Kind kKnown[] = {Kind::status, Kind::error,     Kind::integer,   Kind::bulk,
                               Kind::array,  Kind::null_bulk, Kind::null_array};
    return std::find(std::begin(kKnown), std::end(kKnown), reply.kind) != std::end(kKnown) &&
           std::all_of(reply.elements.begin(), reply.elements.end(), is_resp2);
  }

  void replay(int db, const Words& words) {
    replica_.select(db);
    const std::string reply = replica_.run(words);
    CHECK(!reply.starts_with('-'), "{} was propagated and answered with '{}'", words[0], reply);
  }

  void replay_all() {
    for (const auto& [db, words] : std::exchange(primary_.recorder.commands, {})) replay(db, words);
  }

  void steer(std::string_view what, const std::string& value) {
    const int64_t number = std::clamp<int64_t>(parse_int64(value).value_or(0), 0, 1'000'000'000'000);
    if (what == "@db") {
      primary_.select(static_cast<int>(number % CommandFixture::kDatabases));
    } else if (what == "@wait") {
      primary_.advance_ms(number);
      primary_.keyspace.terms().now = replica_.now = primary_.now;
    } else if (what == "@resp") {
      primary_.protocol = number == 3 ? resp::Protocol::resp3 : resp::Protocol::resp2;
    } else if (what == "@sweep") {
      primary_.recorder.commands.clear();
      primary_.keyspace.terms().now = primary_.now;
      store::ExpiryCycle(primary_.keyspace, {}).begin(10, 1);
      replay_all();
    } else if (what == "@list") {
      put_list(value);
    }
  }

  void put_list(const std::string& key) {
    primary_.recorder.commands.clear();
    primary_.put_list(key);  // what has expired there goes first
    replay_all();
    replica_.select(primary_.db().index());
    replica_.put_list(key);
  }

  void finish() {
    CHECK(data_set(primary_) == data_set(replica_), "the replica differs");
    for (CommandFixture* side : {&primary_, &replica_}) {
      for (int db = 0; db < CommandFixture::kDatabases; ++db) side->keyspace.db(db).validate();
    }
    primary_.select(0);
    CHECK(scanned() == keys(primary_.run({"keys", "*"})));
  }

  // In RESP2 or RESP3 an array of bulks.
  static std::set<std::string> keys(const std::string& raw) {
    std::set<std::string> all;
    for (const Reply& key : parse_reply(raw).reply.elements) {
      if (!key.text.empty()) all.insert(key.text);  // "*" does not match the empty key
    }
    return all;
  }

  std::set<std::string> scanned() {
    std::set<std::string> all;
    std::string cursor = "0";
    do {
      const Reply reply = parse_reply(primary_.run({"scan", cursor, "count", "3"})).reply;
      cursor = reply.elements.at(0).text;
      for (const Reply& key : reply.elements.at(1).elements) {
        if (!key.text.empty()) all.insert(key.text);
      }
    } while (cursor != "0");
    return all;
  }

  CommandFixture primary_, replica_;
};

}  // namespace
}  // namespace redpoll::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static redpoll::testing::Session session;
  session.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
