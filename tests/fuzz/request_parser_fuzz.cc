// The request parser. The input is what a client sends. The requests and the error that come of it
//   - are those of the grammar, read by a parser that is as simple as can be;
//   - are the same however the bytes are cut into pieces, and wherever big bulks are received;
//   - come back unchanged when a client sends the parsed requests again;
// and the parser's memory stays in proportion to what it was given.
//
// 0x01 and another byte n stand for n KiB of payload, so that short inputs reach the path of big bulks.
//
// libFuzzer: -max_len=1024 -dict=resp.dict
#include <algorithm>
#include <charconv>

#include "base/assert.h"
#include "base/numbers.h"
#include "base/rng.h"
#include "base/text.h"
#include "unit/resp/feed.h"

namespace redpoll::resp {
namespace {

constexpr size_t kKiB = 1024;
constexpr size_t kMostExpanded = 96 * kKiB;
// Small enough for the fuzzer to reach every one of them.
constexpr RequestLimits kTight{
    .max_bulk = 999, .max_multibulk = 20, .max_inline = 100, .authenticated = true};
constexpr RequestLimits kUnauthenticated{.max_inline = 100, .authenticated = false};
constexpr RequestLimits kUsual{};

std::string expanded(std::string_view input) {
  std::string bytes;
  for (size_t i = 0; i < input.size(); ++i) {
    if (input[i] != '\1' || i + 1 == input.size() || bytes.size() > kMostExpanded) {
      bytes += input[i];
      continue;
    }
    bytes.append(static_cast<unsigned char>(input[++i]) * kKiB, 'p');
  }
  return bytes;
}

struct Outcome {
  std::vector<Words> requests;
  std::string error = {};  // empty: none
};

// The grammar of request_parser.h over bytes that are all there.
class Reference {
 public:
  Reference(std::string_view bytes, const RequestLimits& limits) : rest_(bytes), limits_(limits) {}

  Outcome run() {
    while (!rest_.empty() && (rest_[0] == '*' ? multibulk() : inline_request())) {}
    return std::move(outcome_);
  }

 private:
  bool fail(std::string_view why) {
    outcome_.error = "ERR Protocol error: " + std::string(why);
    return false;
  }

  // A line with a count or a length. Nothing if it is not complete, or an error.
  std::optional<std::string_view> line(std::string_view too_big) {
    const size_t end = rest_.find_first_of(std::string_view("\r\0", 2));
    if (end == std::string_view::npos || rest_[end] == '\0') {
      if (rest_.size() > limits_.max_inline) fail(too_big);
      return std::nullopt;
    }
    if (end + 2 > rest_.size()) return std::nullopt;
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 2);
    return text;
  }

  bool multibulk() {
    const auto text = line("too big mbulk count string");
    if (!text) return false;
    const auto count = parse_int64(text->substr(1));
    if (!count || *count > limits_.max_multibulk) return fail("invalid multibulk length");
    if (*count > 10 && !limits_.authenticated) return fail("unauthenticated multibulk length");
    Words words;
    for (int64_t i = 0; i < *count; ++i) {
      if (!bulk(words)) return false;
    }
    if (!words.empty()) outcome_.requests.push_back(std::move(words));
    return true;
  }

  bool bulk(Words& words) {
    if (rest_.empty()) return false;
    const char type = rest_[0];
    const auto text = line("too big bulk count string");
    if (!text) return false;
    if (type != '$') return fail(std::string("expected '$', got '") + type + "'");
    const auto length = parse_int64(text->substr(1));
    if (!length || *length < 0 || static_cast<size_t>(*length) > limits_.max_bulk)
      return fail("invalid bulk length");
    if (*length > 16384 && !limits_.authenticated) return fail("unauthenticated bulk length");
    const auto size = static_cast<size_t>(*length);
    if (rest_.size() < size + 2) return false;
    words.emplace_back(rest_.substr(0, size));
    rest_.remove_prefix(size + 2);
    return true;
  }

  bool inline_request() {
    const size_t end = rest_.find('\n');
    std::string_view text = rest_.substr(0, end);
    if (end == std::string_view::npos || text.find('\0') != std::string_view::npos) {
      return rest_.size() > limits_.max_inline ? fail("too big inline request") : false;
    }
    if (text.ends_with('\r')) text.remove_suffix(1);
    auto words = split_args(text);
    if (!words) return fail("unbalanced quotes in request");
    if (!words->empty()) outcome_.requests.push_back(std::move(*words));
    rest_.remove_prefix(end + 1);
    return true;
  }

  std::string_view rest_;
  RequestLimits limits_;
  Outcome outcome_;
};

// Gives the bytes to a parser in pieces of the sizes that `next_size` says.
template <class NextSize>
Outcome parse(std::string_view bytes, const RequestLimits& limits, Feed::Into into, NextSize&& next_size) {
  constexpr size_t kAtOnce = 128 * kKiB;  // what a big bulk may set aside before anything of it has come
  Feed feed(limits, into);
  size_t given = 0;
  std::string error;
  while (given < bytes.size() && error.empty()) {
    const size_t size = std::min(std::max<size_t>(next_size(), 1), bytes.size() - given);
    if (!feed.give(bytes.substr(given, size))) error = feed.parser.error_text();
    given += size;
    CHECK(feed.parser.memory_bytes() <= kAtOnce + 8 * given, "{} bytes for {} that came",
          feed.parser.memory_bytes(), given);
    CHECK(feed.buffered() <= given);
    CHECK(feed.parser.error_reason().empty() == error.empty());
  }
  return {std::move(feed.requests), std::move(error)};
}

// In pieces, a line may be refused as too long before its end arrives, with which it is not.
bool is_early_refusal(const Outcome& whole, const Outcome& cut, size_t bytes, const RequestLimits& limits) {
  return cut.error.find(": too big ") != std::string::npos && bytes > limits.max_inline &&
         cut.requests.size() <= whole.requests.size() &&
         std::equal(cut.requests.begin(), cut.requests.end(), whole.requests.begin());
}

void check_cut(std::string_view bytes, const RequestLimits& limits, const Outcome& whole) {
  const auto check = [&](const Outcome& cut) {
    if (is_early_refusal(whole, cut, bytes.size(), limits)) return;
    CHECK(cut.error == whole.error, "in one piece: '{}', cut: '{}'", whole.error, cut.error);
    CHECK(cut.requests == whole.requests);
  };
  // Byte by byte, unless there are many.
  const size_t tiny = 1 + bytes.size() / 300;
  check(parse(bytes, limits, Feed::Into::bulk_space, [=] { return tiny; }));
  // The pieces depend on the bytes alone, so that a finding can be replayed.
  Rng rng(std::hash<std::string_view>()(bytes));
  const auto any = [&] { return rng.below(rng.below(4) == 0 ? bytes.size() + 1 : bytes.size() / 16 + 2); };
  check(parse(bytes, limits, Feed::Into::buffer, any));
  check(parse(bytes, limits, Feed::Into::bulk_space, any));
}

void check(std::string_view bytes, const RequestLimits& limits) {
  const Outcome expected = Reference(bytes, limits).run();
  const Outcome whole = parse(bytes, limits, Feed::Into::buffer, [&] { return bytes.size(); });
  CHECK(whole.error == expected.error, "'{}' instead of '{}'", whole.error, expected.error);
  CHECK(whole.requests == expected.requests);
  check_cut(bytes, limits, whole);
}

void check_sent_again(const Outcome& outcome) {
  std::string bytes;
  for (const Words& words : outcome.requests) bytes += encode(words);
  const Outcome again = parse(bytes, kUsual, Feed::Into::bulk_space, [&] { return bytes.size() / 2; });
  CHECK(again.error.empty() && again.requests == outcome.requests);
}

}  // namespace
}  // namespace redpoll::resp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redpoll::resp;
  const std::string bytes = expanded({reinterpret_cast<const char*>(data), size});
  for (const RequestLimits& limits : {kUsual, kTight, kUnauthenticated}) check(bytes, limits);
  check_sent_again(Reference(bytes, kUsual).run());
  return 0;
}
