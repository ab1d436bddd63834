#include "integration/support/async_client.h"

#include <memory>
#include <stdexcept>

#include "integration/support/sync_client.h"

namespace redpoll::testing {

namespace {

AsyncClient& client_of(const redisAsyncContext* context) { return *static_cast<AsyncClient*>(context->data); }

void deliver(redisAsyncContext*, void* reply, void* data) {
  const std::unique_ptr<AsyncClient::OnReply> on_reply(static_cast<AsyncClient::OnReply*>(data));
  (*on_reply)(text_of(static_cast<const redisReply*>(reply)));
}

}  // namespace

AsyncClient::AsyncClient(ae::EventLoop& loop, uint16_t port)
    : loop_(loop), context_(redisAsyncConnect("127.0.0.1", port)), fd_(context_->c.fd) {
  if (context_->err != 0) {
    const std::string error = context_->errstr;
    redisAsyncFree(context_);
    throw std::runtime_error(error);
  }
  context_->data = this;
  context_->ev.data = this;
  using ae::Interest;
  context_->ev.addRead = [](void* self) { static_cast<AsyncClient*>(self)->watch(Interest::readable); };
  context_->ev.delRead = [](void* self) { static_cast<AsyncClient*>(self)->unwatch(Interest::readable); };
  context_->ev.addWrite = [](void* self) { static_cast<AsyncClient*>(self)->watch(Interest::writable); };
  context_->ev.delWrite = [](void* self) { static_cast<AsyncClient*>(self)->unwatch(Interest::writable); };
  context_->ev.cleanup = [](void* self) { static_cast<AsyncClient*>(self)->forget(); };
  redisAsyncSetConnectCallback(context_, [](const redisAsyncContext* context, int status) {
    client_of(context).connected_ = status == REDIS_OK;
  });
}

AsyncClient::~AsyncClient() {
  if (context_ != nullptr) redisAsyncFree(context_);
}

bool AsyncClient::call(const std::vector<std::string>& words, OnReply on_reply) {
  if (context_ == nullptr) return false;
  std::vector<const char*> bytes;
  std::vector<size_t> sizes;
  for (const std::string& word : words) {
    bytes.push_back(word.data());
    sizes.push_back(word.size());
  }
  auto data = std::make_unique<OnReply>(std::move(on_reply));
  const int queued = redisAsyncCommandArgv(context_, deliver, data.get(), static_cast<int>(words.size()),
                                           bytes.data(), sizes.data());
  if (queued != REDIS_OK) return false;
  data.release();  // deliver() owns it now
  return true;
}

void AsyncClient::disconnect() {
  if (context_ != nullptr) redisAsyncDisconnect(context_);
}

void AsyncClient::watch(ae::Interest what) {
  const auto handler = what == ae::Interest::readable ? ae::FileHandler::to<&AsyncClient::on_readable>(this)
                                                      : ae::FileHandler::to<&AsyncClient::on_writable>(this);
  // hiredis asks again and again for what it has; its hooks are idempotent.
  if (has(loop_.interest(fd_), what)) return;
  if (auto added = loop_.add(fd_, what, handler); !added) throw std::runtime_error(added.error());
}

void AsyncClient::unwatch(ae::Interest what) { loop_.remove(fd_, what); }

// The last thing hiredis does with a context before it closes the socket and frees it.
void AsyncClient::forget() {
  unwatch(ae::Interest::all);
  context_ = nullptr;
  connected_ = false;
}

void AsyncClient::on_readable() { redisAsyncHandleRead(context_); }
void AsyncClient::on_writable() { redisAsyncHandleWrite(context_); }

}  // namespace redpoll::testing
