// Call: errors, events, propagation, values; Expiry; the replies of store values.
#include "exec/call.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "exec/expiry.h"
#include "resp/chunk_pool.h"

namespace redpoll::exec {

namespace {

using Lines = std::vector<std::string>;
using namespace option_literals;

class Recorder : public Effects {
 public:
  bool wants_propagation() const override { return wanted; }
  void propagate(int db, std::span<const Arg> args) override {
    std::string line = std::to_string(db);
    for (const Arg arg : args) line.append(" ").append(arg.view());
    propagated.push_back(line);
  }
  void notify(Event, std::string_view event, int db, std::string_view key) override {
    events.push_back(std::to_string(db) + " " + std::string(event) + " " + std::string(key));
  }
  bool wanted = true;
  Lines propagated, events;
};

Outcome nothing(Call&) { return done; }

struct Fixture {
  explicit Fixture(std::vector<Arg> words = {"SET", "k", "v", "GET", "EX", "5", "get"}) : args(std::move(words)) {
    begin();
  }
  void begin(resp::RequestParser* parser = nullptr) {
    effects.propagated.clear();
    effects.events.clear();
    call.begin(command, "set", args, keys.db(2), parser);
    call.now = UnixMs{1'000'000};
  }
  Lines flush() {
    call.flush_effects();
    return effects.propagated;
  }

  const Command command{.name = "set", .run = nothing, .arity = at_least(1)};
  std::vector<Arg> args;
  Recorder effects;
  store::Keyspace keys{4, SipKey{1, 2}};
  resp::ChunkPool pool;
  resp::ReplyBuffer buffer{pool};
  Reply reply{buffer};
  Limits limits;
  Call call{keys, reply, effects, limits};
};

}  // namespace

TEST_CASE("A command propagates as it was sent if it changed something") {
  Fixture t;
  REQUIRE(t.flush().empty());
  t.call.changed_many(1);
  REQUIRE(t.flush() == Lines{"2 SET k v GET EX 5 get"});
}

TEST_CASE("What is put in its place propagates instead, in order") {
  Fixture t;
  t.call.changed_many(2);
  t.call.propagate_as("DEL", t.args[1]);
  t.call.propagate_as("SET", std::string("k"), "v", "PXAT", int64_t{-5});
  REQUIRE(t.flush() == Lines{"2 DEL k", "2 SET k v PXAT -5"});
  t.begin();
  t.call.changed_many(1);
  REQUIRE(t.flush() == Lines{"2 SET k v GET EX 5 get"});
}

TEST_CASE("An option can be left out wherever it stands") {
  Fixture t;
  t.call.changed_many(1);
  t.call.propagate_without("GET"_opt, 3);
  REQUIRE(t.flush() == Lines{"2 SET k v EX 5"});
}

TEST_CASE("Arguments before the options are kept even if they look like one") {
  Fixture t({"SET", "GET", "get", "GET"});
  t.call.changed_many(1);
  t.call.propagate_without("GET"_opt, 3);
  REQUIRE(t.flush() == Lines{"2 SET GET get"});
}

TEST_CASE("Nothing propagates when nobody listens") {
  Fixture t;
  t.effects.wanted = false;
  t.call.changed_many(1);
  t.call.propagate_as("DEL", "k");
  REQUIRE(t.flush().empty());
}

TEST_CASE("A change counts as dirty and tells of a new key first") {
  Fixture t;
  {
    Slot slot = t.call.db().probe("k");
    slot.store(t.call.value_of(2));
    t.call.changed(slot, Event::string, "set");
  }
  REQUIRE(t.effects.events == Lines{"2 new k", "2 set k"});
  Slot slot = t.call.db().probe("k");
  slot.erase();
  t.call.changed(slot, Event::generic, "del");
  REQUIRE(t.effects.events.back() == "2 del k");
  REQUIRE(t.effects.events.size() == 3);
  REQUIRE(t.call.dirty == 2);
}

TEST_CASE("Errors with a text of their own live until the next command") {
  Fixture t;
  const Outcome bad = t.call.fail("ERR {} of {}", "one", 3);
  REQUIRE(bad.failed());
  REQUIRE(bad.error() == "ERR one of 3");
  REQUIRE(t.call.wrong_arity().error() == "ERR wrong number of arguments for 'set' command");
  REQUIRE_FALSE(done.failed());
}

TEST_CASE("A command that waits is neither done nor failed, and says what for") {
  Fixture t({"BLPOP", "a", "b", "1"});
  const auto keys = std::span<const Arg>(t.args).subspan(1, 2);
  const Outcome waits = t.call.wait_for(keys, store::Type::list, 1000);
  REQUIRE(waits.waits());
  REQUIRE(static_cast<bool>(waits));
  REQUIRE_FALSE(waits.failed());
  REQUIRE(t.call.wish().keys.data() == keys.data());
  REQUIRE(t.call.wish().keys.size() == 2);
  REQUIRE(t.call.wish().type == store::Type::list);
  REQUIRE(t.call.wish().timeout_ms == 1000);
  REQUIRE_FALSE(done.waits());
  REQUIRE_FALSE(err::syntax.waits());
}

TEST_CASE("A command that has waited looks for what it takes under the key that is ready") {
  Fixture t({"BLPOP", "a", "b", "1"});
  const auto keys = std::span<const Arg>(t.args).subspan(1, 2);
  REQUIRE(t.call.candidates(keys).size() == 2);
  t.call.serve("b");
  REQUIRE(t.call.candidates(keys).size() == 1);
  REQUIRE(t.call.candidates(keys)[0] == "b");
}

TEST_CASE("A large argument that was received into a blob becomes the value without a copy") {
  const std::string value(100'000, 'x');
  const std::string request = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n" + value + "\r\n";
  resp::RequestParser parser;
  resp::ArgList parsed;
  size_t pos = 0;
  const std::string_view first = std::string_view(request).substr(0, 50'000);
  REQUIRE(parser.next(first, pos, parsed, {}) == resp::ParseStatus::need_more);
  const size_t kept = parser.keep(first.size() - pos);
  const std::string input(first.substr(pos, kept));
  std::string_view rest = std::string_view(request).substr(50'000);
  while (!parser.bulk_space().empty()) {
    const auto space = parser.bulk_space();
    const size_t n = rest.copy(space.data(), space.size());
    parser.bulk_received(n);
    rest.remove_prefix(n);
  }
  pos = 0;
  REQUIRE(parser.next(input, pos, parsed, {}) == resp::ParseStatus::request);

  Fixture t;
  t.args.assign(parsed.all().begin(), parsed.all().end());
  t.begin(&parser);
  const char* received = t.args[2].data();
  t.call.db().probe("k").store(t.call.value_of(2));
  parser.release();
  const store::Entry* entry = t.call.db().lookup("k");
  REQUIRE(entry->blob()->data() == received);
  REQUIRE(entry->blob()->view() == value);
}

TEST_CASE("Deadlines become absolute") {
  Fixture t;
  const auto at = [&](Expiry::Kind kind, std::string_view text) {
    const auto [bad, deadline] = Expiry{kind, text}.resolve(t.call);
    REQUIRE_FALSE(bad.failed());
    return deadline;
  };
  REQUIRE(at(Expiry::in_s, "5") == UnixMs{1'005'000});
  REQUIRE(at(Expiry::in_ms, "5") == UnixMs{1'000'005});
  REQUIRE(at(Expiry::at_s, "5") == UnixMs{5'000});
  REQUIRE(at(Expiry::at_ms, "9223372036854775807") == UnixMs{INT64_MAX});
  REQUIRE(at(Expiry::none, "") == std::nullopt);
  REQUIRE(at(Expiry::keep, "") == std::nullopt);
  REQUIRE(at(Expiry::persist, "") == std::nullopt);
}

TEST_CASE("Impossible deadlines are refused with the name of the command") {
  Fixture t;
  const auto error = [&](Expiry::Kind kind, std::string_view text) {
    return std::string(Expiry{kind, text}.resolve(t.call).bad.error());
  };
  const std::string invalid = "ERR invalid expire time in 'set' command";
  REQUIRE(error(Expiry::in_s, "0") == invalid);
  REQUIRE(error(Expiry::at_ms, "-1") == invalid);
  REQUIRE(error(Expiry::in_s, "9223372036854775807") == invalid);
  REQUIRE(error(Expiry::at_s, "9223372036854776") == invalid);
  REQUIRE(error(Expiry::in_ms, "9223372036854775807") == invalid);
  REQUIRE(error(Expiry::in_s, "") == err::not_integer.error());
  REQUIRE(error(Expiry::in_s, "1.5") == err::not_integer.error());
}

TEST_CASE("A large value is sent from where it lies, a small one is copied") {
  for (const std::string& value : {std::string("7"), std::string("v"), std::string(100'000, 'x')}) {
    Fixture t;
    t.call.db().probe("k").store(store::String::encode(value));
    t.reply.bulk_or_null(t.call.db().find<store::String>("k").value);
    t.reply.sync();
    REQUIRE(t.buffer.copy() == "$" + std::to_string(value.size()) + "\r\n" + value + "\r\n");
    const store::Entry* entry = t.call.db().lookup("k");
    const bool shared = entry->encoding() == store::Encoding::blob && entry->blob()->shared();
    REQUIRE(shared == (value.size() == 100'000));
  }
}

}  // namespace redpoll::exec
