// The grammar of requests: for each command how often it is tried, how its requests are made, and how its
// replies are compared. What is not said otherwise comes from the argument documentation of the command's
// row.
//
// Commands are grouped into families by the group that COMMAND DOCS gives them; a family is one file
// grammar_*.cc. `gaps()` names the commands that no family mentions; the build of redpoll-diff fails then.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diff/compare.h"
#include "diff/words.h"
#include "exec/command.h"

namespace redpoll::diff {

// Makes a whole request.
using Generator = Words (*)(Vocabulary&);

struct Rule {
  std::string_view command;  // "set", "client|list"
  int weight = 10;
  Match match = Match::exact;
  Generator generate = nullptr;  // null: from the argument documentation
};

// A command that no schedule contains, and why.
struct Excluded {
  std::string_view command;
  std::string_view reason;
};

struct Family {
  std::string_view group;
  std::span<const Rule> rules;
  std::span<const Excluded> excluded = {};
};

Family string_family();
Family generic_family();
Family connection_family();
Family server_family();

// What is wrong with the grammar: commands without a rule, rules without a command, groups without a family.
std::vector<std::string> gaps();

struct Step {
  size_t client = 0;
  Words words;
  // How long the schedule waits before it goes on, so that what should expire has expired.
  int settle_ms = 0;
};

class Grammar {
 public:
  // `families`: of these groups only; empty: all.
  explicit Grammar(std::span<const std::string> groups = {});

  // A random request, well-formed or spoilt.
  Step request(Vocabulary& vocabulary) const;

 private:
  struct Entry {
    const Rule* rule;
    const exec::Command* command;
  };
  const Entry& choose(Vocabulary& vocabulary) const;

  std::vector<Entry> entries_;
  int total_weight_ = 0;
};

// The rule of the command that this request calls, or null.
const Rule* rule_of(const Words& words);
// How replies to it compare.
Match match_of(const Words& words);

}  // namespace redpoll::diff
