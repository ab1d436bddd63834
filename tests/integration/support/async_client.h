// hiredis, asynchronous, on our own event loop: the adapter between redisAsyncContext::ev and ae::EventLoop,
// and a client on top of it.
#pragma once

#include <hiredis/async.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ae/event_loop.h"

namespace redpoll::testing {

class AsyncClient {
 public:
  // Gets the reply as text (see RawClient); "(lost connection)" if there will be none.
  using OnReply = std::function<void(const std::string& reply)>;

  // Begins to connect. `loop` must outlive the client. Throws if that fails at once.
  AsyncClient(ae::EventLoop& loop, uint16_t port);
  // Requests that are under way get "(lost connection)".
  ~AsyncClient();
  AsyncClient(const AsyncClient&) = delete;
  AsyncClient& operator=(const AsyncClient&) = delete;

  // Queues a request. False if the connection is gone: then `on_reply` is not called.
  bool call(const std::vector<std::string>& words, OnReply on_reply);
  // Closes the connection once all replies are there.
  void disconnect();

  bool connected() const { return connected_; }
  // The connection has ended, whoever ended it.
  bool ended() const { return context_ == nullptr; }

 private:
  void watch(ae::Interest what);
  void unwatch(ae::Interest what);
  void forget();
  void on_readable();
  void on_writable();

  ae::EventLoop& loop_;
  redisAsyncContext* context_;
  int fd_;
  bool connected_ = false;
};

}  // namespace redpoll::testing
