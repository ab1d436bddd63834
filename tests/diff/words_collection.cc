// Keys, and the words of lists, hashes, sets and sorted sets.
#include <algorithm>
#include <array>

#include "base/numbers.h"
#include "diff/words.h"

namespace redpoll::diff {

namespace {

// Each has two keys: k0 and k1, k2 and k3, ...
constexpr std::array<std::string_view, 5> kHomes = {"string", "list", "hash", "set", "sorted-set"};
constexpr std::string_view kLexKey = "lex";
constexpr std::string_view kNumberKey = "num";
constexpr std::string_view kIdOfClient = "<id of client ";

std::string numbered(std::string_view name, uint64_t number) {
  return std::string(name) + std::to_string(number);
}

}  // namespace

std::string Vocabulary::key_of(std::string_view group) {
  const auto* home = std::find(kHomes.begin(), kHomes.end(), group);
  if (home == kHomes.end()) return numbered("k", rng_.below(2 * kHomes.size()));
  return numbered("k", 2 * static_cast<uint64_t>(home - kHomes.begin()) + rng_.below(2));
}

std::string Vocabulary::key() {
  if (!one_in(12)) return key_of(one_in(8) ? "" : home_);
  switch (rng_.below(7)) {
    case 0: return "";
    case 1: return std::string("\0\xff\r\n\"", 5);
    case 2: return "user:{7}:name";
    case 3: return std::string(300, 'K');
    case 4: return number_key();
    case 5:
      // Not where RENAME or COPY would make it a set with other scores.
      if (!home_.empty() && home_ != "sorted-set" && home_ != "generic") return lex_key();
      [[fallthrough]];
    default: return "0";
  }
}

std::string Vocabulary::lex_key() { return numbered(kLexKey, rng_.below(2)); }
std::string Vocabulary::number_key() { return numbered(kNumberKey, rng_.below(2)); }

std::string Vocabulary::source_key() {
  if (one_in(10)) return key();
  return one_in(4) ? key_of("set") : one_in(8) ? lex_key() : key_of("sorted-set");
}

bool touches_lex_key(const Words& words) {
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& word) { return word.starts_with(kLexKey); });
}

std::string id_of_client(size_t client) { return numbered(kIdOfClient, client) + ">"; }

std::optional<size_t> client_of_id(std::string_view word) {
  if (!word.starts_with(kIdOfClient)) return std::nullopt;
  word.remove_prefix(kIdOfClient.size());
  return parse_uint64(word.substr(0, word.find('>')));
}

std::string Vocabulary::element() {
  switch (rng_.below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5: return std::string(1, static_cast<char>('a' + rng_.below(8)));
    case 6:
    case 7:
    case 8: return std::to_string(rng_.below(12));
    // Around the longest that packed encodings take by default, and by the settings of some schedules.
    case 9: return std::string(static_cast<size_t>(between(63, 66)), static_cast<char>('a' + rng_.below(2)));
    case 10: return std::string(static_cast<size_t>(between(7, 10)), static_cast<char>('a' + rng_.below(2)));
    // Around the limits of the integers of listpack and intset.
    case 11:
      return std::string(pick({"127",
                               "128",
                               "-1",
                               "4095",
                               "4096",
                               "-4097",
                               "32767",
                               "32768",
                               "-32769",
                               "8388607",
                               "8388608",
                               "-8388609",
                               "2147483647",
                               "2147483648",
                               "-2147483649",
                               "-32768",
                               "-2147483648",
                               "9223372036854775807",
                               "9223372036854775808",
                               "-9223372036854775808",
                               "-9223372036854775809",
                               "007",
                               "+1",
                               "-0"}));
    case 12: return value();
    case 13: return numbered("e", rng_.below(300));
    default: return std::to_string(between(-400, 400));
  }
}

std::string Vocabulary::small_number() {
  if (one_in(6)) return std::string(pick({"0.5", "-1.25", "1e3", "10", "-0"}));
  return std::to_string(between(-4, 12));
}

// None that underflows: reading one leaves a trace (errno) that makes a SORT of Redis fail later.
std::string Vocabulary::score() {
  if (one_in(6)) {
    std::string number = real();
    return number == "1e-320" ? "1e-300" : number;
  }
  if (one_in(6)) return std::string(pick({"0.5", "-1.5", "2.25", "1e10", "-inf", "+inf", "3.0"}));
  return std::to_string(between(-2, 6));
}

std::string Vocabulary::score_bound() {
  switch (rng_.below(8)) {
    case 0: return "-inf";
    case 1: return "+inf";
    case 2: return "(" + score();
    case 3:
      return std::string(pick({"inf", "(inf", "(-inf", "(", "((1", "[1", "nan", "(nan", "-", "+", "(1 "}));
    default: return score();
  }
}

std::string Vocabulary::lex_bound() {
  switch (rng_.below(8)) {
    case 0: return "-";
    case 1: return "+";
    case 2: return std::string(pick({"", "[", "(", "a", "-a", "+a", "((", "[[", "--", "(-", "[+"}));
    case 3:
    case 4: return "(" + element();
    default: return "[" + element();
  }
}

std::string Vocabulary::index() {
  if (one_in(4)) return std::string(pick({"0", "-1", "-1", "1", "100", "-100"}));
  return one_in(6) ? integer() : std::to_string(between(-8, 12));
}

std::string Vocabulary::sample_count() {
  if (one_in(5))
    return std::string(pick({"0", "100", "-100", "1000000", "9223372036854775807", "-9223372036854775808",
                             "9223372036854775808", "abc", "", "1.5", "+3"}));
  return std::to_string(between(-12, 12));
}

std::string Vocabulary::sort_pattern() {
  return std::string(pick({"#", "k*", "k*", "*", "nosort", "k*->a", "k*->f", "k*->*", "*->a", "k*->", "k1->a",
                           "k1", "->", "*->", "", "k**", "u*->b->c", "##"}));
}

std::string Vocabulary::timeout() {
  switch (rng_.below(6)) {
    case 0: return std::string(kShortTimeout);
    case 1:
      return std::string(pick({"-1", "-0.5", "abc", "", "inf", "-inf", "nan", "1e400", "9223372036854775807",
                               "9223372036854775", "1e18", "0x0", " 0", "0 ", "-0", "1e-20", "."}));
    case 2: return "1000000";
    default: return "0";
  }
}

}  // namespace redpoll::diff
