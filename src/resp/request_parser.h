// Turns bytes from a client into requests: RESP multibulk and inline. No I/O.
//
//   request   = multibulk | inline
//   multibulk = "*" count CRLF count *( "$" length CRLF length*OCTET CRLF )
//   inline    = words separated by blanks, quoted as in redis-cli, then LF or CRLF
//
// Requests are parsed one after another out of a buffer that the caller owns and may share among clients;
// arguments are views into it. Of an unfinished request the parser remembers how far it came, relative to the
// request's start, so that the next call goes on there, wherever the bytes lie by then: every byte is looked
// at once, however the request was cut. An idle connection keeps no heap state.
//
// A bulk of kBigBulk bytes or more that has not arrived as a whole is received straight into the mem::Blob
// that may become the value: see bulk_space().
//
// Format: https://redis.io/docs/latest/develop/reference/protocol-spec/; limits and texts: Redis 7.0.15,
// whose leniency is kept too: the two bytes that end a bulk may be anything, and so may the one behind a CR.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mem/blob.h"
#include "resp/arg.h"

namespace redpoll::resp {

// A bulk from this size on gets a Blob of its own while it arrives.
inline constexpr size_t kBigBulk = 32 * 1024;

// What a client may send. REQUIRES: max_bulk >= 999.
struct RequestLimits {
  size_t max_bulk = 512u << 20;        // proto-max-bulk-len
  int64_t max_multibulk = 0x7fffffff;  // arguments of a request
  size_t max_inline = 64 * 1024;       // an inline request, and a line with a count or a length
  bool authenticated = true;           // otherwise 10 arguments of 16384 bytes at most
};

enum class ParseStatus : uint8_t {
  request,    // the arguments of one request were appended
  need_more,  // what is left of the input is not a complete request
  error,      // a protocol error: reply error_text() and close; the parser is of no further use
};

class RequestParser {
 public:
  RequestParser();
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  // Parses the request that begins at input[pos].
  //   request:   its arguments, at least one, are appended to `args`; pos is behind it. They stay valid as
  //   long
  //              as the input does and, if owns_args(), until release().
  //   need_more: `args` is unchanged; pos is at the unfinished request's first byte (requests without
  //              arguments, as a blank line, were skipped). The caller keeps keep(input.size() - pos) bytes
  //              from there, adds what arrives behind them, and passes pos at the same byte.
  //   error:     `args` is unchanged.
  // REQUIRES: pos <= input.size(); !owns_args(); no next() after an error.
  ParseStatus next(std::string_view input, size_t& pos, ArgList& args, const RequestLimits& limits);

  // After need_more: how many of the `available` bytes from pos on are still needed. All, unless a big bulk
  // is under way: then what lies before its payload, as the payload was copied.
  size_t keep(size_t available) const;

  // Where the next bytes from the socket belong; empty unless a big bulk is under way. Grows with what was
  // received, not with what the client announced. It ends behind the CRLF of the bulk, so a read into it
  // never takes bytes of what follows. Reading elsewhere and passing the bytes to next() is correct too, only
  // slower.
  std::span<char> bulk_space();
  // `n` bytes were read into bulk_space(). When it is empty afterwards, call next(): the request may be
  // complete. REQUIRES: n <= bulk_space().size().
  void bulk_received(size_t n);

  // The request returned last has arguments that live in the parser (big bulks, quoted inline words). It ends
  // its batch: release() comes before the next next().
  bool owns_args() const;
  // Argument `index` (of the request returned last) as the blob that holds it, for a command that stores it;
  // null when it is only a view. The parser shares it until release(), so that the argument stays valid
  // whatever becomes of the stored value.
  mem::BlobPtr take(size_t index);
  // Ends the life of owned arguments that nobody took. No-op without them.
  void release();

  // Nothing of an unfinished request was seen.
  bool idle() const;
  // Heap bytes of the unfinished request, besides the caller's buffer; the part of big bulks received counts,
  // for client-query-buffer-limit.
  size_t memory_bytes() const;
  // Forgets an unfinished request and an error.
  void reset();

  // After an error: the reply without its "-", `ERR Protocol error: invalid bulk length`.
  std::string error_text() const;
  // After an error: the reason as the log line "Protocol error (...) from client" has it.
  std::string_view error_reason() const;

 private:
  enum class Error : uint8_t;
  struct Unfinished;  // heap state of a request of which a part was parsed
  struct Cursor;

  ParseStatus multibulk(std::string_view input, size_t& pos, ArgList& args, const RequestLimits& limits);
  ParseStatus inline_request(std::string_view input, size_t& pos, ArgList& args, const RequestLimits& limits);
  ParseStatus bulks(Cursor& at, ArgList& args, const RequestLimits& limits);
  ParseStatus read_count(Cursor& at, const RequestLimits& limits);
  ParseStatus read_length(Cursor& at, size_t& length, const RequestLimits& limits);
  std::optional<std::string_view> take_line(Cursor& at);
  ParseStatus wait_for_payload(Cursor& at, const char* payload, size_t length, ArgList& args);
  ParseStatus suspend(const Cursor& at, ArgList& args);
  ParseStatus resume(Cursor& at);
  void absorb(Cursor& at);
  void finish(const Cursor& at, ArgList& args);
  ParseStatus fail(Error error, char got = 0);

  std::unique_ptr<Unfinished> unfinished_;
  size_t scanned_ = 0;  // offset in the request up to which an unfinished line was searched for its end
  size_t wanted_ = 0;   // size the request must have for another look to be worth it
  Error error_{};
  char got_ = 0;
  bool line_is_open_ = false;  // take_line() found neither CR nor NUL
};
static_assert(sizeof(RequestParser) <= 64);

// An HTTP client talks to us (POST, or a Host: header): someone may abuse a browser to reach this server.
// `name` is the first argument of a request, in any case.
bool is_http_verb(std::string_view name);

}  // namespace redpoll::resp
