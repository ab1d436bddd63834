#include "exec/call.h"

namespace redpoll::exec {

void Call::propagate_without(OptionWord word, size_t first) {
  if (!effects_.wants_propagation()) return;
  for (size_t i = 0; i < args.size(); ++i) {
    if (i < first || pack_option(args[i]) != word) add_word(args[i]);
  }
  rewritten_.emplace_back(std::move(words_));
  words_.clear();
}

void Call::flush_effects() {
  if ((dirty == 0 && !forced_) || !effects_.wants_propagation()) return;
  if (rewritten_.empty()) return effects_.propagate(database->index(), args);
  for (const auto& words : rewritten_) {
    std::vector<Arg> views(words.begin(), words.end());
    effects_.propagate(database->index(), views);
  }
}

}  // namespace redpoll::exec
