// A dispatcher with clients that have no sockets: what they send is given to it as ClientIo would, turn by
// turn.
//
// Besides all commands there are a few that make collections and wait for them, of which the tests need to
// know no more than this: a key that `give` has made holds one thing.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "admin/tables.h"
#include "server/dispatcher.h"
#include "server/executor_host.h"
#include "support/admin_fixture.h"

namespace redpoll::server {

std::span<const exec::Command> waiting_commands();

struct DispatcherFixture {
  explicit DispatcherFixture(config::Settings settings = {}) : parts(std::move(settings), &host) {
    for (const admin::Table table : admin::all_tables()) commands.add(table);
    commands.add(waiting_commands());
    commands.seal();
  }

  session::Client& connect() { return parts.base.connect(); }
  // What a client sends arrives.
  void send(session::Client& client, std::string_view bytes) {
    host.begin_turn();
    const bool waits = client.waits != session::Waits::no;
    if (client.pending.empty() && !waits) {
      dispatcher.feed(client, bytes);
    } else {
      client.pending.append(bytes);
      if (!waits) dispatcher.feed(client, client.pending.view());
    }
    dispatcher.run();
  }
  void send_line(session::Client& client, std::string_view line) { send(client, std::string(line) + "\r\n"); }
  // The end of a turn: who was answered, or has not had its share, goes on.
  void end_turn() {
    resumer.admit_postponed();
    for (auto ids = to_go_on(); !ids.empty(); ids = to_go_on()) {
      for (const session::ClientId id : ids) {
        session::Client* client = parts.base.clients.find(id);
        if (client == nullptr || client->waits != session::Waits::no) continue;
        client->unfinished = false;
        if (!client->pending.empty()) dispatcher.feed(*client, client->pending.view());
      }
      dispatcher.run();
    }
  }
  std::vector<session::ClientId> to_go_on() {
    auto ids = resumer.take_resumed();
    for (const session::ClientId id : dispatcher.take_unfinished()) ids.push_back(id);
    return ids;
  }
  // Time goes by; whose wait is over then is answered.
  void pass(int64_t ms) {
    parts.base.pass(ms);
    resumer.settle();
  }
  // What the client was sent since the last call.
  static std::string replies(session::Client& client) {
    std::string bytes = client.replies.copy();
    client.replies.clear();
    return bytes;
  }
  // Sends a line, ends the turn, and returns what the client was sent.
  std::string run(session::Client& client, std::string_view line) {
    send_line(client, line);
    end_turn();
    return replies(client);
  }
  const exec::CommandStats& stats(std::string_view command) { return commands.find(command)->stats; }

  testing::AdminFixture parts;
  ReclaimWorker worker;
  MemoryLimit memory{parts.base.session.keyspace, parts.base.executor, worker, parts.latency, {}};
  ExecutorHost host{parts.base.session, parts.admin, parts.base.executor, memory};
  exec::CommandTable commands;
  session::Resumer& resumer = parts.base.resumer;
  Dispatcher dispatcher{// However slow a test runs, its requests are within their share of a turn.
                        {commands, parts.base.executor, parts.base.session, resumer, TickRate(1e15)}};
};

}  // namespace redpoll::server
