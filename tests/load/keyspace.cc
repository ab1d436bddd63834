// Scenarios of very many keys that go at once.
#include "base/clock.h"
#include "load/scenario.h"
#include "load/traffic.h"
#include "load/trial.h"

namespace redpoll::load {

namespace {

constexpr size_t kFillers = 2;

std::string key_name(size_t number) { return "key:" + std::to_string(number); }

// Stores keys from several connections.
void store_keys(Trial& t, size_t count, const std::vector<std::string>& options = {}) {
  in_parallel(kFillers, [&](size_t filler) {
    fill(t.port(), count / kFillers, [&](size_t i) {
      std::vector<std::string> words = {"SET", key_name(i * kFillers + filler), "a value that is not long"};
      words.insert(words.end(), options.begin(), options.end());
      return words;
    });
  });
}

// What there may be: the bystander's key.
bool is_empty(Trial& t) {
  const std::string size = t.control().run("DBSIZE");
  return size == ":0" || size == ":1";
}

}  // namespace

void expiry_storm(Trial& t) {
  const size_t count = t.plan.count(500'000, 10'000);
  size_t rounds = 0;
  int64_t longest_ms = 0;
  do {
    // They must be stored before they expire: a twentieth shows how long that takes.
    const MonoUs begin = mono_now();
    store_keys(t, count / 20);
    const int64_t deadline = unix_now().v + 200 + (mono_now() - begin) * 30 / 1000;
    store_keys(t, count, {"PXAT", std::to_string(deadline)});
    expect(wait_until([&] { return is_empty(t); }), "expired keys are still there: {}",
           t.control().run("DBSIZE"));
    longest_ms = std::max(longest_ms, unix_now().v - deadline);
    ++rounds;
  } while (!t.time_is_up());
  t.threw("{} times {} keys that expire in the same millisecond; all gone at most {} ms later", rounds, count,
          longest_ms);
  expect(t.info("expired_keys") >= count / 2, "of {} keys only {} have expired", rounds * count,
         t.info("expired_keys"));
}

namespace {

// Deletes keys number `from` to `from + count - 1` in one command.
void delete_keys(Trial& t, const std::string& command, size_t from, size_t count) {
  std::vector<std::string> words = {command};
  for (size_t i = 0; i < count; ++i) words.push_back(key_name(from + i));
  const std::string reply = t.control().call(words);
  expect(reply == ":" + std::to_string(count), "{} of {} keys deleted {}", command, count, reply);
}

void delete_by_commands(Trial& t, size_t count) {
  constexpr size_t kAtOnce = 10'000;
  for (size_t from = 0; from < count; from += kAtOnce) {
    delete_keys(t, from / kAtOnce % 2 == 0 ? "DEL" : "UNLINK", from, std::min(kAtOnce, count - from));
  }
}

void delete_big_values(Trial& t, size_t count) {
  const std::string value(1 << 20, 'v');
  for (size_t i = 0; i < count; ++i)
    expect(t.control().call({"SET", key_name(i), value}) == "+OK", "a value was not stored");
  delete_keys(t, "DEL", 0, count);
}

}  // namespace

// With lazyfree for what users delete and flush.
void mass_deletion(Trial& t) {
  const size_t count = t.plan.count(500'000, 10'000) / kFillers * kFillers;
  const size_t big_values = t.plan.count(200, 20);
  size_t rounds = 0;
  Traffic traffic(t.port(), 10);
  do {
    store_keys(t, count);
    expect(t.control().run(rounds % 2 == 0 ? "FLUSHALL" : "FLUSHALL ASYNC") == "+OK", "FLUSHALL failed");
    store_keys(t, count);
    delete_by_commands(t, count);
    delete_big_values(t, big_values);
    expect(wait_until([&] { return t.info("lazyfree_pending_objects") == 0; }),
           "what was deleted is not freed");
    ++rounds;
  } while (!t.time_is_up());
  const size_t requests = traffic.stop();
  t.threw(
      "{} times: FLUSHALL of {} keys, DEL and UNLINK of {} keys 10,000 at once, DEL of {} values of 1 MB at "
      "once; {} requests of 10 busy clients meanwhile",
      rounds, count, count, big_values, requests);
}

}  // namespace redpoll::load
