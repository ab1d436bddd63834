// hiredis, blocking: what most programs talk to the server with. Replies come as text, in the form of
// RawClient.
#pragma once

#include <hiredis/hiredis.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace redpoll::testing {

// The reply as text; "(lost connection)" for nullptr.
std::string text_of(const redisReply* reply);

class SyncClient {
 public:
  explicit SyncClient(uint16_t port);
  explicit SyncClient(const std::string& unix_path);

  // Sends one request and waits for its reply. "(error text)" if the connection fails.
  std::string call(const std::vector<std::string>& words);
  // The same with words quoted as for redis-cli.
  std::string run(std::string_view line);

  // Queues a request for a pipeline; next() sends what is queued and takes one reply.
  void append(const std::vector<std::string>& words);
  std::string next();

  // The value of a field of INFO, empty if it is not there.
  std::string info(const std::string& field);

 private:
  struct Free {
    void operator()(redisContext* context) const { redisFree(context); }
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
  };
  using Reply = std::unique_ptr<redisReply, Free>;

  explicit SyncClient(redisContext* context);
  Reply take();
  std::string connection_error() const;

  std::unique_ptr<redisContext, Free> context_;
};

}  // namespace redpoll::testing
