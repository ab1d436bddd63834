#include "diff/words.h"

#include <array>

#include "base/text.h"

namespace redpoll::diff {

int64_t Vocabulary::between(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(rng_.below(static_cast<uint64_t>(high - low) + 1));
}

std::string_view Vocabulary::pick(std::initializer_list<std::string_view> from) {
  return from.begin()[rng_.below(from.size())];
}

std::string Vocabulary::bytes(size_t length) {
  std::string made(length, '\0');
  for (char& c : made) c = static_cast<char>(rng_.next());
  return made;
}

std::string Vocabulary::value() {
  switch (rng_.below(12)) {
    case 0: return "";
    case 1: return bytes(rng_.below(24));
    case 2:
    case 3: return integer();
    case 4: return real();
    // Around the 44 bytes that Redis embeds, and the lengths whose size takes another byte.
    case 5: return std::string(static_cast<size_t>(between(40, 48)), 'e');
    case 6: return std::string(static_cast<size_t>(between(60, 66)), static_cast<char>('a' + rng_.below(4)));
    case 7:
      if (one_in(8)) return std::string(static_cast<size_t>(between(4090, 4100)), 'v');
      if (one_in(60)) return std::string(static_cast<size_t>(between(32'760, 40'000)), 'V');
      return std::string(static_cast<size_t>(between(250, 260)), 'w');
    default:
      return std::string(
          pick({"a", "b", "abc", "hello world", "ohmytext", "mynewtext", "x\r\ny", "\xff\xfe", "*", "nil"}));
  }
}

std::string Vocabulary::integer() {
  if (!one_in(4)) return std::to_string(between(-3, 12));
  return std::string(pick({"100",
                           "-100",
                           "127",
                           "128",
                           "255",
                           "256",
                           "-129",
                           "32767",
                           "65536",
                           "-32769",
                           "1000000",
                           "2147483647",
                           "2147483648",
                           "-2147483649",
                           "4294967296",
                           "9223372036854775807",
                           "9223372036854775806",
                           "-9223372036854775808",
                           "9223372036854775808",
                           "-9223372036854775809",
                           "18446744073709551616",
                           "99999999999999999999999",
                           "abc",
                           "",
                           "1.5",
                           "0x10",
                           "+5",
                           "-0",
                           "05",
                           " 1",
                           "1 ",
                           "1e3",
                           "-",
                           "1\0"}));
}

std::string Vocabulary::real() {
  if (one_in(3)) return integer();
  return std::string(pick({"0.1",
                           "-0.5",
                           "3.0e3",
                           "1e-5",
                           "1.7976931348623157e308",
                           "-1e400",
                           "1e17",
                           "1e21",
                           "inf",
                           "-inf",
                           "+inf",
                           "infinity",
                           "nan",
                           "-nan",
                           "0x1p3",
                           "3.",
                           ".5",
                           "1e",
                           "5.0000000000000001",
                           "123456789.123456789",
                           "0.30000000000000004",
                           "1e-320",
                           "-0.0",
                           "1,5"}));
}

std::string Vocabulary::glob() {
  return std::string(pick({"*", "k*", "k?",     "k[0-3]", "k[^1]", "[",  "k[",     "k[]",   "\\k1", "*1", "?",
                           "",  "**", "user:*", "k[3-0]", "K*K",   "\\", "k[\\1]", "*{7}*", "[^",   "k1"}));
}

// Times to live that count from now are hardly ever the same twice: whether one that is set again is greater
// than the one before would depend on the milliseconds in between.
std::string Vocabulary::seconds() {
  if (one_in(2)) return std::to_string(between(100, 1'000'000));
  return std::string(
      pick({"0", "-1", "-100", "9223372036854775807", "9223372036854776", "9223372036854775",
            "9223370000000000", "-9223372036854775808", "abc", "", "1.5", "99999999999999999999"}));
}

std::string Vocabulary::milliseconds() {
  if (one_in(4)) return std::string(kSoonMs);
  if (one_in(2)) return std::to_string(between(100'000, 1'000'000'000));
  return std::string(pick(
      {"0", "-1", "9223372036854775807", "9223360000000000000", "-9223372036854775808", "abc", "", "1.5"}));
}

std::string Vocabulary::unix_seconds() {
  return std::string(
      pick({"4102444800", "4102444801", "9000000000", "1", "1000000000", "0", "-1", "9223372036854775",
            "9223372036854776", "9223372036854775807", "-9223372036854775808", "abc", ""}));
}

std::string Vocabulary::unix_milliseconds() {
  return std::string(pick({"4102444800000", "4102444800001", "9000000000000", "1000000000000", "0", "-1",
                           "9223372036854775807", "-9223372036854775808", "abc", ""}));
}

std::string Vocabulary::database() {
  if (one_in(6)) return integer();
  return std::to_string(rng_.below(kDatabases));
}

std::string Vocabulary::junk() {
  switch (rng_.below(8)) {
    case 0: return integer();
    case 1: return real();
    case 2: return key();
    case 3: return glob();
    case 4: return bytes(rng_.below(6));
    case 5: return "";
    default:
      return any_case(
          pick({"NX",      "XX",    "GET",        "EX",   "PX",    "KEEPTTL", "PERSIST",     "GT",
                "LT",      "MATCH", "COUNT",      "TYPE", "LEN",   "IDX",     "MINMATCHLEN", "WITHMATCHLEN",
                "REPLACE", "DB",    "ASYNC",      "SYNC", "AUTH",  "SETNAME", "HELP",        "LIMIT",
                "BY",      "STORE", "WITHSCORES", "LEFT", "RIGHT", "BLOCK"}));
  }
}

std::string Vocabulary::any_case(std::string_view word) {
  switch (rng_.below(4)) {
    case 0: return to_lower(word);
    case 1: {
      std::string mixed(word);
      for (char& c : mixed) c = one_in(2) ? to_lower(c) : to_upper(c);
      return mixed;
    }
    default: return to_upper(word);
  }
}

}  // namespace redpoll::diff
