// Runs the commands about the server itself without one: the parts they look at, and a host that writes down
// what it was asked.
//
//   AdminFixture t;
//   REQUIRE(t.run({"config", "set", "hz", "20"}) == kOk);
//   REQUIRE(t.host.applied == std::vector{config::Apply::hz});
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "admin/admin_call.h"
#include "support/session_fixture.h"

namespace redpoll::testing {

class FakeHost final : public admin::Host {
 public:
  Result<void> apply(config::Apply what, const config::Settings& now,
                     const config::Settings& before) override;
  Result<void> shut_down(const admin::ShutdownRequest& request) override;
  bool abort_shutdown() override { return std::exchange(shutting_down, false); }
  size_t reclaim_pending() const override { return 3; }
  uint64_t reclaimed() const override { return reclaimed_count; }
  Bytes shared_buffer_bytes() const override { return 4096; }
  int hz() const override { return 25; }
  EvictionTimes eviction_times() const override { return eviction; }
  DefragFigures defrag() const override { return defrag_figures; }
  void reset_stats() override { reclaimed_count = 0; }

  std::vector<config::Apply> applied;
  std::string refusal;  // of the next apply or shut_down; empty: none
  std::vector<admin::ShutdownRequest> shutdowns;
  bool shutting_down = false;
  uint64_t reclaimed_count = 7;
  EvictionTimes eviction;
  DefragFigures defrag_figures;
};

class AdminFixture : private net::Acceptor {
 public:
  explicit AdminFixture(config::Settings settings = {}) : AdminFixture(std::move(settings), nullptr) {}
  // `executor_host`: takes the place of the session's, if not null.
  AdminFixture(config::Settings settings, exec::Host* executor_host);
  ~AdminFixture() override;

  // Runs one command of any folder as the Executor does, and returns the raw reply.
  std::string run(const Words& words);
  // The text of a reply that is one bulk or verbatim string.
  std::string text(const Words& words);
  // The text of INFO's field `name` in a section; "(none)" if it is not there.
  std::string info(std::string_view section, std::string_view name);

  admin::AdminContext context{base.session, admin};
  SessionFixture base;
  FakeHost host;
  exec::CommandTable commands;
  admin::Slowlog slowlog;
  admin::LatencyMonitor latency;
  store::ExpiryCycle expiry{base.keyspace, base.loop->clocks()};
  net::Listeners listeners;
  admin::ProcessFacts process;
  admin::Admin admin;

 private:
  void accepted(net::Connection) override {}
};

}  // namespace redpoll::testing
