#include "exec/call.h"

#include "base/numbers.h"

namespace redpoll::exec {

store::StringValue Call::value_of(size_t index) {
  if (mem::BlobPtr blob = take(index)) return store::String::encode(std::move(blob));
  return store::String::encode(args[index]);
}

void Call::propagate_without(size_t index) {
  if (!effects_.wants_propagation()) return;
  for (size_t i = 0; i < args.size(); ++i)
    if (i != index) add_word(args[i]);
  rewritten_.emplace_back(std::move(words_));
  words_.clear();
}

void Call::flush_effects() {
  if (dirty == 0 || silent_ || !effects_.wants_propagation()) return;
  if (rewritten_.empty()) return effects_.propagate(database->index(), args);
  for (const auto& words : rewritten_) {
    std::vector<Arg> views(words.begin(), words.end());
    effects_.propagate(database->index(), views);
  }
}

}  // namespace redpoll::exec
