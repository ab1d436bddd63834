// Replies that are left to chance: which elements a server draws is its own affair, but they have to be
// there, and as often as was asked for. So the server itself is asked about what it answered.
#pragma once

#include <optional>
#include <string>

#include "diff/words.h"
#include "support/reply.h"

namespace redpoll::diff {

using testing::Reply;

// What to ask the server about its reply to a request of Care::draws, on the same connection and before
// anything else can change the key; nullopt if the reply holds no element.
std::optional<Words> question_about(const Words& request, const Reply& reply);
// What is wrong with the reply, given the answer to that question: elements that are not there, or still
// there although they were removed; values that are not theirs; the same element twice where each may come
// once.
std::optional<std::string> unlikely(const Words& request, const Reply& reply, const Reply& answer);

// Whether the request removes what it draws, so that the servers' data sets are not the same afterwards.
bool draws_apart(const Words& request);

}  // namespace redpoll::diff
