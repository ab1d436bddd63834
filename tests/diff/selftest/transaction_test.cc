#include "diff/transaction.h"

#include <catch2/catch.hpp>

using namespace redpoll::diff;

namespace {

const Reply kQueuedReply{Reply::Kind::status, "QUEUED", {}};
const Reply kOkReply{Reply::Kind::status, "OK", {}};
const Reply kErrorReply{Reply::Kind::error, "ERR no", {}};

Step step_of(Words words) { return {0, std::move(words)}; }

}  // namespace

TEST_CASE("A transaction is open from MULTI to what ends it") {
  const Step multi = step_of({"multi"}), get = step_of({"GET", "k"});
  for (const Words& end : {Words{"EXEC"}, Words{"exec", "x"}, Words{"DISCARD"}, Words{"RESET"}}) {
    Transaction transaction;
    transaction.sent(get);
    REQUIRE_FALSE(transaction.open());
    transaction.sent(multi);
    transaction.sent(get);
    REQUIRE(transaction.open());
    REQUIRE(transaction.requests().size() == 1);
    transaction.sent(step_of(end));
    REQUIRE_FALSE(transaction.open());
    REQUIRE(transaction.requests().empty());
  }
  Transaction refused;
  refused.sent(step_of({"MULTI", "x"}));
  REQUIRE_FALSE(refused.open());
  refused.sent(multi);
  refused.sent(step_of({"DISCARD", "x"}));
  REQUIRE(refused.open());
}

TEST_CASE("EXEC answers what was put into the queue, and nothing else") {
  const Step multi = step_of({"MULTI"}), get = step_of({"GET", "k"}), bad = step_of({"GET"});
  Transaction transaction;
  transaction.answered(multi, kOkReply);
  transaction.answered(get, kQueuedReply);
  transaction.answered(bad, kErrorReply);
  transaction.answered(multi, kErrorReply);  // in MULTI
  REQUIRE(transaction.queued().size() == 1);
  REQUIRE(transaction.queued()[0] == &get);
  transaction.answered(multi, kOkReply);
  REQUIRE(transaction.queued().empty());
}

TEST_CASE("A transaction ends after some requests, and once") {
  Vocabulary vocabulary(3);
  for (int i = 0; i < 50; ++i) {
    TransactionEnds ends(2);
    REQUIRE_FALSE(ends.due(vocabulary, 0));
    ends.said(vocabulary, 0, {"MULTI"});
    int requests = 0;
    while (!ends.due(vocabulary, 0)) ++requests;
    REQUIRE(requests < 10);
    REQUIRE_FALSE(ends.due(vocabulary, 0));
    REQUIRE_FALSE(ends.due(vocabulary, 1));
    ends.said(vocabulary, 0, {"MULTI"});
    ends.said(vocabulary, 0, {"EXEC"});
    for (int j = 0; j < 20; ++j) REQUIRE_FALSE(ends.due(vocabulary, 0));
  }
}
