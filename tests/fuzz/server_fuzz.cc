// Everything between a socket and the keyspace: clients' bytes, in pieces, through the dispatcher to every
// command there is, the administrative ones too.
//   - What each client gets is a sequence of complete, well formed replies.
//   - A client that is let go or kept waiting breaks nothing for the others.
//   - Afterwards a new client is served, and the tables are valid.
//
// The input is lines; the first byte of each says what it is for: 'a' to 'd' is the client that sends the
// rest and CRLF, 'A' to 'D' the same with a pause in the middle of it, and '-' ends CLIENT PAUSE and, by
// their timeouts, the waits for keys.
//
// libFuzzer: -max_len=2048 -dict=commands.dict
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/text.h"
#include "server/dispatcher.h"
#include "server/executor_host.h"
#include "support/admin_fixture.h"
#include "support/reply.h"

namespace redpoll::testing {
namespace {

config::Settings settings() {
  config::Settings settings;
  settings.proto_max_bulk_len = 64 * 1024;  // keeps SETRANGE and LCS affordable
  return settings;
}

// CONFIG SET would take the limit off again.
bool is_affordable(std::string_view line) {
  return to_lower(line).find("proto-max-bulk-len") == std::string::npos;
}

class Machine {
 public:
  Machine() { CHECK(fixture_.base.log.set_file("/dev/null").ok()); }

  void run(std::string_view input) {
    while (!input.empty()) {
      const size_t end = std::min(input.find('\n'), input.size());
      if (end > 0) line(input[0], input.substr(1, end - 1));
      input.remove_prefix(std::min(end + 1, input.size()));
    }
    // What waited for the end of a pause may ask for another.
    do end_pause();
    while (fixture_.base.pause.mode() != session::Pause::Mode::none);
    for (size_t i = 0; i < clients_.size(); ++i) check_replies(i);
    finish();
  }

 private:
  void line(char kind, std::string_view rest) {
    if (kind == '-') return end_pause();
    const auto number = static_cast<size_t>(to_lower(kind) - 'a');
    if (number >= clients_.size() || !is_affordable(rest)) return;
    const std::string bytes = std::string(rest) + "\r\n";
    const size_t first = kind >= 'A' && kind <= 'D' ? bytes.size() / 2 : bytes.size();
    give(number, std::string_view(bytes).substr(0, first));
    give(number, std::string_view(bytes).substr(first));
    leave();
  }

  // As ClientIo does with what it has read.
  void give(size_t number, std::string_view bytes) {
    session::Client* client = clients_[number] ? fixture_.base.clients.find(*clients_[number]) : nullptr;
    if (client == nullptr) {
      check_replies(number);
      client = &fixture_.base.connect("10.0.0.1", static_cast<uint16_t>(5000 + number));
      clients_[number] = client->id;
    }
    if (bytes.empty() || client->close_after_reply) return;
    const bool waits = client->waits != session::Waits::no;
    if (client->pending.empty() && !waits) {
      dispatcher_.feed(*client, bytes);
    } else {
      client->pending.append(bytes);
      if (!waits) dispatcher_.feed(*client, client->pending.view());
    }
    dispatcher_.run();
  }

  void end_pause() {
    fixture_.base.pause.end();
    fixture_.base.pass(kLongMs);
    const store::AccessScope scope(fixture_.base.keyspace, fixture_.base.session.terms());
    fixture_.base.resumer.admit_postponed();
    fixture_.base.resumer.settle();
    leave();
  }

  void resume(const std::vector<session::ClientId>& ids) {
    for (const session::ClientId id : ids) {
      session::Client* client = fixture_.base.clients.find(id);
      if (client == nullptr || client->waits != session::Waits::no || client->pending.empty()) continue;
      dispatcher_.feed(*client, client->pending.view());
      dispatcher_.run();
    }
  }

  // The end of a turn: who has been told to go goes.
  void leave() {
    for (auto ids = fixture_.base.resumer.take_resumed(); !ids.empty();
         ids = fixture_.base.resumer.take_resumed())
      resume(ids);
    for (auto& id : clients_) {
      session::Client* client = id ? fixture_.base.clients.find(*id) : nullptr;
      if (client != nullptr && client->close_after_reply) fixture_.base.clients.close(*client);
    }
    for (const session::ClientId id : fixture_.base.clients.take_closing()) {
      session::Client* client = fixture_.base.clients.find_any(id);
      if (client == nullptr) continue;
      // One that went over its limit for output is not sent what was begun.
      check_well_formed(client->replies.copy(), client->close_after_reply);
      session::forget_client(fixture_.base.session, *client);
      fixture_.base.outbox.forget(*client);
      fixture_.base.clients.remove(id);
    }
  }

  void check_replies(size_t number) {
    session::Client* client = clients_[number] ? fixture_.base.clients.find(*clients_[number]) : nullptr;
    if (client != nullptr) check_well_formed(client->replies.copy());
  }

  static void check_well_formed(std::string_view bytes, bool to_the_end = true) {
    while (!bytes.empty()) {
      const ParsedReply parsed = parse_reply(bytes);
      if (parsed.state == ParsedReply::State::incomplete && !to_the_end) return;
      CHECK(parsed.state == ParsedReply::State::complete, "{} at the end of what a client got: '{}'",
            parsed.problem, bytes.substr(bytes.size() - std::min<size_t>(bytes.size(), 300)));
      bytes.remove_prefix(parsed.used);
    }
  }

  void finish() {
    fixture_.base.session.shutting_down = false;
    fixture_.base.executor.allow(exec::needs::kNoShutdown | exec::needs::kMemory);
    // Whatever limits were set meanwhile.
    fixture_.base.config.adjust([](config::Settings& now) { now = settings(); });
    session::Client& late = fixture_.base.connect("10.0.0.9", 9);
    late.set_authenticated(true);
    dispatcher_.feed(late, "PING\r\nECHO x\r\n");
    dispatcher_.run();
    const std::string replies = late.replies.copy();
    CHECK(replies == "+PONG\r\n$1\r\nx\r\n", "a new client got '{}'", replies);
    for (int i = 0; i < fixture_.base.keyspace.size(); ++i) fixture_.base.keyspace.db(i).validate();
  }

  // Longer than most waits; all runs of a process together must not overflow the clock.
  static constexpr int64_t kLongMs = 100'000'000;

  AdminFixture fixture_{settings(), &host_};
  server::ReclaimWorker worker_;
  server::MemoryLimit memory_{
      fixture_.base.session.keyspace, fixture_.base.executor, worker_, fixture_.latency, {}};
  server::ExecutorHost host_{fixture_.base.session, fixture_.admin, fixture_.base.executor, memory_};
  server::Dispatcher dispatcher_{{fixture_.commands, fixture_.base.executor, fixture_.base.session,
                                  fixture_.base.resumer, TickRate(1e15)}};
  std::array<std::optional<session::ClientId>, 4> clients_;
};

}  // namespace
}  // namespace redpoll::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redpoll::testing::Machine().run({reinterpret_cast<const char*>(data), size});
  return 0;
}
