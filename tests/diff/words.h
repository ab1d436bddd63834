// Random words: the vocabulary that requests are made of. Few keys, so that commands meet; values on both
// sides of every boundary that is known to matter; and what does not belong there.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"

namespace redpoll::diff {

using Words = std::vector<std::string>;

// Databases that schedules use; the servers have these and no more.
inline constexpr int kDatabases = 4;
// Clients that a schedule may have.
inline constexpr size_t kMostClients = 4;

class Vocabulary {
 public:
  // The same seed gives the same words.
  explicit Vocabulary(uint64_t seed) : rng_(seed) {}

  Rng& rng() { return rng_; }
  // True once in `n` times.
  bool one_in(uint64_t n) { return rng_.below(n) == 0; }
  // Uniform in [low, high].
  int64_t between(int64_t low, int64_t high);
  template <typename T>
  const T& pick(std::span<const T> from) {
    return from[rng_.below(from.size())];
  }
  std::string_view pick(std::initializer_list<std::string_view> from);

  // From now on, keys are mostly those of that group of commands: two for each type, so that most commands
  // find what they look for. Others come now and then, so that types collide. Of no type: all alike.
  void at_home_in(std::string_view group) { home_ = group; }
  std::string key();
  // A key of that group's own.
  std::string key_of(std::string_view group);
  // A sorted set whose scores are all 0, which ranges of members need: in others they find what the levels of
  // a skip list let them find. `key` gives one to commands of other types only. See touches_lex_key().
  std::string lex_key();
  // A collection of numbers, for SORT.
  std::string number_key();
  // A key of a sorted set, or of a set.
  std::string source_key();

  // What a string command stores: empty, binary, numbers in all spellings, texts around the sizes at which an
  // encoding changes, rarely a large one.
  std::string value();
  // Mostly small; limits of 32 and 64 bits, and what is no integer. None lies between a million and the limit
  // of a string's length: as an offset it would only cost memory.
  std::string integer();
  std::string real();
  std::string glob();
  // Elements, members and fields: few, so that commands find them; some as long as packed encodings allow,
  // and longer; now and then any of three hundred, so that collections grow.
  std::string element();
  // Of a collection of numbers.
  std::string small_number();
  // Of sorted sets. Often equal.
  std::string score();
  std::string score_bound();
  std::string lex_bound();
  // Of lists and ranks, from both ends.
  std::string index();
  // How many random elements: not so many below zero that the reply has no end.
  std::string sample_count();
  // Of SORT.
  std::string sort_pattern();
  // In seconds: none, one that is short, one that a schedule does not live to see, and what is none.
  std::string timeout();
  // Times to live. None is so short that it matters which server is asked first, but for `soon`: it is over
  // when the schedule goes on (see Step::settle_ms).
  std::string seconds();
  std::string milliseconds();
  std::string unix_seconds();
  std::string unix_milliseconds();
  std::string database();
  // Anything of the above, or an option's name.
  std::string junk();
  // The letters in random case.
  std::string any_case(std::string_view word);
  std::string bytes(size_t length);

 private:
  Rng rng_;
  std::string_view home_;
};

// Whether such a key is among the words: with a word spoilt, the request could give a member another score.
bool touches_lex_key(const Words& words);

// The word in whose place each server is told the number that it gave to a client of the schedule.
std::string id_of_client(size_t client);
// The client of such a word.
std::optional<size_t> client_of_id(std::string_view word);

// The timeout of a blocking command that ends by itself while the schedule waits for it.
inline constexpr std::string_view kShortTimeout = "0.005";

// A time to live in milliseconds that ends while the schedule waits.
inline constexpr std::string_view kSoonMs = "1";
inline constexpr int kSettleMs = 4;

}  // namespace redpoll::diff
