#include "diff/form.h"

#include <algorithm>
#include <stdexcept>

namespace redpoll::diff {

namespace {

using Word = std::string (Vocabulary::*)();

struct Name {
  std::string_view name;
  Word word;
};
constexpr Name kKinds[] = {
    {"key", &Vocabulary::key},
    {"lex-key", &Vocabulary::lex_key},
    {"number-key", &Vocabulary::number_key},
    {"source", &Vocabulary::source_key},
    {"value", &Vocabulary::value},
    {"element", &Vocabulary::element},
    {"small-number", &Vocabulary::small_number},
    {"integer", &Vocabulary::integer},
    {"real", &Vocabulary::real},
    {"glob", &Vocabulary::glob},
    {"score", &Vocabulary::score},
    {"score-bound", &Vocabulary::score_bound},
    {"lex-bound", &Vocabulary::lex_bound},
    {"index", &Vocabulary::index},
    {"sample-count", &Vocabulary::sample_count},
    {"pattern", &Vocabulary::sort_pattern},
    {"timeout", &Vocabulary::timeout},
    {"seconds", &Vocabulary::seconds},
    {"milliseconds", &Vocabulary::milliseconds},
    {"unix-seconds", &Vocabulary::unix_seconds},
    {"unix-milliseconds", &Vocabulary::unix_milliseconds},
};

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

}  // namespace

class Form::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Node whole() {
    Node node = sequence();
    if (!rest().empty()) fail();
    return node;
  }

 private:
  [[noreturn]] void fail() const {
    throw std::invalid_argument("no form from " + std::string(rest().substr(0, 20)) +
                                " on: " + std::string(text_));
  }
  std::string_view rest() const { return text_.substr(at_); }
  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Node sequence() {
    Node node;
    do {
      while (take(' ')) {}
      node.parts.push_back(item());
    } while (take(' '));
    return node;
  }

  Node item() {
    const bool counted = take('#');
    const bool as_counted = take('=');
    Node node = choice();
    node.counted = counted;
    node.as_counted = as_counted;
    node.repeated = take('+');
    return node;
  }

  Node choice() {
    Node first = primary();
    if (rest().empty() || rest()[0] != '|') return first;
    Node node{.kind = Kind::choice};
    node.parts.push_back(std::move(first));
    while (take('|')) node.parts.push_back(primary());
    return node;
  }

  Node primary() {
    for (const std::string_view brackets : {"()", "[]", "{}"}) {
      if (!take(brackets[0])) continue;
      Node node = sequence();
      if (!take(brackets[1])) fail();
      node.optional = brackets[0] != '(';
      node.only_alone = brackets[0] == '{';
      return node;
    }
    return word();
  }

  Node word() {
    const std::string_view word = rest().substr(0, rest().find_first_of(" |+()[]{}"));
    if (word.empty()) fail();
    if (!is_lower(word[0])) {
      at_ += word.size();
      return {.kind = Kind::literal, .literal = std::string(word)};
    }
    const auto* known =
        std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Name& n) { return n.name == word; });
    if (known == std::end(kKinds)) fail();
    at_ += word.size();
    return {.kind = Kind::random, .random = known->word};
  }

  std::string_view text_;
  size_t at_ = 0;
};

struct Form::Writer {
  Vocabulary& vocabulary;
  Words& words;
  bool alone;
  uint64_t count = 1;  // what the last number said

  void item(const Node& node) {
    if (node.only_alone && !alone) return;
    if (node.optional && vocabulary.one_in(2)) return;
    uint64_t times = 1;
    if (node.repeated || node.counted) times = some();
    if (node.as_counted) times = vocabulary.one_in(12) ? vocabulary.rng().below(4) : count;
    if (node.counted) {
      count = times;
      words.push_back(vocabulary.one_in(12) ? vocabulary.integer() : std::to_string(times));
    }
    for (uint64_t i = 0; i < times; ++i) once(node);
  }

  uint64_t some() {
    if (!vocabulary.one_in(30)) return 1 + vocabulary.rng().below(3);
    return static_cast<uint64_t>(vocabulary.one_in(5) ? vocabulary.between(150, 700)
                                                      : vocabulary.between(8, 40));
  }

  void once(const Node& node) {
    switch (node.kind) {
      case Kind::literal: words.push_back(vocabulary.any_case(node.literal)); break;
      case Kind::random: words.push_back((vocabulary.*node.random)()); break;
      case Kind::choice: item(vocabulary.pick(std::span<const Node>(node.parts))); break;
      case Kind::sequence:
        for (const Node& part : node.parts) item(part);
        break;
    }
  }
};

Form::Form(std::string_view text) : root_(Parser(text).whole()) {}

void Form::write(Vocabulary& vocabulary, Words& to, bool alone) const {
  Writer{vocabulary, to, alone}.item(root_);
}

}  // namespace redpoll::diff
