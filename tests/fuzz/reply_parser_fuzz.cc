// The reply parser that tests trust: a complete reply is complete whatever follows and incomplete while bytes
// are missing, written again it is read as the same, and what is malformed stays so whatever follows.
//
// libFuzzer: -max_len=200 -dict=resp.dict
#include <string>
#include <string_view>

#include "base/assert.h"
#include "support/reply.h"

namespace redpoll::testing {
namespace {

using Kind = Reply::Kind;
using State = ParsedReply::State;

// What a server would send.
void encode(const Reply& reply, std::string& to) {
  const bool pairs = reply.kind == Kind::map || reply.kind == Kind::attribute;
  switch (reply.kind) {
    case Kind::null_bulk: to += "$-1\r\n"; return;
    case Kind::null_array: to += "*-1\r\n"; return;
    case Kind::bulk:
    case Kind::bulk_error:
    case Kind::verbatim:
      to += static_cast<char>(reply.kind) + std::to_string(reply.text.size()) + "\r\n" + reply.text + "\r\n";
      return;
    default: break;
  }
  to += static_cast<char>(reply.kind);
  to += reply.is_aggregate() ? std::to_string(reply.elements.size() / (pairs ? 2 : 1)) : reply.text;
  to += "\r\n";
  for (const Reply& element : reply.elements) encode(element, to);
}

void check_complete(std::string_view bytes, const ParsedReply& parsed) {
  CHECK(parsed.used > 0 && parsed.used <= bytes.size());
  const std::string_view exactly = bytes.substr(0, parsed.used);
  const auto alone = parse_reply(exactly);
  CHECK(alone.state == State::complete && alone.used == parsed.used && alone.reply == parsed.reply);
  for (size_t size = 0; size < exactly.size(); ++size) {
    CHECK(parse_reply(exactly.substr(0, size)).state == State::incomplete, "{} of {} bytes", size,
          exactly.size());
  }
  std::string again;
  encode(parsed.reply, again);
  CHECK(again == exactly, "'{}' became '{}'", exactly, again);
  CHECK(!to_text(parsed.reply).empty() && !(parsed.reply < parsed.reply));
}

}  // namespace
}  // namespace redpoll::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redpoll::testing;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ParsedReply parsed = parse_reply(bytes);
  CHECK((parsed.state == State::malformed) == !parsed.problem.empty());
  if (parsed.state == State::complete) check_complete(bytes, parsed);
  if (parsed.state == State::malformed) {
    for (const char* more : {"\r\n", "$1\r\nx\r\n", "+"}) {
      CHECK(parse_reply(std::string(bytes) + more).state == State::malformed);
    }
  }
  return 0;
}
