#include "load/traffic.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace redpoll::load {

namespace {

using testing::RawClient;

constexpr size_t kPipeline = 16;
constexpr size_t kKeysPerClient = 64;

std::string value_of(const std::string& key) { return "value of " + key; }

std::string key_of(size_t client, size_t round) {
  return "traffic:" + std::to_string(client) + ":" + std::to_string(round % kKeysPerClient);
}

std::string requests(const std::string& key) {
  std::string bytes;
  for (size_t i = 0; i < kPipeline; i += 2) {
    bytes += testing::encode({"SET", key, value_of(key)});
    bytes += testing::encode({"GET", key});
  }
  return bytes;
}

void expect_replies(RawClient& client, const std::string& key) {
  const std::string value = "\"" + value_of(key) + "\"";
  for (size_t i = 0; i < kPipeline; ++i) {
    const std::string got = client.reply();
    const bool right = i % 2 == 0 ? got == "+OK" : got == value || got == "nil";
    if (!right) throw std::runtime_error("a busy client was answered " + got.substr(0, 100));
  }
}

}  // namespace

Traffic::Traffic(uint16_t port, size_t clients) : thread_([=, this] { run(port, clients); }) {}

Traffic::~Traffic() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void Traffic::run(uint16_t port, size_t count) {
  try {
    std::vector<RawClient> clients;
    for (size_t i = 0; i < count; ++i) clients.emplace_back(port);
    for (size_t round = 0; !stop_; ++round) {
      for (size_t i = 0; i < count; ++i) clients[i].send(requests(key_of(i, round)));
      for (size_t i = 0; i < count; ++i) expect_replies(clients[i], key_of(i, round));
      answered_ += count * kPipeline;
    }
  } catch (const std::exception& failure) { error_ = failure.what(); }
}

size_t Traffic::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  if (!error_.empty()) throw std::runtime_error(error_);
  return answered_;
}

void in_parallel(size_t count, const std::function<void(size_t)>& f) {
  std::mutex mutex;
  std::exception_ptr first;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      try {
        f(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!first) first = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (first) std::rethrow_exception(first);
}

void fill(uint16_t port, size_t count, const std::function<std::vector<std::string>(size_t)>& words) {
  constexpr size_t kBatch = 500;
  constexpr std::string_view kOk = "+OK\r\n";
  RawClient client(port);
  for (size_t done = 0; done < count;) {
    const size_t batch = std::min(kBatch, count - done);
    std::string bytes;
    for (size_t i = 0; i < batch; ++i) bytes += testing::encode(words(done + i));
    client.send(bytes);
    const std::string got = client.read_exactly(batch * kOk.size());
    for (size_t at = 0; at < got.size(); at += kOk.size()) {
      if (got.compare(at, kOk.size(), kOk) != 0)
        throw std::runtime_error("a key could not be stored: " + got.substr(at, 100));
    }
    done += batch;
  }
}

}  // namespace redpoll::load
