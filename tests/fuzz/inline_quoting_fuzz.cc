// Words of a line: the same as hiredis finds in it, also when an inline request is made of the line; and
// quoted bytes are read back, whatever they are.
//
// libFuzzer: -max_len=512 -dict=inline_quoting.dict
extern "C" {  // the header lacks it
#include <hiredis/sds.h>
}

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/text.h"
#include "unit/resp/feed.h"

namespace redpoll {
namespace {

using Words = std::vector<std::string>;

std::optional<Words> words_of_hiredis(const std::string& line) {
  int count = 0;
  sds* found = sdssplitargs(line.c_str(), &count);
  if (found == nullptr) return std::nullopt;
  Words words;
  for (int i = 0; i < count; ++i) words.emplace_back(found[i], sdslen(found[i]));
  sdsfreesplitres(found, count);
  return words;
}

// The line as an inline request.
std::optional<Words> words_of_request(std::string_view line) {
  resp::Feed feed;
  if (!feed.give(std::string(line) + "\n")) return std::nullopt;
  CHECK(feed.requests.size() <= 1, "one line became {} requests", feed.requests.size());
  return feed.requests.empty() ? Words{} : feed.requests[0];
}

void check_line(const std::string& line) {
  const auto words = split_args(line);
  CHECK(words == words_of_hiredis(line), "'{}' is split otherwise than by hiredis", line);
  const bool is_one_request = line.find_first_of(std::string_view("\n\0", 2)) == std::string::npos;
  if (is_one_request && !line.starts_with('*')) CHECK(words == words_of_request(line));
}

// Each line of the input as a word.
void check_quoting(std::string_view input) {
  Words words;
  std::string line;
  for (;;) {
    const size_t end = input.find('\n');
    words.emplace_back(input.substr(0, end));
    const std::string one = quoted(words.back());
    CHECK(split_args(one) == Words{words.back()}, "{} is not read back", one);
    line += one + ' ';
    if (end == std::string_view::npos) break;
    input.remove_prefix(end + 1);
  }
  for (const char c : line) CHECK(c >= ' ' && c <= '~', "a quoted text has the byte {}", static_cast<int>(c));
  CHECK(split_args(line) == words, "{} is not read back", line);
}

}  // namespace
}  // namespace redpoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  redpoll::check_line(std::string(input));
  redpoll::check_quoting(input);
  return 0;
}
