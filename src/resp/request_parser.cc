// The request parser. usual_request() takes what nearly every request is, in one go. For all others one loop,
// bulks(), serves complete and resumed requests alike: it writes arguments behind the caller's list, and only
// when the input ends in the middle of a request are they turned into offsets.
#include "resp/request_parser.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/numbers.h"
#include "base/text.h"

namespace redpoll::resp {

namespace {

// A bulk of 64 KB and the CRLF behind it fit; with the blob's header it is what the allocator gives anyway.
constexpr size_t kFirstBulkSpace = 80 * 1024 - 64;
constexpr size_t kShortestBulk = 6;  // $0 CRLF CRLF
constexpr int64_t kMaxArgsUnauthenticated = 10;
constexpr int64_t kMaxBulkUnauthenticated = 16384;

constexpr unsigned digit(char c) { return static_cast<unsigned char>(c) - unsigned{'0'}; }

constexpr bool ends_word(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The length of a bulk whose header is "$d", "$dd" or "$ddd" and a CR: how many digits it has, or 0 if the
// header is another. REQUIRES: five bytes at `p`.
inline unsigned short_length(const char* p, size_t& length) {
  const unsigned a = digit(p[1]);
  if (p[2] == '\r' && a < 10) return length = a, 1;
  const unsigned b = digit(p[2]);
  if (a - 1 >= 9 || b >= 10) return 0;
  if (p[3] == '\r') return length = a * 10 + b, 2;
  const unsigned c = digit(p[3]);
  if (p[4] == '\r' && c < 10) return length = a * 100 + b * 10 + c, 3;
  return 0;
}

// The request at `p` if it is of the usual form, and all there: up to nine bulks, each with a short length.
// Appends its arguments and returns where it ends; null, and nothing done, if it is of another form. What it
// accepts is within every limit.
inline const char* usual_request(const char* p, const char* end, ArgList& args) {
  if (end - p < 4 || p[0] != '*' || p[2] != '\r') return nullptr;
  const unsigned count = digit(p[1]);
  if (count - 1 >= 9) return nullptr;
  Arg* out = args.room(count);
  p += 4;
  for (unsigned i = 0; i < count; ++i) {
    if (static_cast<size_t>(end - p) < kShortestBulk || *p != '$') return nullptr;
    size_t length;
    const unsigned digits = short_length(p, length);
    p += digits + 3;
    if (digits == 0 || end - p < static_cast<ptrdiff_t>(length) + 2) return nullptr;
    *out++ = {p, length};
    p += length + 2;
  }
  args.added(count);
  return p;
}

// Words of a line without quotes, as views.
void split_plain(std::string_view line, ArgList& args) {
  for (size_t i = 0;;) {
    while (i < line.size() && is_space(line[i])) ++i;
    if (i == line.size()) return;
    const size_t begin = i;
    while (i < line.size() && !ends_word(line[i])) ++i;
    args.push_back({line.data() + begin, i - begin});
  }
}

}  // namespace

enum class RequestParser::Error : uint8_t {
  none,
  inline_size,
  quotes,
  count_line,
  count,
  count_unauthenticated,
  length_line,
  not_a_bulk,
  length,
  length_unauthenticated,
};

struct RequestParser::Unfinished {
  // An argument, relative to the request's start. That of a big bulk is filled in from `bulks`.
  struct Slice {
    size_t offset;
    size_t size;
  };
  struct OwnedBulk {
    size_t arg;
    mem::BlobPtr blob;
  };

  std::vector<Slice> slices;
  std::vector<OwnedBulk> bulks;
  std::vector<std::string> words;  // of a quoted inline request
  size_t bulk_bytes = 0;           // in `bulks`
  int64_t left = 0;                // arguments still to come
  size_t offset = 0;               // of the first byte not parsed
  mem::BlobPtr incoming;           // the big bulk under way: its payload and the CRLF behind it
  size_t incoming_length = 0;      // of the payload
  bool returned = false;           // the request is complete and with the caller

  size_t incoming_total() const { return incoming_length + 2; }
  size_t incoming_left() const { return incoming_total() - incoming->size(); }

  std::span<char> space() {
    const size_t got = incoming->size();
    if (got == incoming->capacity()) {
      // By four: the client has to send a quarter of what it makes us set aside, and little is moved twice.
      incoming.reserve(std::min(incoming_total(), got * 4));
    }
    return {incoming->data() + got, std::min(incoming->capacity() - got, incoming_left())};
  }
  void finish_incoming() {
    incoming->set_size(incoming_length);
    bulks.push_back({slices.size(), std::move(incoming)});
    slices.push_back({0, incoming_length});
    bulk_bytes += incoming_length;
    incoming_length = 0;
    --left;
  }
};

// Where parsing stands in the request that begins at `start`.
struct RequestParser::Cursor {
  const char* start;
  const char* p;
  const char* end;
  int64_t left = 0;   // arguments still to come
  size_t parsed = 0;  // arguments written behind the end of the caller's list

  size_t offset() const { return static_cast<size_t>(p - start); }
  size_t available() const { return static_cast<size_t>(end - p); }
};

RequestParser::RequestParser() = default;
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

ParseStatus RequestParser::next(std::string_view input, size_t& pos, ArgList& args,
                                const RequestLimits& limits) {
  DCHECK(pos <= input.size() && !owns_args() && error_ == Error::none);
  if (!unfinished_) [[likely]] {
    if (const char* rest = usual_request(input.data() + pos, input.data() + input.size(), args)) [[likely]] {
      pos = static_cast<size_t>(rest - input.data());
      scanned_ = 0;
      return ParseStatus::request;
    }
  }
  const size_t before = args.size();
  while (pos < input.size()) {
    if (input.size() - pos < wanted_) [[unlikely]]
      return ParseStatus::need_more;
    const bool is_multibulk = input[pos] == '*';
    const ParseStatus status =
        is_multibulk ? multibulk(input, pos, args, limits) : inline_request(input, pos, args, limits);
    if (status != ParseStatus::request || args.size() != before) return status;
  }
  return ParseStatus::need_more;
}

// The line that begins at at.p, without CR, when CR and one byte more are there. As in Redis a NUL hides what
// follows it.
std::optional<std::string_view> RequestParser::take_line(Cursor& at) {
  const char* scan = std::max(at.p, at.start + scanned_);
  while (scan < at.end && *scan != '\r' && *scan != '\0') ++scan;
  scanned_ = static_cast<size_t>(scan - at.start);
  line_is_open_ = scan == at.end || *scan == '\0';
  if (line_is_open_ || at.end - scan < 2) return std::nullopt;
  const std::string_view line(at.p, static_cast<size_t>(scan - at.p));
  at.p = scan + 2;
  return line;
}

ParseStatus RequestParser::multibulk(std::string_view input, size_t& pos, ArgList& args,
                                     const RequestLimits& limits) {
  const char* start = input.data() + pos;
  Cursor at{start, start, input.data() + input.size()};
  ParseStatus status = ParseStatus::request;
  if (unfinished_) [[unlikely]] {
    status = resume(at);
  } else if (at.available() >= 4 && digit(start[1]) - 1 < 9 && start[2] == '\r') {
    at.left = digit(start[1]);
    at.p += 4;
  } else {
    status = read_count(at, limits);
  }
  if (status == ParseStatus::request) status = bulks(at, args, limits);
  if (status == ParseStatus::request) {
    pos += at.offset();
    finish(at, args);
  }
  return status;
}

ParseStatus RequestParser::read_count(Cursor& at, const RequestLimits& limits) {
  const auto line = take_line(at);
  if (!line) {
    if (line_is_open_ && at.available() > limits.max_inline) return fail(Error::count_line);
    return ParseStatus::need_more;
  }
  const auto count = parse_int64(line->substr(1));
  if (!count || *count > limits.max_multibulk) return fail(Error::count);
  if (*count > kMaxArgsUnauthenticated && !limits.authenticated) return fail(Error::count_unauthenticated);
  at.left = std::max<int64_t>(*count, 0);
  return ParseStatus::request;
}

// Reads "$length"; at.p is at the payload then.
ParseStatus RequestParser::read_length(Cursor& at, size_t& length, const RequestLimits& limits) {
  const auto line = take_line(at);
  if (!line) {
    if (line_is_open_ && at.available() > limits.max_inline) return fail(Error::length_line);
    return ParseStatus::need_more;
  }
  // The byte at the line's start may be its CR.
  const char type = *line->data();
  if (type != '$') return fail(Error::not_a_bulk, type);
  const auto value = parse_int64(line->substr(1));
  if (!value || *value < 0 || static_cast<size_t>(*value) > limits.max_bulk) return fail(Error::length);
  if (*value > kMaxBulkUnauthenticated && !limits.authenticated) return fail(Error::length_unauthenticated);
  length = static_cast<size_t>(*value);
  return ParseStatus::request;
}

ParseStatus RequestParser::bulks(Cursor& at, ArgList& args, const RequestLimits& limits) {
  // Sized by what the bytes at hand can hold, not by what the client announced.
  const size_t can_hold = at.available() / kShortestBulk + 1;
  Arg* out = args.room(std::min(static_cast<size_t>(at.left), can_hold));
  const char* p = at.p;
  const char* const end = at.end;
  size_t left = static_cast<size_t>(at.left);
  Arg* const first = out;
  for (; left > 0; --left) {
    size_t length;
    const char* payload;
    const bool is_bulk = static_cast<size_t>(end - p) >= kShortestBulk && *p == '$';
    if (const unsigned digits = is_bulk ? short_length(p, length) : 0; digits > 0) [[likely]] {
      payload = p + digits + 3;
    } else {
      at.p = p;
      at.left = static_cast<int64_t>(left);
      at.parsed = static_cast<size_t>(out - first);
      const ParseStatus status = read_length(at, length, limits);
      if (status == ParseStatus::need_more) return suspend(at, args);
      if (status == ParseStatus::error) return status;
      payload = at.p;
    }
    if (static_cast<size_t>(end - payload) < length + 2) [[unlikely]] {
      at.p = p;
      at.left = static_cast<int64_t>(left);
      at.parsed = static_cast<size_t>(out - first);
      return wait_for_payload(at, payload, length, args);
    }
    *out++ = {payload, length};
    p = payload + length + 2;
  }
  at.p = p;
  at.left = 0;
  at.parsed = static_cast<size_t>(out - first);
  return ParseStatus::request;
}

ParseStatus RequestParser::wait_for_payload(Cursor& at, const char* payload, size_t length, ArgList& args) {
  if (length < kBigBulk) {
    suspend(at, args);
    wanted_ = static_cast<size_t>(payload - at.start) + length + 2;
    return ParseStatus::need_more;
  }
  at.p = payload;
  suspend(at, args);
  unfinished_->incoming = mem::Blob::allocate(std::min(length + 2, kFirstBulkSpace));
  unfinished_->incoming_length = length;
  absorb(at);
  return ParseStatus::need_more;
}

// Moves what the input has of the big bulk into its blob.
void RequestParser::absorb(Cursor& at) {
  while (at.p < at.end && unfinished_->incoming_left() > 0) {
    const auto space = unfinished_->space();
    const size_t n = std::min(space.size(), at.available());
    std::memcpy(space.data(), at.p, n);
    unfinished_->incoming->set_size(unfinished_->incoming->size() + n);
    at.p += n;
  }
}

// Keeps what was parsed in a form that survives the move of the input.
ParseStatus RequestParser::suspend(const Cursor& at, ArgList& args) {
  if (!unfinished_) unfinished_ = std::make_unique<Unfinished>();
  const Arg* parsed = args.room(0);
  for (size_t i = 0; i < at.parsed; ++i) {
    unfinished_->slices.push_back({static_cast<size_t>(parsed[i].data() - at.start), parsed[i].size()});
  }
  unfinished_->left = at.left;
  unfinished_->offset = at.offset();
  wanted_ = 0;
  return ParseStatus::need_more;
}

// Goes on where the last call stopped; need_more as long as a big bulk is not complete.
ParseStatus RequestParser::resume(Cursor& at) {
  DCHECK(unfinished_->offset <= at.available());
  at.p += unfinished_->offset;
  if (unfinished_->incoming) {
    absorb(at);
    if (unfinished_->incoming_left() > 0) return ParseStatus::need_more;
    unfinished_->finish_incoming();
    unfinished_->offset = at.offset();
  }
  wanted_ = 0;
  at.left = unfinished_->left;
  return ParseStatus::request;
}

void RequestParser::finish(const Cursor& at, ArgList& args) {
  scanned_ = 0;
  if (!unfinished_) [[likely]] {
    args.added(at.parsed);
    return;
  }
  // What this call parsed comes behind what earlier calls did.
  const auto& slices = unfinished_->slices;
  const size_t first = args.size();
  args.added(at.parsed);
  args.room(slices.size());
  Arg* const to = args.data() + first;
  std::copy_backward(to, to + at.parsed, to + at.parsed + slices.size());
  for (size_t i = 0; i < slices.size(); ++i) to[i] = {at.start + slices[i].offset, slices[i].size};
  for (const auto& bulk : unfinished_->bulks) to[bulk.arg] = {bulk.blob->data(), bulk.blob->size()};
  args.added(slices.size());
  if (unfinished_->bulks.empty()) {
    unfinished_.reset();
  } else {
    unfinished_->returned = true;
  }
}

ParseStatus RequestParser::inline_request(std::string_view input, size_t& pos, ArgList& args,
                                          const RequestLimits& limits) {
  const std::string_view rest = input.substr(pos);
  const size_t newline = rest.find('\n', scanned_);
  // As in Redis a NUL hides what follows it, so that the line does not end.
  const size_t nul = rest.substr(0, newline).find('\0', scanned_);
  if (newline == std::string_view::npos || nul != std::string_view::npos) {
    scanned_ = std::min(nul, rest.size());
    return rest.size() > limits.max_inline ? fail(Error::inline_size) : ParseStatus::need_more;
  }
  scanned_ = 0;
  std::string_view line = rest.substr(0, newline);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.find_first_of("\"'") == std::string_view::npos) {
    split_plain(line, args);
  } else {
    auto words = split_args(line);
    if (!words) return fail(Error::quotes);
    unfinished_ = std::make_unique<Unfinished>();
    unfinished_->words = std::move(*words);
    unfinished_->returned = true;
    for (const auto& word : unfinished_->words) args.push_back(std::string_view(word));
  }
  pos += newline + 1;
  return ParseStatus::request;
}

size_t RequestParser::keep(size_t available) const {
  return unfinished_ && unfinished_->incoming ? std::min(available, unfinished_->offset) : available;
}

std::span<char> RequestParser::bulk_space() {
  if (!unfinished_ || !unfinished_->incoming || unfinished_->incoming_left() == 0) return {};
  return unfinished_->space();
}

void RequestParser::bulk_received(size_t n) {
  DCHECK(n <= bulk_space().size());
  unfinished_->incoming->set_size(unfinished_->incoming->size() + n);
}

bool RequestParser::owns_args() const { return unfinished_ && unfinished_->returned; }

mem::BlobPtr RequestParser::take(size_t index) {
  if (!owns_args()) return {};
  const auto& bulks = unfinished_->bulks;  // in the order of their arguments
  const auto at = std::ranges::lower_bound(bulks, index, {}, [](const auto& bulk) { return bulk.arg; });
  return at != bulks.end() && at->arg == index ? at->blob : mem::BlobPtr{};
}

void RequestParser::release() {
  if (owns_args()) unfinished_.reset();
}

bool RequestParser::idle() const { return !unfinished_ && scanned_ == 0; }

size_t RequestParser::memory_bytes() const {
  if (!unfinished_) return 0;
  const Unfinished& u = *unfinished_;
  return sizeof(u) + u.slices.capacity() * sizeof(Unfinished::Slice) + u.bulk_bytes +
         (u.incoming ? u.incoming->capacity() : 0);
}

void RequestParser::reset() { *this = RequestParser(); }

ParseStatus RequestParser::fail(Error error, char got) {
  error_ = error;
  got_ = got;
  unfinished_.reset();
  return ParseStatus::error;
}

std::string RequestParser::error_text() const {
  std::string text = "ERR Protocol error: ";
  switch (error_) {
    case Error::none: break;
    case Error::inline_size: return text + "too big inline request";
    case Error::quotes: return text + "unbalanced quotes in request";
    case Error::count_line: return text + "too big mbulk count string";
    case Error::count: return text + "invalid multibulk length";
    case Error::count_unauthenticated: return text + "unauthenticated multibulk length";
    case Error::length_line: return text + "too big bulk count string";
    case Error::not_a_bulk: return text + "expected '$', got '" + got_ + "'";
    case Error::length: return text + "invalid bulk length";
    case Error::length_unauthenticated: return text + "unauthenticated bulk length";
  }
  return text;
}

std::string_view RequestParser::error_reason() const {
  switch (error_) {
    case Error::none: break;
    case Error::inline_size: return "too big inline request";
    case Error::quotes: return "unbalanced quotes in inline request";
    case Error::count_line: return "too big mbulk count string";
    case Error::count: return "invalid mbulk count";
    case Error::count_unauthenticated: return "unauth mbulk count";
    case Error::length_line: return "too big bulk count string";
    case Error::not_a_bulk: return "expected $ but got something else";
    case Error::length: return "invalid bulk length";
    case Error::length_unauthenticated: return "unauth bulk length";
  }
  return "";
}

bool is_http_verb(std::string_view name) { return iequals(name, "post") || iequals(name, "host:"); }

}  // namespace redpoll::resp
