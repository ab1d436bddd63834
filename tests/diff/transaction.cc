#include "diff/transaction.h"

#include <algorithm>

#include "base/text.h"

namespace redpoll::diff {

namespace {

bool is(const Words& words, std::string_view command) { return iequals(words[0], command); }

bool is_alone(const Words& words, std::string_view command) {
  return words.size() == 1 && is(words, command);
}

// EXEC ends a transaction also with too many words.
bool ends_transaction(const Words& words) {
  return is(words, "EXEC") || is_alone(words, "DISCARD") || is_alone(words, "RESET") || is(words, "QUIT");
}

}  // namespace

void Transaction::sent(const Step& step) {
  if (open_) requests_.push_back(&step);
  if (is_alone(step.words, "MULTI")) open_ = true;
  if (!ends_transaction(step.words)) return;
  open_ = false;
  requests_.clear();
}

void Transaction::answered(const Step& step, const Reply& reply) {
  if (is_alone(step.words, "MULTI") && !reply.is_error()) queued_.clear();
  if (reply.kind == Reply::Kind::status && reply.text == "QUEUED") queued_.push_back(&step);
}

bool compares_in_transaction(const Words& words) {
  if (is(words, "SPOP")) return false;
  if ((is(words, "ZRANK") || is(words, "ZREVRANK")) && words.size() > 3) return false;
  if (!is(words, "CLIENT") || words.size() < 2) return true;
  constexpr std::string_view kLeftOut[] = {"REPLY", "PAUSE", "UNPAUSE", "SETINFO", "NO-TOUCH"};
  return std::none_of(std::begin(kLeftOut), std::end(kLeftOut),
                      [&](std::string_view subcommand) { return iequals(words[1], subcommand); });
}

std::optional<Words> TransactionEnds::due(Vocabulary& vocabulary, size_t client) {
  if (left_[client] == 0 || --left_[client] > 0) return std::nullopt;
  return Words{vocabulary.any_case(vocabulary.one_in(8) ? "DISCARD" : "EXEC")};
}

void TransactionEnds::said(Vocabulary& vocabulary, size_t client, const Words& words) {
  constexpr uint64_t kMost = 10;
  if (is_alone(words, "MULTI") && left_[client] == 0) left_[client] = 1 + vocabulary.rng().below(kMost);
  if (ends_transaction(words)) left_[client] = 0;
}

}  // namespace redpoll::diff
