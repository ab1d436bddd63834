// Replies: whatever is written, in either protocol, is read back as the same values, also after deferred
// lengths, rewinding, and sending in portions.
//
// The input builds a tree of values and says how it is written.
//
// libFuzzer: -max_len=2048
#include <fuzzer/FuzzedDataProvider.h>
#include <sys/uio.h>

#include <array>
#include <string>

#include "base/assert.h"
#include "base/numbers.h"
#include "base/text.h"
#include "resp/chunk_pool.h"
#include "resp/reply_buffer.h"
#include "resp/reply_writer.h"
#include "support/reply.h"

namespace redpoll::resp {
namespace {

using testing::Reply;
using Kind = Reply::Kind;

constexpr int kMaxDepth = 8;
constexpr size_t kMostText = 70'000;

class Author {
 public:
  Author(FuzzedDataProvider& input, ReplyWriter& out) : input_(input), out_(out) {}

  // Writes a value and returns what a client must read.
  Reply value(int depth = 0) {
    const int most = depth < kMaxDepth && size_ < 500'000 ? 17 : 11;
    switch (input_.ConsumeIntegralInRange<int>(0, most)) {
      case 0: return out_.ok(), Reply{Kind::status, "OK"};
      case 1: return null();
      case 2: return integer();
      case 3: return boolean();
      case 4: return bulk();
      case 5: return blob();
      case 6: return real();
      case 7: return error();
      case 8: return verbatim();
      case 9: return big_number();
      case 10: return bulk_int();
      case 11: return null_array();
      default: return aggregate(depth);
    }
  }

 private:
  // Text that may be long, from a short input.
  std::string text() {
    std::string text = input_.ConsumeRandomLengthString(40);
    if (input_.ConsumeIntegral<uint8_t>() < 8)
      text.resize(input_.ConsumeIntegralInRange<size_t>(0, kMostText), 'x');
    size_ += text.size();
    return text;
  }
  [[nodiscard]] Reply typed(Kind resp3, std::string text) const {
    return {out_.resp3() ? resp3 : Kind::bulk, std::move(text)};
  }

  Reply null() {
    out_.null();
    return {out_.resp3() ? Kind::null : Kind::null_bulk};
  }
  Reply null_array() {
    out_.null_array();
    return {out_.resp3() ? Kind::null : Kind::null_array};
  }
  Reply integer() {
    const auto number = input_.ConsumeIntegral<int64_t>();
    out_.integer(number);
    return {Kind::integer, std::to_string(number)};
  }
  Reply boolean() {
    const bool yes = input_.ConsumeBool();
    out_.boolean(yes);
    return out_.resp3() ? Reply{Kind::boolean, yes ? "t" : "f"} : Reply{Kind::integer, yes ? "1" : "0"};
  }
  Reply bulk() {
    std::string bytes = text();
    out_.bulk(bytes);
    return {Kind::bulk, std::move(bytes)};
  }
  Reply blob() {
    std::string bytes = text();
    out_.bulk(mem::Blob::copy_of(bytes));
    return {Kind::bulk, std::move(bytes)};
  }
  Reply bulk_int() {
    const auto number = input_.ConsumeIntegral<int64_t>();
    out_.bulk_int(number);
    return {Kind::bulk, std::to_string(number)};
  }
  Reply real() {
    const auto number = input_.ConsumeFloatingPoint<double>();
    out_.real(number);
    char printed[kDoubleChars];
    return typed(Kind::real, {printed, format_double(printed, number)});
  }
  Reply error() {
    const std::string given = "ERR " + text();
    out_.error(given);
    std::string words(trim(given, "\r\n"));
    for (char& c : words) {
      if (c == '\r' || c == '\n') c = ' ';
    }
    return {Kind::error, std::move(words)};
  }
  Reply verbatim() {
    const std::string bytes = text();
    out_.verbatim("txt", bytes);
    return typed(Kind::verbatim, out_.resp3() ? "txt:" + bytes : bytes);
  }
  Reply big_number() {
    std::string digits = std::to_string(input_.ConsumeIntegral<int64_t>()) + "0123456789";
    out_.big_number(digits);
    return typed(Kind::big_number, std::move(digits));
  }

  Reply aggregate(int depth) {
    struct Type {
      Kind resp3;
      void (ReplyWriter::*begin)(size_t);
      ReplyWriter::Deferred (ReplyWriter::*begin_deferred)();
      size_t per_element;
    };
    constexpr std::array<Type, 4> kTypes = {{
        {Kind::array, &ReplyWriter::array, &ReplyWriter::begin_array, 1},
        {Kind::map, &ReplyWriter::map, &ReplyWriter::begin_map, 2},
        {Kind::set, &ReplyWriter::set, &ReplyWriter::begin_set, 1},
        {Kind::push, &ReplyWriter::push, &ReplyWriter::begin_push, 1},
    }};
    const Type& type = kTypes[input_.ConsumeIntegralInRange<size_t>(0, kTypes.size() - 1)];
    const bool deferred = input_.ConsumeBool();
    const auto count = input_.ConsumeIntegralInRange<size_t>(0, 20);
    Reply reply{out_.resp3() ? type.resp3 : Kind::array};
    const auto elements = [&] {
      for (size_t i = 0; i < count * type.per_element; ++i) reply.elements.push_back(value(depth + 1));
    };
    if (deferred) {
      const auto open = (out_.*type.begin_deferred)();
      elements();
      out_.end(open, count);
    } else {
      (out_.*type.begin)(count);
      elements();
    }
    return reply;
  }

  FuzzedDataProvider& input_;
  ReplyWriter& out_;
  size_t size_ = 0;
};

// Takes everything out of the buffer as a socket does that accepts a part at a time.
std::string sent(ReplyBuffer& buffer, FuzzedDataProvider& input) {
  std::string bytes;
  while (!buffer.empty()) {
    iovec pieces[4];
    const int count = buffer.fill(pieces, 4);
    CHECK(count > 0);
    std::string portion;
    for (int i = 0; i < count; ++i)
      portion.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
    CHECK(portion.size() <= buffer.size_bytes());
    if (input.remaining_bytes() > 0) portion.resize(input.ConsumeIntegralInRange<size_t>(1, portion.size()));
    buffer.consume(portion.size());
    bytes += portion;
  }
  CHECK(buffer.memory_bytes() == 0 && buffer.pieces() == 0, "an empty buffer holds memory");
  return bytes;
}

void check(FuzzedDataProvider& input) {
  ChunkPool pool;
  ReplyBuffer buffer(pool);
  std::vector<Reply> expected;
  const auto protocol = input.ConsumeBool() ? Protocol::resp3 : Protocol::resp2;
  {
    ReplyWriter out(buffer, protocol);
    const auto count = input.ConsumeIntegralInRange<int>(1, 12);
    for (int i = 0; i < count; ++i) {
      const size_t before = out.bytes_written();
      Reply reply = Author(input, out).value();
      CHECK(out.bytes_written() > before);
      if (input.ConsumeIntegral<uint8_t>() < 40) {
        out.rewind(before);
        CHECK(out.bytes_written() == before);
      } else {
        CHECK(out.type_at(before) != 0);
        expected.push_back(std::move(reply));
      }
    }
  }
  const std::string copy = buffer.copy();
  const std::string bytes = sent(buffer, input);
  CHECK(copy == bytes, "what is sent is not what waits");
  std::string_view rest = bytes;
  for (const Reply& reply : expected) {
    const auto parsed = testing::parse_reply(rest);
    CHECK(parsed.state == testing::ParsedReply::State::complete, "{}", parsed.problem);
    CHECK(parsed.reply == reply, "{} instead of {}", to_text(parsed.reply), to_text(reply));
    rest.remove_prefix(parsed.used);
  }
  CHECK(rest.empty(), "{} bytes too many", rest.size());
}

}  // namespace
}  // namespace redpoll::resp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzedDataProvider input(data, size);
  redpoll::resp::check(input);
  return 0;
}
