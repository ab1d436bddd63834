// What a client that waits for a key with a timeout costs among many: to begin and end the wait, and per turn
// of the loop. The argument is how many wait.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "ae/event_loop.h"
#include "exec/journal.h"
#include "resp/chunk_pool.h"
#include "session/conditions.h"
#include "session/registry.h"
#include "store/keyspace.h"

namespace redpoll::session {
namespace {

// Clients that wait for one of a thousand keys, each for one of `timeouts` different times of about an hour.
class Crowd {
 public:
  Crowd(int64_t count, int64_t timeouts) : timeouts_(timeouts) {
    for (int64_t i = 0; i < count; ++i) {
      clients_.push_back(&registry_.add(net::Connection(), loop_->now()));
      begin(i);
    }
  }
  ~Crowd() {
    for (Client* client : clients_) conditions_.leave(*client);
  }

  void begin(int64_t i) {
    const std::string key = "key:" + std::to_string(i % 1000);
    const std::vector<resp::Arg> args{std::string_view(key)};
    const int64_t timeout_ms = 3'600'000 + i % timeouts_;
    const exec::Condition condition{.keys = args, .timeout_ms = timeout_ms};
    conditions_.wait(*clients_[static_cast<size_t>(i)], keyspace_.db(0), entry_, condition, args);
  }
  void begin_anew(int64_t i) {
    conditions_.leave(*clients_[static_cast<size_t>(i)]);
    begin(i);
  }
  ae::EventLoop& loop() { return *loop_; }
  int64_t size() const { return static_cast<int64_t>(clients_.size()); }

 private:
  const int64_t timeouts_;
  std::unique_ptr<ae::EventLoop> loop_ = std::move(*ae::EventLoop::create(64));
  resp::ChunkPool pool_;
  Registry registry_{pool_};
  exec::Journal journal_;
  store::Keyspace keyspace_{1, SipKey{1, 2}, nullptr, &journal_};
  exec::CommandEntry entry_;
  Conditions conditions_{*loop_, journal_, SipKey{3, 4}};
  std::vector<Client*> clients_;
};

void BM_wait(benchmark::State& state) {
  Crowd crowd(state.range(0), state.range(1));
  int64_t i = 0;
  for (auto _ : state) {
    crowd.begin_anew(i);
    i = (i + 7919) % crowd.size();
  }
}
BENCHMARK(BM_wait)->ArgNames({"clients", "timeouts"})->ArgsProduct({{100, 100'000}, {1, 100, 10'000}});

void BM_turn_while_they_wait(benchmark::State& state) {
  Crowd crowd(state.range(0), 1);
  for (auto _ : state) crowd.loop().run_once(ae::Turn::all | ae::Turn::dont_wait);
}
BENCHMARK(BM_turn_while_they_wait)->Arg(100)->Arg(100'000);

}  // namespace
}  // namespace redpoll::session
