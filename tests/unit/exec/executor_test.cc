#include "exec/executor.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "exec/errors.h"
#include "resp/chunk_pool.h"

namespace redpoll::exec::executor_test {

namespace {

using Lines = std::vector<std::string>;
using What = Decision::What;

std::function<Outcome(Call&)> outer_body, inner_body;
int client_runs = 0;
Outcome run_outer(Call& call) { return outer_body(call); }
Outcome run_inner(Call& call) { return inner_body(call); }
Outcome run_client(Call& call) {
  ++client_runs;
  call.out.ok();
  return done;
}

constexpr Command kCommands[] = {
    {.name = "outer", .run = run_outer, .arity = at_least(1), .traits = kWrite},
    {.name = "inner", .run = run_inner, .arity = exactly(2), .traits = kWrite | kDenyOom},
    {.name = "me", .run = Handler(run_client, Handler::For::clients), .arity = exactly(1)},
};

// Two commands whose bodies the test gives, and a host that decides as it is told.
struct ExecutorFixture final : Host, JournalReader {
  ExecutorFixture() {
    client_runs = 0;
    table.add(kCommands);
    table.seal();
    journal.observe(keys);
    journal.read_by(*this, interest::kCommands);
    keys.terms().now = UnixMs{1'000};
    inner_body = [](Call& c) {
      c.out.ok();
      return done;
    };
  }
  ~ExecutorFixture() { journal.read_by(*this, 0); }

  Verdict run(std::initializer_list<std::string_view> words, bool somebody = true) {
    const std::vector<Arg> args(words.begin(), words.end());
    Reply out(buffer);
    Call call(executor, out, somebody ? &asker : nullptr);
    return executor.run(call, table.resolve(args), args);
  }
  // Runs "outer" with this body.
  Verdict run_outer_as(std::function<Outcome(Call&)> body,
                       std::initializer_list<std::string_view> words = {"outer"}) {
    outer_body = std::move(body);
    return run(words);
  }
  void run_inner_within(Call& outer, Origin origin = Origin::transaction) {
    const Arg args[] = {"inner", "x"};
    Call call(executor, outer.out, outer.asker(), origin);
    executor.run_admitted(call, *table.find("inner"), args);
  }
  std::string replies() {
    std::string text = buffer.copy();
    buffer.clear();
    return text;
  }
  const CommandStats& stats_of(std::string_view name) { return table.find(name)->stats; }

  Decision admit(Call&, CommandEntry* entry, std::span<const Arg>) override {
    ++asked;
    asked_about = entry;
    return decision;
  }
  void was_slow(const Call& call, Ticks) override { slow.emplace_back(call.name()); }
  void refresh_time() override {
    ++refreshed;
    if (set_clock) executor.clock_read_at = ticks_now();
  }
  void committed(const JournalUnit& unit) override {
    Lines& lines = units.emplace_back();
    unit.each_command([&](const PropagatedCommand& c) { lines.emplace_back(c.words[0].view()); });
  }

  struct Somebody : Asker {};
  Decision decision;
  int asked = 0, refreshed = 0;
  bool set_clock = true;
  CommandEntry* asked_about = nullptr;
  Lines slow;
  std::vector<Lines> units;
  Journal journal;
  store::Keyspace keys{4, SipKey{1, 2}, nullptr, &journal};
  Statistics stats;
  Context context;
  Executor executor{{keys, journal, stats, context, *this}};
  CommandTable table;
  Somebody asker;
  resp::ChunkPool pool;
  resp::ReplyBuffer buffer{pool};
};

Outcome change_once(Call& c) {
  c.changed_many(1);
  c.out.ok();
  return done;
}

}  // namespace

TEST_CASE("A command that may run is not asked about") {
  ExecutorFixture t;
  REQUIRE(t.run({"inner", "x"}) == Verdict::finished);
  REQUIRE(t.asked == 0);
  REQUIRE(t.replies() == "+OK\r\n");
  REQUIRE(t.stats_of("inner").calls == 1);
  REQUIRE(t.stats.commands_processed == 1);
  REQUIRE(t.asker.commands == 1);
  REQUIRE(t.asker.last_command == t.table.find("inner"));
}

TEST_CASE("The host decides about what is unknown, malformed or denied, to everybody or to one") {
  ExecutorFixture t;
  t.decision = {What::refuse, err::syntax};
  REQUIRE(t.run({"nosuch"}) == Verdict::finished);
  REQUIRE(t.asked_about == nullptr);
  REQUIRE(t.run({"inner"}) == Verdict::finished);
  REQUIRE(t.asked == 2);
  t.executor.deny(needs::kMemory);
  REQUIRE(t.run({"inner", "x"}) == Verdict::finished);
  t.executor.allow(needs::kMemory);
  t.asker.denied = needs::kWriting;
  REQUIRE(t.run({"inner", "x"}) == Verdict::finished);
  REQUIRE(t.asked == 4);
  t.asker.denied = needs::kAuthentication | needs::kSubcommand;
  t.decision = {};
  REQUIRE(t.run({"inner", "x"}) == Verdict::finished);
  REQUIRE(t.asked == 5);
  std::string expected;
  for (int i = 0; i < 4; ++i) expected += "-ERR syntax error\r\n";
  REQUIRE(t.replies() == expected + "+OK\r\n");
}

TEST_CASE("A request that is refused counts as rejected, and neither as a call nor as failed") {
  ExecutorFixture t;
  t.decision = {What::refuse, err::syntax};
  t.run({"inner"});
  t.run({"nosuch"});
  REQUIRE(t.stats_of("inner").rejected == 1);
  REQUIRE(t.stats_of("inner").calls == 0);
  REQUIRE(t.stats_of("inner").failed == 0);
  REQUIRE(t.stats.error_replies == 2);
  REQUIRE(t.stats.commands_processed == 0);
}

TEST_CASE("What is queued, postponed or dropped is not run, nor counted, nor answered") {
  ExecutorFixture t;
  t.executor.deny(needs::kWriting);
  const auto verdict_of = [&](What what) {
    t.decision = {.what = what};
    return t.run({"inner", "x"});
  };
  REQUIRE(verdict_of(What::answered) == Verdict::finished);
  REQUIRE(verdict_of(What::postpone) == Verdict::postponed);
  REQUIRE(verdict_of(What::drop) == Verdict::dropped);
  REQUIRE(t.stats_of("inner").calls == 0);
  REQUIRE(t.stats_of("inner").rejected == 0);
  REQUIRE(t.replies().empty());
}

TEST_CASE("A command that fails is called, failed and an error") {
  ExecutorFixture t;
  t.run_outer_as([](Call&) { return err::wrong_type; });
  REQUIRE(t.replies().starts_with("-WRONGTYPE"));
  REQUIRE(t.stats_of("outer").calls == 1);
  REQUIRE(t.stats_of("outer").failed == 1);
  REQUIRE(t.stats_of("outer").rejected == 0);
  REQUIRE(t.stats.errors.all().at("WRONGTYPE") == 1);
}

TEST_CASE("A command that waits is called once, however often it is run again") {
  ExecutorFixture t;
  const auto wait = [](Call& c) { return c.wait_for({c.args.subspan(1, 1), store::Type::list, 0}); };
  REQUIRE(t.run_outer_as(wait, {"outer", "k"}) == Verdict::waits);
  REQUIRE(t.stats_of("outer").calls == 1);
  const Arg args[] = {"outer", "k"};
  Reply out(t.buffer);
  Call call(t.executor, out, &t.asker);
  REQUIRE(t.executor.run_again(call, *t.table.find("outer"), args, "k", 0) == Verdict::waits);
  outer_body = change_once;
  REQUIRE(t.executor.run_again(call, *t.table.find("outer"), args, "k", 0) == Verdict::finished);
  REQUIRE(t.stats_of("outer").calls == 1);
  REQUIRE(t.stats.commands_processed == 1);
  REQUIRE(t.asker.commands == 1);
  REQUIRE(t.stats.dirty == 1);
  REQUIRE(t.units == std::vector<Lines>{{"outer"}});
}

TEST_CASE("A wait that is over is a null array or an error, and only the error has failed") {
  ExecutorFixture t;
  const Arg args[] = {"outer", "k"};
  CommandEntry& entry = *t.table.find("outer");
  {
    Reply out(t.buffer);
    Call call(t.executor, out, &t.asker);
    t.executor.end_wait(call, entry, args, done, 0);
    REQUIRE(entry.stats.failed == 0);
    t.executor.end_wait(call, entry, args, err::syntax, 0);
  }
  REQUIRE(t.replies() == "*-1\r\n-ERR syntax error\r\n");
  REQUIRE(entry.stats.failed == 1);
  REQUIRE(entry.stats.calls == 0);
}

TEST_CASE("The time that a command waited for is not charged, that which it took is") {
  ExecutorFixture t;
  const Arg args[] = {"outer", "k"};
  constexpr Ticks kSpent = 1'000'000'000'000;
  outer_body = change_once;
  Reply out(t.buffer);
  Call call(t.executor, out, &t.asker);
  t.executor.run_again(call, *t.table.find("outer"), args, "k", kSpent);
  REQUIRE(t.stats_of("outer").ticks >= kSpent);
  REQUIRE(t.stats_of("outer").ticks < 2 * kSpent);
}

TEST_CASE("A command that may not wait answers what stands for the end of its wait") {
  ExecutorFixture t;
  for (const Otherwise otherwise : {Otherwise::null_array, Otherwise::null}) {
    inner_body = [=](Call& c) { return c.wait_for({c.args.subspan(1, 1), store::Type::list, 0, otherwise}); };
    t.run_outer_as([&](Call& c) {
      t.run_inner_within(c);
      return done;
    });
  }
  REQUIRE(t.replies() == "*-1\r\n$-1\r\n");
  REQUIRE(t.stats_of("inner").calls == 2);
  REQUIRE(t.stats_of("inner").failed == 0);
}

TEST_CASE("Commands that a command runs are counted for themselves and propagate as one unit") {
  ExecutorFixture t;
  inner_body = change_once;
  t.run_outer_as([&](Call& c) {
    t.run_inner_within(c);
    REQUIRE(t.units.empty());
    t.run_inner_within(c);
    return done;
  });
  REQUIRE(t.units == std::vector<Lines>{{"MULTI", "inner", "inner", "EXEC"}});
  REQUIRE(t.stats.dirty == 2);
  REQUIRE(t.stats_of("inner").calls == 2);
  REQUIRE(t.stats_of("outer").calls == 1);
  REQUIRE(t.stats.commands_processed == 3);
  REQUIRE(t.asker.commands == 3);
}

TEST_CASE("What runs is the innermost command, and nothing between commands") {
  ExecutorFixture t;
  const Call* inside = nullptr;
  inner_body = [&](Call& c) {
    inside = t.executor.running();
    REQUIRE(inside == &c);
    c.out.ok();
    return done;
  };
  t.run_outer_as([&](Call& c) {
    REQUIRE(t.executor.running() == &c);
    t.run_inner_within(c);
    REQUIRE(t.executor.running() == &c);
    return done;
  });
  REQUIRE(inside != nullptr);
  REQUIRE(t.executor.running() == nullptr);
}

TEST_CASE("What is about a client is not run without one") {
  ExecutorFixture t;
  t.decision = {What::refuse, err::syntax};
  REQUIRE(t.run({"me"}, false) == Verdict::finished);
  REQUIRE(client_runs == 0);
  REQUIRE(t.asked == 1);
  t.run({"me"});
  REQUIRE(client_runs == 1);
  REQUIRE(t.run({"inner", "x"}, false) == Verdict::finished);
  REQUIRE(t.stats_of("inner").calls == 1);
}

TEST_CASE("What takes long is reported, each command for itself") {
  ExecutorFixture t;
  t.run({"inner", "x"});
  REQUIRE(t.slow.empty());
  t.executor.slow_ticks = 0;
  t.run_outer_as([&](Call& c) {
    t.run_inner_within(c);
    return done;
  });
  REQUIRE(t.slow == Lines{"inner", "outer"});
}

TEST_CASE("The time is read anew when it is too old, and never in the middle of a unit") {
  ExecutorFixture t;
  t.executor.clock_read_at = ticks_now();
  t.run({"inner", "x"});
  REQUIRE(t.refreshed == 0);
  t.executor.stale_clock_ticks = 0;
  t.run({"inner", "x"});
  REQUIRE(t.refreshed == 1);
  t.run_outer_as([&](Call& c) {
    t.run_inner_within(c);
    t.run_inner_within(c);
    REQUIRE(t.refreshed == 1);
    return done;
  });
  REQUIRE(t.refreshed == 2);
}

TEST_CASE("A call that is used again starts anew: nothing is dirty, rewritten or forced any more") {
  ExecutorFixture t;
  Reply out(t.buffer);
  Call call(t.executor, out, &t.asker);
  const Arg args[] = {"outer"};
  CommandEntry& entry = *t.table.find("outer");
  outer_body = [](Call& c) {
    c.changed_many(3);
    c.propagate_always();
    c.propagate_as("OTHER");
    return done;
  };
  t.executor.run(call, &entry, args);
  outer_body = [](Call& c) {
    REQUIRE(c.dirty() == 0);
    return done;
  };
  t.executor.run(call, &entry, args);
  REQUIRE(t.units == std::vector<Lines>{{"OTHER"}});
  outer_body = change_once;
  t.executor.run(call, &entry, args);
  REQUIRE(t.units == std::vector<Lines>{{"OTHER"}, {"outer"}});
  REQUIRE(t.stats.dirty == 4);
}

TEST_CASE("What a command needs follows from its row") {
  constexpr Needs kAlways = needs::kConnection | needs::kNoPause | needs::kNoShutdown;
  constexpr Needs kPlain = kAlways | needs::kAuthentication | needs::kRunAtOnce;
  const auto of = [](Traits traits, Handler run = Handler(run_inner)) {
    return needs_of(Command{.name = "x", .run = run, .arity = exactly(1), .traits = traits});
  };
  REQUIRE(of(kRead) == kPlain);
  REQUIRE(of(kWrite) == (kPlain | needs::kWriting));
  REQUIRE(of(kWrite | kDenyOom) == (kPlain | needs::kWriting | needs::kMemory));
  REQUIRE(of(kMayReplicate) == (kPlain | needs::kWriting));
  REQUIRE(of(kNoAuth) == (kAlways | needs::kRunAtOnce));
  REQUIRE(of(0, Handler(run_client, Handler::For::clients)) == (kPlain | needs::kClient));
  REQUIRE(of(0, Handler()) == (kPlain | needs::kSubcommand));
  REQUIRE(of(kSteersTransaction) == (kPlain & ~needs::kRunAtOnce));
  REQUIRE(of(kSteersTransaction | kRunsTransaction) ==
          ((kPlain & ~needs::kRunAtOnce) | needs::kWriting | needs::kMemory));
}

}  // namespace redpoll::exec::executor_test
