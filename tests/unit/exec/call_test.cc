// Call: errors, events, propagation, values; Expiry; the replies of store values.
#include "exec/call.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "exec/executor.h"
#include "exec/expiry.h"
#include "resp/chunk_pool.h"

namespace redpoll::exec {

namespace {

using Lines = std::vector<std::string>;
using Words = std::vector<std::string>;
using namespace option_literals;

class Recorder : public JournalReader {
 public:
  Lines propagated, events;

 private:
  void committed(const JournalUnit& unit) override {
    unit.each_command([this](const PropagatedCommand& command) {
      std::string line = std::to_string(command.db);
      for (const Arg word : command.words) line.append(" ").append(word.view());
      propagated.push_back(line);
    });
    unit.each_event([this](const KeyEvent& event) {
      events.push_back(std::to_string(event.db) + " " + std::string(event.name) + " " +
                       std::string(event.key));
    });
  }
};

// What the one command of these tests does.
std::function<Outcome(Call&)> body;
Outcome run_body(Call& call) { return body(call); }

struct Fixture final : Host {
  explicit Fixture(Words said = {"SET", "k", "v", "GET", "EX", "5", "get"}) : words(std::move(said)) {
    for (const std::string& word : words) args.emplace_back(std::string_view(word));
    asker.database = 2;
    keys.terms().now = UnixMs{1'000'000};
    journal.observe(keys);
    journal.read_by(recorder, interest::kEvents | interest::kCommands);
    static constexpr Command kCommand[] = {{.name = "set", .run = run_body, .arity = at_least(1)}};
    table.add(kCommand);
    table.seal();
  }
  // Runs the command; what it did before is forgotten.
  Verdict run(std::function<Outcome(Call&)> what, resp::RequestParser* parser = nullptr) {
    recorder.propagated.clear();
    recorder.events.clear();
    body = std::move(what);
    return executor.run(call, table.find("set"), args, parser);
  }
  std::string reply_of(std::function<Outcome(Call&)> what) {
    const size_t before = reply.bytes_written();
    run(std::move(what));
    reply.sync();
    return buffer.copy().substr(before);
  }
  Decision admit(Call&, CommandEntry*, std::span<const Arg>) override { return {}; }
  void was_slow(const Call&, Ticks) override {}
  void refresh_time() override {}

  struct Somebody : Asker {};
  Words words;
  std::vector<Arg> args;
  Recorder recorder;
  Journal journal;
  store::Keyspace keys{4, SipKey{1, 2}, nullptr, &journal};
  Statistics stats;
  Context context;
  Executor executor{{keys, journal, stats, context, *this}};
  CommandTable table;
  Somebody asker;
  resp::ChunkPool pool;
  resp::ReplyBuffer buffer{pool};
  Reply reply{buffer};
  Call call{executor, reply, &asker};
};

}  // namespace

TEST_CASE("A command propagates as it was sent if it changed something") {
  Fixture t;
  t.run([](Call&) { return done; });
  REQUIRE(t.recorder.propagated.empty());
  t.run([](Call& c) {
    c.changed_many(1);
    return done;
  });
  REQUIRE(t.recorder.propagated == Lines{"2 SET k v GET EX 5 get"});
  REQUIRE(t.stats.dirty == 1);
}

TEST_CASE("What is put in its place propagates instead, in order, with MULTI and EXEC around it") {
  Fixture t;
  t.run([](Call& c) {
    c.changed_many(2);
    c.propagate_as("DEL", c.args[1]);
    c.propagate_as("SET", std::string("k"), "v", "PXAT", int64_t{-5});
    return done;
  });
  REQUIRE(t.recorder.propagated == Lines{"-1 MULTI", "2 DEL k", "2 SET k v PXAT -5", "-1 EXEC"});
  t.run([](Call& c) {
    c.changed_many(1);
    return done;
  });
  REQUIRE(t.recorder.propagated == Lines{"2 SET k v GET EX 5 get"});
}

TEST_CASE("An option can be left out wherever it stands") {
  Fixture t;
  const auto without_get = [](Call& c) {
    c.changed_many(1);
    c.propagate_without("GET"_opt, 3);
    return done;
  };
  t.run(without_get);
  REQUIRE(t.recorder.propagated == Lines{"2 SET k v EX 5"});
  Fixture other({"SET", "GET", "get", "GET"});
  other.run(without_get);
  REQUIRE(other.recorder.propagated == Lines{"2 SET GET get"});
}

TEST_CASE("Nothing propagates when nobody listens") {
  Fixture t;
  t.journal.read_by(t.recorder, 0);
  t.run([](Call& c) {
    REQUIRE_FALSE(c.propagates());
    c.changed_many(1);
    c.propagate_as("DEL", "k");
    return done;
  });
  REQUIRE(t.recorder.propagated.empty());
}

TEST_CASE("A change counts as dirty and tells of a new key first") {
  Fixture t;
  t.run([](Call& c) {
    Slot slot = c.db().probe("k");
    slot.store(c.value_of(2));
    c.changed(slot, Event::string, "set");
    return done;
  });
  REQUIRE(t.recorder.events == Lines{"2 new k", "2 set k"});
  t.run([](Call& c) {
    Slot slot = c.db().probe("k");
    slot.erase();
    c.changed(slot, Event::generic, "del");
    REQUIRE(c.dirty() == 1);
    return done;
  });
  REQUIRE(t.recorder.events == Lines{"2 del k"});
  REQUIRE(t.stats.dirty == 2);
}

TEST_CASE("Errors with a text of their own are answered and counted") {
  Fixture t;
  REQUIRE(t.reply_of([](Call& c) { return c.fail("ERR {} of {}", "one", 3); }) == "-ERR one of 3\r\n");
  REQUIRE(t.reply_of([](Call& c) { return c.wrong_arity(); }) ==
          "-ERR wrong number of arguments for 'set' command\r\n");
  REQUIRE(t.stats.error_replies == 2);
  REQUIRE(t.table.find("set")->stats.failed == 2);
}

TEST_CASE("A command that waits is neither done nor failed, and says what for") {
  Fixture t({"BLPOP", "a", "b", "1"});
  REQUIRE(t.run([](Call& c) {
    return c.wait_for({c.args.subspan(1, 2), store::Type::list, 1000});
  }) == Verdict::waits);
  t.reply.sync();
  REQUIRE(t.buffer.empty());
  REQUIRE(t.call.condition().keys.data() == t.args.data() + 1);
  REQUIRE(t.call.condition().keys.size() == 2);
  REQUIRE(t.call.condition().type == store::Type::list);
  REQUIRE(t.call.condition().timeout_ms == 1000);
  REQUIRE_FALSE(done.waits());
  REQUIRE_FALSE(err::syntax.waits());
}

TEST_CASE("A command that has waited looks for what it takes under the key that is ready") {
  Fixture t({"BLPOP", "a", "b", "1"});
  Lines seen;
  const auto look = [&](Call& c) {
    for (const Arg key : c.candidates(c.args.subspan(1, 2))) seen.emplace_back(key.view());
    return done;
  };
  t.run(look);
  REQUIRE(seen == Lines{"a", "b"});
  seen.clear();
  Call again(t.executor, t.reply, &t.asker);
  t.executor.run_again(again, *t.table.find("set"), t.args, "b", 0);
  REQUIRE(seen == Lines{"b"});
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
  const char* received = t.args[2].data();
  t.run(
      [](Call& c) {
        c.db().probe("k").store(c.value_of(2));
        return done;
      },
      &parser);
  parser.release();
  const store::Entry* entry = t.call.db().lookup("k");
  REQUIRE(entry->blob()->data() == received);
  REQUIRE(entry->blob()->view() == value);
}

TEST_CASE("Deadlines become absolute") {
  Fixture t;
  t.run([](Call&) { return done; });
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
  t.run([](Call&) { return done; });
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
    t.run([](Call&) { return done; });
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
