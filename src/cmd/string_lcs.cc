// LCS: the longest common subsequence of two strings.
//
// Dynamic programming over all pairs of prefixes. Of the lengths only two rows are kept; the way back through
// the table needs one bit for each pair: whether the longer result comes from leaving out the last byte of
// the first string. That is 1/32 of a table of lengths.
#include <algorithm>
#include <limits>
#include <vector>

#include "base/numbers.h"
#include "cmd/arguments.h"
#include "cmd/tables.h"
#include "exec/arg_reader.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::String;
using store::StringView;

constexpr Outcome kNotStrings{"ERR The specified keys must contain string values"};
constexpr Outcome kLenAndIdx{"ERR If you want both the length and indexes, please just use IDX."};
constexpr Outcome kTooLong{"ERR String too long for LCS"};
constexpr Outcome kTooMuchMemory{
    "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"};

struct LcsOptions {
  bool length_only = false;
  bool ranges = false;
  bool with_match_length = false;
  int64_t min_match_length = 0;
};

LcsOptions read_lcs_options(ArgReader& in) {
  LcsOptions o;
  while (in.more()) {
    if (in.keyword("IDX")) {
      o.ranges = true;
    } else if (in.keyword("LEN")) {
      o.length_only = true;
    } else if (in.keyword("WITHMATCHLEN")) {
      o.with_match_length = true;
    } else if (in.keyword("MINMATCHLEN")) {
      o.min_match_length = in.integer();
    } else {
      in.reject(err::syntax);
    }
  }
  if (!in.failed() && o.ranges && o.length_only) in.reject(kLenAndIdx);
  return o;
}

// Redis keeps the whole table of 32-bit lengths, and refuses what would make it larger than a value may be.
// The limit stays, as it bounds the time as well.
Outcome check_sizes(const Call& c, std::string_view a, std::string_view b) {
  constexpr size_t kMaxSize = std::numeric_limits<uint32_t>::max() - 1;
  if (a.size() >= kMaxSize || b.size() >= kMaxSize) return kTooLong;
  const uint64_t cells = (a.size() + 1) * (b.size() + 1);
  if (cells > static_cast<uint64_t>(c.limits.max_bulk_bytes) / sizeof(uint32_t)) return kTooMuchMemory;
  return done;
}

class LcsTable {
 public:
  enum class Keep { length, path };

  LcsTable(std::string_view a, std::string_view b, Keep keep)
      : a_(a), b_(b), up_(keep == Keep::path ? a.size() * b.size() : 0) {
    std::vector<uint32_t> row(b.size() + 1);
    for (size_t i = 0; i < a.size(); ++i) {
      uint32_t diagonal = 0;
      for (size_t j = 0; j < b.size(); ++j) {
        const uint32_t above = row[j + 1];
        const bool up = above > row[j];
        if (keep == Keep::path) up_[i * b.size() + j] = up;
        row[j + 1] = a[i] == b[j] ? diagonal + 1 : std::max(above, row[j]);
        diagonal = above;
      }
    }
    length_ = row.back();
  }

  uint32_t length() const { return length_; }

  // Calls visit(i, j) for each pair of bytes a[i] == b[j] of the subsequence, from the end to the beginning.
  template <class Visit>
  void walk_back(Visit visit) const {
    for (size_t i = a_.size(), j = b_.size(); i > 0 && j > 0;) {
      if (a_[i - 1] == b_[j - 1]) {
        visit(--i, --j);
      } else if (up_[(i - 1) * b_.size() + j - 1]) {
        --i;
      } else {
        --j;
      }
    }
  }

 private:
  std::string_view a_;
  std::string_view b_;
  std::vector<bool> up_;
  uint32_t length_ = 0;
};

// A run of the subsequence that is contiguous in both strings.
struct CommonRun {
  size_t a = 0;
  size_t b = 0;
  size_t size = 0;

  bool ends_before(size_t i, size_t j) const { return size > 0 && i + 1 == a && j + 1 == b; }
};

void reply_range(Call& c, size_t first, size_t size) {
  c.out.array(2);
  c.out.integer(static_cast<int64_t>(first));
  c.out.integer(static_cast<int64_t>(first + size - 1));
}

void reply_ranges(Call& c, const LcsTable& table, const LcsOptions& o) {
  c.out.map(2);
  c.out.bulk("matches");
  const auto matches = c.out.begin_array();
  size_t count = 0;
  CommonRun run;
  const auto end_run = [&] {
    if (run.size == 0 || static_cast<int64_t>(run.size) < o.min_match_length) return;
    c.out.array(o.with_match_length ? 3 : 2);
    reply_range(c, run.a, run.size);
    reply_range(c, run.b, run.size);
    if (o.with_match_length) c.out.integer(static_cast<int64_t>(run.size));
    ++count;
  };
  table.walk_back([&](size_t i, size_t j) {
    if (!run.ends_before(i, j)) {
      end_run();
      run = {};
    }
    run = {i, j, run.size + 1};
  });
  end_run();
  c.out.end(matches, count);
  c.out.bulk("len");
  c.out.integer(table.length());
}

Outcome lcs(Call& c) {
  const auto first = c.db().find<String>(c.args[1]);
  const auto second = c.db().find<String>(c.args[2]);
  if (first.mismatch || second.mismatch) return kNotStrings;
  ArgReader in{c.args, 3};
  const LcsOptions o = read_lcs_options(in);
  if (in.failed()) return in.error();

  StringView::Digits digits[2];
  const std::string_view a = first.value ? first.value->text(digits[0]) : std::string_view{};
  const std::string_view b = second.value ? second.value->text(digits[1]) : std::string_view{};
  if (const Outcome bad = check_sizes(c, a, b)) return bad;

  const LcsTable table(a, b, o.length_only ? LcsTable::Keep::length : LcsTable::Keep::path);
  if (o.length_only) {
    c.out.integer(table.length());
  } else if (o.ranges) {
    reply_ranges(c, table, o);
  } else {
    std::string text;
    text.reserve(table.length());
    table.walk_back([&](size_t i, size_t) { text.push_back(a[i]); });
    std::reverse(text.begin(), text.end());
    c.out.bulk(text);
  }
  return done;
}

constexpr Argument kLcsArgs[] = {
    key_arg("key1"),
    key_arg("key2"),
    optional(token_arg("len", "LEN")),
    optional(token_arg("idx", "IDX")),
    optional(option_arg("MINMATCHLEN", "len", ArgType::integer)),
    optional(token_arg("withmatchlen", "WITHMATCHLEN")),
};

constexpr Command kStringLcsCommands[] = {
    {.name = "lcs",
     .run = lcs,
     .arity = at_least(3),
     .traits = kRead,
     .keys = key_range(1, 2, 1, kKeyRO | kKeyAccess),
     .categories = kCatString,
     .docs = {.summary = "Finds the longest subsequence that two string values have in common",
              .since = "7.0.0",
              .group = "string",
              .complexity = "O(N*M) for values of N and M bytes",
              .arguments = kLcsArgs}},
};
static_assert(well_formed(kStringLcsCommands));

}  // namespace

Table string_lcs_commands() { return kStringLcsCommands; }

}  // namespace redpoll::cmd
