#include "server/dispatcher.h"

#include <algorithm>

#include "session/client_info.h"
#include "session/client_reply.h"
#include "session/input_limit.h"

namespace redpoll::server {

using exec::CommandEntry;
using exec::Verdict;
using resp::ParseStatus;
using session::Client;
using session::ClientReply;

void Dispatcher::feed(Client& client, std::string_view input) {
  if (client.close_after_reply || parts_.session.shutting_down) return client.pending.clear();
  feeds_.push_back({.client = &client, .input = input, .since = ticks_now()});
  Feed& feed = feeds_.back();
  parse(feed);
  // Until authentication each request is run before the next is parsed: it may lift the limits.
  if (feed.ended_by != ParseStatus::need_more || request_count_ == kBatch) run();
}

// Parses requests of the feed until the batch is full.
void Dispatcher::parse(Feed& feed) {
  Client& client = *feed.client;
  const bool known = client.authenticated();
  const resp::RequestLimits limits{.max_bulk = max_bulk, .authenticated = known};
  const size_t most = known ? kBatch : std::min(request_count_ + 1, kBatch);
  feed.first_request = request_count_;
  feed.ended_by = ParseStatus::request;
  while (request_count_ < most) {
    const size_t first = args_.size();
    const ParseStatus status = client.parser.next(feed.input, feed.parsed, args_, limits);
    if (status != ParseStatus::request) {
      feed.ended_by = status;
      break;
    }
    Request& request = requests_[request_count_++];
    request.first_arg = static_cast<uint32_t>(first);
    request.args = static_cast<uint32_t>(args_.size() - first);
    request.end = feed.parsed;
    request.keys = request.hints = 0;
    request.entry = parts_.commands.resolve(args_of(request));
    if (client.parser.owns_args()) break;
  }
  feed.requests = request_count_ - feed.first_request;
}

void Dispatcher::run() {
  if (feeds_.empty()) return;
  const store::AccessScope scope(parts_.session.keyspace, parts_.session.terms());
  for (;;) {
    if (request_count_ > 1) prepare();
    bool more = false;
    for (Feed& feed : feeds_) {
      feed.client->running_input = static_cast<uint32_t>(feed.input.size());
      more = run_feed(feed);
      feed.client->running_input = 0;
      parts_.session.outbox.relieve();
      parts_.session.eviction.settle(*feed.client);
    }
    const Feed last = feeds_.back();
    feeds_.clear();
    args_.clear();
    request_count_ = 0;
    // Only a client that filled the batch has more, and it came last.
    if (!more) return;
    feeds_.push_back(last);
    parse(feeds_.back());
  }
}

// Asks for the buckets of all keys, then for the entries that they point to, then for elements in these.
void Dispatcher::prepare() {
  bool elements = false;
  hint_count_ = 0;
  for (const Feed& feed : feeds_) {
    const store::Database& db = database_of(feed);
    for (Request& request : requests_of(feed)) {
      prepare_keys(request, db);
      if (request.keys != 0 && request.entry->element != 0) elements |= keep_room_for_element(request);
    }
  }
  for (const Feed& feed : feeds_) {
    const store::Database& db = database_of(feed);
    for (const Request& request : requests_of(feed)) {
      for (const store::HashHint& hint : key_hints_of(request)) db.prefetch_entry(hint.hash);
    }
  }
  if (!elements) return;
  for (const Feed& feed : feeds_) prepare_elements(feed, database_of(feed));
  for (size_t i = 0; i < request_count_; ++i) {
    if (requests_[i].collection != nullptr)
      requests_[i].collection->prefetch_element(requests_[i].element_hash);
  }
}

void Dispatcher::prepare_keys(Request& request, const store::Database& db) {
  const CommandEntry* entry = request.entry;
  request.first_hint = static_cast<uint16_t>(hint_count_);
  if (entry == nullptr || entry->first_key == 0) return;
  const auto args = args_of(request);
  const size_t last = entry->last_key == 0 ? entry->first_key : entry->last_key_of(args.size());
  const size_t end = std::min(args.size(), last + 1);
  for (size_t at = entry->first_key; at < end && hint_count_ < hints_.size(); at += entry->key_step) {
    const resp::Arg key = args[at];
    store::HashHint& hint = hints_[hint_count_++];
    hint = {key.data(), key.size(), db.hash_of(key)};
    db.prefetch_bucket(hint.hash);
  }
  request.keys = request.hints = static_cast<uint16_t>(hint_count_ - request.first_hint);
}

// True if there is room: its hint comes behind those of its keys, when these have been looked at.
bool Dispatcher::keep_room_for_element(Request& request) {
  if (request.entry->element >= request.args || hint_count_ == hints_.size()) return false;
  hints_[hint_count_++] = {};
  ++request.hints;
  return true;
}

// The first half of the same for the elements that requests name in large collections. The command need not
// hash them again.
void Dispatcher::prepare_elements(const Feed& feed, const store::Database& db) {
  for (Request& request : requests_of(feed)) {
    request.collection = nullptr;
    if (request.hints == request.keys) continue;
    const auto args = args_of(request);
    request.collection = db.large_collection(args[request.entry->first_key], hints_of(request)[0].hash);
    if (request.collection == nullptr) continue;
    const std::string_view element = args[request.entry->element];
    const store::Object::Sought sought = request.collection->prefetch_bucket(element);
    request.element_hash = sought.hash;
    if (!sought.by_bytes) continue;
    hints_[request.first_hint + request.keys] = {element.data(), element.size(), sought.hash};
  }
}

// True if the client has more to be parsed at once.
bool Dispatcher::run_feed(Feed& feed) {
  Client& client = *feed.client;
  ClientReply out(parts_.session.outbox, client);
  if (!run_requests(feed, out)) return false;
  if (feed.requests != 0) client.sends_large = client.parser.owns_args();
  client.parser.release();
  if (feed.ended_by == ParseStatus::request) return goes_on(feed);
  end_feed(feed, out);
  return false;
}

// False if the client takes no more requests for now. What it has sent behind them is kept.
bool Dispatcher::run_requests(Feed& feed, ClientReply& out) {
  Client& client = *feed.client;
  exec::Executor& executor = parts_.executor;
  exec::Call call(executor, out, &client);
  store::AccessTerms& terms = parts_.session.keyspace.terms();
  for (const Request& request : requests_of(feed)) {
    const auto args = args_of(request);
    terms.hints = request.hints != 0 ? hints_of(request) : store::kNoHint;
    const Verdict verdict = executor.run(call, request.entry, args, &client.parser);
    if (verdict == Verdict::finished) [[likely]] {
      out.request_done();
      if (!parts_.resumer.due()) [[likely]]
        continue;
      terms.hints = store::kNoHint;
      parts_.resumer.settle();
      executor.start(call);
      continue;
    }
    terms.hints = store::kNoHint;
    if (verdict == Verdict::waits) parts_.resumer.wait(call, client, *request.entry, args);
    if (verdict == Verdict::postponed) parts_.session.conditions.postpone(client, *request.entry, args);
    const bool dropped = verdict == Verdict::dropped;
    client.parser.reset();
    if (dropped) {
      client.pending.clear();
    } else {
      client.pending.keep(feed.input.substr(request.end));
      check_input_limit(parts_.session, client);
    }
    return false;
  }
  return true;
}

void Dispatcher::end_feed(Feed& feed, ClientReply& out) {
  Client& client = *feed.client;
  if (client.closing || client.close_after_reply) {
    client.parser.reset();
    return client.pending.clear();
  }
  if (feed.ended_by == ParseStatus::error) {
    protocol_error(client, out);
    return client.pending.clear();
  }
  const size_t rest = client.parser.keep(feed.input.size() - feed.parsed);
  if (rest == 0 && client.pending.empty() && client.parser.idle()) [[likely]]
    return;
  const bool goes_on = client.pending.goes_on();
  client.pending.keep(feed.input.substr(feed.parsed, rest));
  if (goes_on) {
    if (rest != 0) client.pending.join();
    leave_unfinished(client);
  }
  check_input_limit(parts_.session, client);
}

// True if the client, which filled the batch, may go on in this turn. If not, the rest is kept for the next.
bool Dispatcher::goes_on(Feed& feed) {
  Client& client = *feed.client;
  if (ticks_now() - feed.since < share_) return true;
  client.pending.keep(feed.input.substr(feed.parsed));
  if (!client.pending.empty()) leave_unfinished(client);
  return false;
}

void Dispatcher::leave_unfinished(Client& client) {
  client.unfinished = true;
  unfinished_.push_back(client.id);
}

void Dispatcher::protocol_error(Client& client, ClientReply& out) {
  parts_.session.log.verbose("Protocol error ({}) from client: {}", client.parser.error_reason(),
                             session::describe(client, parts_.session.loop.now()));
  exec::Call call(parts_.executor, out, &client);
  parts_.executor.answer_error(call, client.parser.error_text());
  client.parser.reset();
  client.end_after_replies();
}

}  // namespace redpoll::server
