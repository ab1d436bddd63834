// The form of a command's requests, written down as it stands in the documentation of commands:
//
//   key [NX|XX] [CH] (score member)+
//
//   key            a word in lower case is a kind of random word: kKinds in form.cc lists them
//   NX, 0, #       any other word stands for itself, in random case
//   a|b  (a b)|c   one of them
//   [a b]          there half of the time
//   {a b}          the same, but only where Redis has no say: an option that it does not know
//   a+  (a b)+     once to three times; seldom often enough for collections to grow out of any encoding
//   #a  #(a b)     how many there are, and so many: numkeys and its keys. Mostly: now and then the number is
//   wrong =a             as many as the last number said
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/words.h"

namespace redpoll::diff {

class Form {
 public:
  // Throws std::invalid_argument if the text is no form.
  explicit Form(std::string_view text);

  // Appends the words of a request after the command's name. `alone`: with what only Redpoll knows.
  void write(Vocabulary& vocabulary, Words& to, bool alone) const;

 private:
  enum class Kind { literal, random, sequence, choice };
  using Word = std::string (Vocabulary::*)();

  struct Node {
    Kind kind = Kind::sequence;
    std::string literal = {};
    Word random = nullptr;
    std::vector<Node> parts = {};
    bool optional = false;
    bool only_alone = false;
    bool repeated = false;
    bool counted = false;
    bool as_counted = false;
  };

  class Parser;
  struct Writer;

  Node root_;
};

}  // namespace redpoll::diff
