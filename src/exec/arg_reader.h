// Reads the arguments of a command from left to right and keeps the first error, so that a handler parses all
// its options first and asks once whether that went well.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "exec/errors.h"
#include "exec/outcome.h"
#include "resp/arg.h"

namespace redpoll::exec {

// An option word of one to seven letters or digits, upper-cased and packed, so that options can be a
// `switch`.
using OptionWord = uint64_t;

// Packs `word`, folding case; 0 for a word that is empty or longer than seven bytes. The length is part of
// it, as a word may begin with NUL bytes.
constexpr OptionWord pack_option(std::string_view word) {
  if (word.size() > 7) return 0;
  OptionWord packed = word.size();
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    packed = packed << 8 | byte;
  }
  return packed;
}

namespace option_literals {
consteval OptionWord operator""_opt(const char* text, size_t len) {
  if (len == 0 || len > 7) throw "an option word has one to seven letters; use ArgReader::keyword";
  return pack_option({text, len});
}
}  // namespace option_literals

class ArgReader {
 public:
  // Reads from args[first] on. REQUIRES: `args` outlives the reader.
  ArgReader(std::span<const resp::Arg> args, size_t first) : args_(args), at_(first) {}

  // True while there is an argument left and nothing has gone wrong.
  bool more() const { return !failed() && at_ < args_.size(); }
  size_t left() const { return at_ < args_.size() ? args_.size() - at_ : 0; }

  // The next argument; a syntax error and an empty view when there is none.
  std::string_view next();
  // The next argument packed for a `switch` over "NX"_opt words.
  OptionWord option() { return pack_option(next()); }
  // Consumes the next argument if it is `word`, case ignored.
  bool keyword(std::string_view word);
  // The next argument as a number; latches `bad` if it is none.
  int64_t integer(Outcome bad = err::not_integer);

  // Sets an option that excludes the others of its kind: a syntax error if a different one was given before.
  template <class Choice>
  void pick(Choice& field, Choice value) {
    if (field != Choice{} && field != value) reject(err::syntax);
    field = value;
  }

  // Latches an error; only the first one counts.
  void reject(Outcome bad) {
    if (!failed()) error_ = bad;
  }
  bool failed() const { return error_.failed(); }
  Outcome error() const { return error_; }

 private:
  std::span<const resp::Arg> args_;
  size_t at_;
  Outcome error_ = done;
};

}  // namespace redpoll::exec
