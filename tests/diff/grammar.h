// The grammar of requests: for each command how often it is tried, how its requests are made, and how its
// replies are compared. What is not said otherwise comes from the argument documentation of the command's
// row.
//
// Commands are grouped into families by the group that COMMAND DOCS gives them; a family is one file
// grammar_*.cc. `gaps()` names the commands that no family mentions; the build of redpoll-diff fails then.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diff/compare.h"
#include "diff/form.h"
#include "diff/words.h"
#include "exec/command.h"

namespace redpoll::diff {

// Makes a whole request.
using Generator = Words (*)(Vocabulary&);

// Where requests come from: a generator, whose requests are sent as they are, or a form (see form.h), or, if
// it is neither, the argument documentation; the words of the last two are spoilt now and then.
struct Source {
  constexpr Source() = default;
  constexpr Source(Generator made_by) : generator(made_by) {}  // NOLINT(google-explicit-constructor)
  constexpr Source(const char* text) : form(text) {}           // NOLINT(google-explicit-constructor)

  Generator generator = nullptr;
  std::string_view form = {};
};

// What a conversation has to take care of.
enum class Care : uint8_t {
  none,
  waits_last,   // may block, with its timeout as the last word
  waits_first,  // with its timeout behind the command's name
  draws,        // which elements it answers is left to chance; see chance.h
  scans,        // with a cursor that only its own server understands
  sorts,        // elements that compare equal come in any order
};

struct Rule {
  std::string_view command;  // "set", "client|list"
  int weight = 10;
  Match match = Match::exact;
  Source source = {};
  Care care = Care::none;
};

// A command that no schedule contains, and why.
struct Excluded {
  std::string_view command;
  std::string_view reason;
};

// A command that is not compared, and why; but Redpoll is tormented with it.
struct Alone {
  Rule rule;
  std::string_view reason;
};

struct Family {
  std::string_view group;
  std::span<const Rule> rules;
  std::span<const Excluded> excluded = {};
  std::span<const Alone> alone = {};
};

Family string_family();
Family list_family();
Family hash_family();
Family set_family();
Family sorted_set_family();
Family generic_family();
Family connection_family();
Family server_family();
Family transaction_family();

// What is wrong with the grammar: commands without a rule, rules without a command, groups without a family.
std::vector<std::string> gaps();

struct Step {
  size_t client = 0;
  Words words;
  // How long the schedule waits before it goes on, so that what should expire has expired.
  int settle_ms = 0;
  // The client closes its connection and opens another; `words` only tell so.
  bool leaves = false;
};

struct Selection {
  std::vector<std::string> groups = {};  // families; empty: all
  bool alone = false;                    // with what Redis does not have
};

class Grammar {
 public:
  explicit Grammar(const Selection& selection);

  // A random request, well-formed or spoilt.
  Step request(Vocabulary& vocabulary) const;

 private:
  struct Entry {
    const Rule* rule;
    const exec::Command* command;
    std::string_view group;
    std::optional<Form> form;
  };
  const Entry& choose(Vocabulary& vocabulary) const;
  void add(const Rule& rule, std::string_view group);
  Words words_of(const Entry& entry, Vocabulary& vocabulary) const;

  std::vector<Entry> entries_;
  int total_weight_ = 0;
  bool alone_ = false;
};

// The rule of the command that this request calls, or null.
const Rule* rule_of(const Words& words);
// How replies to it compare.
Match match_of(const Words& words);
Care care_of(const Words& words);

// The place of a timeout among the words of a request that may block, if there is one.
std::optional<size_t> timeout_at(const Words& words);
// Whether the request blocks, if it does, for a time that the schedule waits for.
bool waits_shortly(const Words& words);
// If the request may block for longer: it does not any more.
void wait_shortly(Words& words);

// Changes what cannot be compared: a timeout that ends in the middle of a schedule; so many random elements
// that the reply has no end; a scan that is not over at once; the storing of a list whose order is left open.
void make_comparable(Words& words);

}  // namespace redpoll::diff
