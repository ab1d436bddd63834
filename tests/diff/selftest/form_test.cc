#include "diff/form.h"

#include <catch2/catch.hpp>
#include <set>

using namespace redpoll::diff;

namespace {

// Every request that some seeds make of the form, in lower case.
std::set<Words> requests(std::string_view text, bool alone = false) {
  std::set<Words> made;
  const Form form(text);
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Vocabulary vocabulary(seed);
    Words words;
    form.write(vocabulary, words, alone);
    for (std::string& word : words) {
      for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    made.insert(words);
  }
  return made;
}

using Set = std::set<Words>;

}  // namespace

TEST_CASE("A form makes every choice, and leaves out what is optional") {
  REQUIRE(requests("A B|C") == Set{{"a", "b"}, {"a", "c"}});
  REQUIRE(requests("A [B]") == Set{{"a"}, {"a", "b"}});
  REQUIRE(requests("(A B)|C [D|E]") ==
          Set{{"a", "b"}, {"a", "b", "d"}, {"a", "b", "e"}, {"c"}, {"c", "d"}, {"c", "e"}});
  REQUIRE(requests("[A [B]]") == Set{{}, {"a"}, {"a", "b"}});
}

TEST_CASE("What only Redpoll knows is there only when it is alone") {
  REQUIRE(requests("A {B}") == Set{{"a"}});
  REQUIRE(requests("A {B}", true) == Set{{"a"}, {"a", "b"}});
}

TEST_CASE("What repeats comes once to three times, and now and then often") {
  std::set<size_t> lengths;
  for (const Words& words : requests("(A B)+")) {
    REQUIRE(words.size() % 2 == 0);
    lengths.insert(words.size() / 2);
  }
  REQUIRE(lengths.contains(1));
  REQUIRE(lengths.contains(3));
  REQUIRE(*lengths.rbegin() > 128);
}

TEST_CASE("A number that counts is mostly right, as is what is counted by it") {
  int right = 0, wrong = 0;
  const Form form("#A X =B");
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    Vocabulary vocabulary(seed);
    Words words;
    form.write(vocabulary, words, false);
    const auto middle =
        std::find_if(words.begin(), words.end(), [](const auto& w) { return w == "X" || w == "x"; });
    const auto counted = static_cast<size_t>(middle - words.begin() - 1);
    const bool as_told = words[0] == std::to_string(counted);
    const bool as_many = static_cast<size_t>(words.end() - middle - 1) == counted;
    ++(as_told && as_many ? right : wrong);
  }
  REQUIRE(right > 700);
  REQUIRE(wrong > 50);
}

TEST_CASE("What is no form is refused") {
  for (const char* text : {"", "no-such-kind", "(A", "A)", "[A)", "A|", "A  |B", "key+ +"})
    REQUIRE_THROWS_AS(Form(text), std::invalid_argument);
}
