#include "integration/support/sync_client.h"

#include <sys/time.h>

#include <stdexcept>

#include "base/text.h"
#include "support/process.h"
#include "support/raw_client.h"

namespace redpoll::testing {

namespace {

constexpr timeval kTimeout{kDeadline.count() / 1000, 0};

}  // namespace

std::string text_of(const redisReply* reply) {
  if (reply == nullptr) return "(lost connection)";
  switch (reply->type) {
    case REDIS_REPLY_STATUS: return "+" + std::string(reply->str, reply->len);
    case REDIS_REPLY_ERROR: return "-" + std::string(reply->str, reply->len);
    case REDIS_REPLY_INTEGER: return ":" + std::to_string(reply->integer);
    case REDIS_REPLY_NIL: return "nil";
    case REDIS_REPLY_STRING: return redpoll::quoted({reply->str, reply->len});
    default: break;
  }
  std::string text = "[";
  for (size_t i = 0; i < reply->elements; ++i) {
    if (i > 0) text += ' ';
    text += text_of(reply->element[i]);
  }
  return text += "]";
}

SyncClient::SyncClient(redisContext* context) : context_(context) {
  if (context == nullptr) throw std::runtime_error("hiredis is out of memory");
  if (context->err != 0) throw std::runtime_error(connection_error());
  redisSetTimeout(context, kTimeout);
}

SyncClient::SyncClient(uint16_t port) : SyncClient(redisConnectWithTimeout("127.0.0.1", port, kTimeout)) {}
SyncClient::SyncClient(const std::string& unix_path)
    : SyncClient(redisConnectUnixWithTimeout(unix_path.c_str(), kTimeout)) {}

std::string SyncClient::connection_error() const { return std::string("(") + context_->errstr + ")"; }

SyncClient::Reply SyncClient::take() {
  void* reply = nullptr;
  redisGetReply(context_.get(), &reply);
  return Reply(static_cast<redisReply*>(reply));
}

void SyncClient::append(const std::vector<std::string>& words) {
  std::vector<const char*> bytes;
  std::vector<size_t> sizes;
  for (const std::string& word : words) {
    bytes.push_back(word.data());
    sizes.push_back(word.size());
  }
  redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), bytes.data(), sizes.data());
}

std::string SyncClient::next() {
  const Reply reply = take();
  return reply ? text_of(reply.get()) : connection_error();
}

std::string SyncClient::call(const std::vector<std::string>& words) {
  append(words);
  return next();
}

std::string SyncClient::run(std::string_view line) { return call(words_of(line)); }

std::string SyncClient::info(const std::string& field) {
  append({"INFO", "everything"});
  const Reply reply = take();
  if (!reply || reply->type != REDIS_REPLY_STRING) return {};
  const std::string text = "\n" + std::string(reply->str, reply->len);
  const size_t at = text.find("\n" + field + ":");
  if (at == std::string::npos) return {};
  const size_t from = at + field.size() + 2;
  return text.substr(from, text.find('\r', from) - from);
}

}  // namespace redpoll::testing
