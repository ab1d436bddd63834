// Transactions in a schedule: what a client of a conversation has said since MULTI, and when a client that
// has said MULTI comes to an end with it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "diff/grammar.h"
#include "support/reply.h"

namespace redpoll::diff {

using testing::Reply;

// What one client has said since MULTI: what was sent, to know what EXEC may run before it is sent, and what
// both servers have put into the queue, to know what the elements of its reply answer.
class Transaction {
 public:
  // The request goes out, and will be answered.
  void sent(const Step& step);
  // It was answered, by both servers alike.
  void answered(const Step& step, const Reply& reply);

  // Between MULTI and what ends it, as far as what was sent tells.
  bool open() const { return open_; }
  // All requests since MULTI.
  std::span<const Step* const> requests() const { return requests_; }
  // What was answered +QUEUED since MULTI.
  std::span<const Step* const> queued() const { return queued_; }

 private:
  bool open_ = false;
  std::vector<const Step*> requests_;
  std::vector<const Step*> queued_;
};

// Whether the request compares between MULTI and EXEC. Others are left out there, each for a reason:
//   CLIENT REPLY           EXEC's reply would stop in the middle of an array
//   CLIENT PAUSE, UNPAUSE  while EXEC is on its way nobody could tell whether writers wait
//   SPOP                   the servers' sets would differ before the reply is there to tell
//   commands and arities of Redis 7.2, which Redis 7.0 refuses and so aborts the transaction
bool compares_in_transaction(const Words& words);

// Ends what MULTI begins: for a generator of schedules. Free EXEC and DISCARD are there besides.
class TransactionEnds {
 public:
  explicit TransactionEnds(size_t clients) : left_(clients) {}

  // The client's next request, if it is to end its transaction now.
  std::optional<Words> due(Vocabulary& vocabulary, size_t client);
  // The client says this.
  void said(Vocabulary& vocabulary, size_t client, const Words& words);

 private:
  std::vector<uint64_t> left_;  // requests until the client's transaction ends; 0: it has none
};

}  // namespace redpoll::diff
