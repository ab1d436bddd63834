#include "exec/call.h"

#include <fmt/format.h>

#include "base/assert.h"
#include "exec/executor.h"

namespace redpoll::exec {

Call::Call(Executor& executor, Reply& reply, Asker* asker, Origin origin)
    : keyspace(executor.keyspace()),
      out(reply),
      limits(executor.limits),
      executor_(executor),
      journal_(executor.journal()),
      database_(&keyspace.db(0)),
      asker_(asker),
      origin_(origin) {
  executor.start(*this);
}

Context& Call::context() const { return executor_.context(); }

Outcome Call::fail_with(fmt::string_view text, fmt::format_args values) {
  executor_.error_text_ = fmt::vformat(text, values);
  return Outcome(executor_.error_text_);
}

void Call::propagate_without(OptionWord word, size_t first) {
  if (!propagates()) return;
  for (size_t i = 0; i < args.size(); ++i) {
    if (i < first || pack_option(args[i]) != word) journal_.put_word(args[i]);
  }
  end_of_propagated();
}

void Call::end_of_propagated() {
  journal_.end_command(database_->index());
  rewritten_ = true;
}

// REQUIRES: the command is over.
void Call::propagate() {
  DCHECK(!rewritten_ || dirty_ != 0 || forced_, "{} propagates a change that it did not count", name());
  if ((dirty_ == 0 && !forced_) || rewritten_ || !propagates()) [[likely]]
    return;
  journal_.command(database_->index(), args);
}

}  // namespace redpoll::exec
