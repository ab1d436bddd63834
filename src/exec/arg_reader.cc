#include "exec/arg_reader.h"

#include "base/numbers.h"
#include "base/text.h"

namespace redpoll::exec {

std::string_view ArgReader::next() {
  if (at_ >= args_.size()) {
    reject(err::syntax);
    return {};
  }
  return args_[at_++];
}

bool ArgReader::keyword(std::string_view word) {
  if (!more() || !iequals(args_[at_], word)) return false;
  ++at_;
  return true;
}

int64_t ArgReader::integer(Outcome bad) {
  const auto number = parse_int64(next());
  if (!number) reject(bad);
  return number.value_or(0);
}

}  // namespace redpoll::exec
