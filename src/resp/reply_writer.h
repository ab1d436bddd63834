// Writes replies in RESP2 or RESP3 into a ReplyBuffer, with the bytes Redis 7.0.15 sends.
//
// A type that RESP2 lacks is written as Redis downgrades it: map and set as array, double, big number and
// verbatim text as bulk, boolean as integer.
//
// Lifetime: a writer holds the end of the buffer in its own members while it lives. At most one writer per
// buffer at a time, and the buffer is read (size, fill, consume, clear) only after sync() or when the writer
// is gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/numbers.h"
#include "resp/reply_buffer.h"
#include "resp/reply_quota.h"

namespace redpoll::resp {

enum class Protocol : uint8_t { resp2 = 2, resp3 = 3 };

// A value of this size or more is sent from where it lies: referring to it costs less than copying it.
inline constexpr size_t kReferencedFrom = 16 * 1024;

class ReplyWriter {
 public:
  // An aggregate whose length is written when it is known.
  class [[nodiscard]] Deferred {
    friend class ReplyWriter;
    const mem::Blob* chunk = nullptr;  // null: the writer was muted
    size_t piece = 0;     // the place in the queue that what is now the tail takes when it is sealed
    uint32_t offset = 0;  // of the hole that the header will take
    char type = 0;
    bool pairs = false;  // the header counts two elements for each
  };

  // Writes nowhere, until attach_to.
  ReplyWriter() = default;
  explicit ReplyWriter(ReplyBuffer& buffer, Protocol protocol = Protocol::resp2) {
    attach_to(buffer, protocol);
  }
  ~ReplyWriter() { detach(); }
  ReplyWriter(const ReplyWriter&) = delete;
  ReplyWriter& operator=(const ReplyWriter&) = delete;

  // Begins anew: writes to the end of that buffer, neither muted nor with a budget. REQUIRES: detached.
  void attach_to(ReplyBuffer& buffer, Protocol protocol);
  // Lets go the buffer, which may be read now.
  void detach() {
    if (buffer_ != nullptr) sync();
    buffer_ = nullptr;
  }

  Protocol protocol() const { return protocol_; }
  bool resp3() const { return protocol_ == Protocol::resp3; }
  void set_protocol(Protocol protocol) { protocol_ = protocol; }

  // Muted (CLIENT REPLY OFF and SKIP): whatever is written is dropped. One that is over its budget stays
  // muted.
  void mute(bool on);
  // Whoever would write much may stop then: nobody gets it.
  bool muted() const { return muted_; }

  // No more is written than this allows: then the writer mutes itself and says so. A single reply can be
  // larger than all memory. REQUIRES: nothing is written yet.
  void set_quota(const ReplyQuota& quota) {
    quota_ = quota;
    settle_quota(0);
  }
  bool over_budget() const { return over_budget_; }
  // Before so many bulks: false if nobody gets them, or if they are too many however short they are; then the
  // writer is over its budget at once, and not when it has written half of them.
  bool takes_bulks(uint64_t count);

  // --- simple types
  void ok() { constant("+OK\r\n"); }
  void pong() { constant("+PONG\r\n"); }
  void queued() { constant("+QUEUED\r\n"); }
  void zero() { constant(":0\r\n"); }
  void one() { constant(":1\r\n"); }
  void empty_array() { constant("*0\r\n"); }
  void null() { resp3() ? constant("_\r\n") : constant("$-1\r\n"); }
  void null_array() { resp3() ? constant("_\r\n") : constant("*-1\r\n"); }
  void boolean(bool value) {
    resp3() ? (value ? constant("#t\r\n") : constant("#f\r\n")) : (value ? one() : zero());
  }
  // `+text`. REQUIRES: no CR or LF in it.
  void status(std::string_view text) { line('+', text); }
  // `-text`; the text begins with its code ("ERR ..."). CR and LF in it become spaces, and go at
  // its ends.
  void error(std::string_view text);
  void integer(int64_t value) { header(':', value); }
  void bulk(std::string_view bytes);
  // A large value by reference: it must not be changed in place while others refer to it.
  void bulk(mem::BlobPtr value);
  void bulk_or_null(std::optional<std::string_view> bytes) { bytes ? bulk(*bytes) : null(); }
  // The number as decimal text in a bulk.
  void bulk_int(int64_t value);
  // `,1.5` or a bulk, 17 significant digits as Redis prints them; inf, -inf, nan.
  void real(double value);
  // The same for a number that is text already (long double).
  void real_text(std::string_view number);
  // `(123` or a bulk. REQUIRES: an integer in decimal.
  void big_number(std::string_view digits);
  // `=n txt:...` or a bulk. REQUIRES: format has three letters, as "txt" or "mkd".
  void verbatim(std::string_view format, std::string_view text);

  // --- aggregates: the header; the elements follow
  void array(size_t count) { header('*', static_cast<int64_t>(count)); }
  // `pairs` keys, each followed by its value.
  void map(size_t pairs) { resp3() ? header('%', static_cast<int64_t>(pairs)) : array(pairs * 2); }
  void set(size_t count) { header(resp3() ? '~' : '*', static_cast<int64_t>(count)); }
  // Out-of-band data; RESP2 clients get it as array.
  void push(size_t count) { header(resp3() ? '>' : '*', static_cast<int64_t>(count)); }
  // Attributes of the reply that follows. REQUIRES: resp3(), RESP2 cannot express it.
  void attribute(size_t pairs) { header('|', static_cast<int64_t>(pairs)); }

  // --- aggregates whose length is known later: begin, elements, end(count). Nested ones end inner first.
  // Both are O(1) but for what stands behind the header in its chunk, which moves up to it.
  Deferred begin_array() { return begin('*', false); }
  Deferred begin_map() { return begin(resp3() ? '%' : '*', !resp3()); }
  Deferred begin_set() { return begin(resp3() ? '~' : '*', false); }
  Deferred begin_push() { return begin(resp3() ? '>' : '*', false); }
  // `count`: elements, or pairs of a map.
  void end(const Deferred& deferred, size_t count);

  // --- a verbatim text whose length is known later: begin, raw(part)..., end(bytes of all parts)
  Deferred begin_verbatim(std::string_view format);
  void end_verbatim(const Deferred& deferred, size_t bytes);

  // Bytes that are RESP already, or a part of it.
  void raw(std::string_view encoded);
  // The same, sent from where it lies if it is large.
  void raw(mem::BlobPtr encoded);

  // --- for the dispatcher
  // Bytes this writer has added. A position before a command's reply is where it starts.
  size_t bytes_written() const { return base_ + static_cast<size_t>(cursor_ - origin_); }
  // First byte of the reply at `position` ('-' for an error); 0 when nothing was written there.
  char type_at(size_t position);
  // Drops what was written since `position`. REQUIRES: no deferred length begun before it is still open.
  void rewind(size_t position);
  // Drops all that waits, also of earlier writers. REQUIRES: no deferred length is open.
  void discard();
  // Brings the buffer up to date; writing may go on.
  void sync() {
    if (buffer_->tail_) buffer_->tail_end_ = static_cast<uint32_t>(cursor_ - buffer_->tail_->data());
  }

 private:
  static constexpr size_t kHeader =
      24;  // type, sign, 19 digits, CRLF; more than enough for a deferred length

  bool has_room(size_t n) const { return static_cast<size_t>(limit_ - cursor_) >= n; }
  // Makes `n` bytes of contiguous room; false when muted.
  bool room(size_t n) { return has_room(n) || more_room(n); }
  bool more_room(size_t n);
  bool spend(size_t n);
  bool spend_text(size_t n);
  bool give_up();
  void settle_quota(size_t text);
  void limit_to_budget() {
    if (const size_t left = budget_ - bytes_written(); left < static_cast<size_t>(limit_ - cursor_))
        [[unlikely]]
      limit_ = cursor_ + left;
  }
  // Takes up the end of the buffer.
  void attach();
  void line(char type, std::string_view text);
  Deferred begin(char type, bool pairs);
  void refer_to(mem::BlobPtr value);

  template <size_t N>
  void constant(const char (&text)[N]) {
    if (!room(N - 1)) return;
    std::memcpy(cursor_, text, N - 1);
    cursor_ += N - 1;
  }
  static char* put_header(char* to, char type, int64_t value) {
    *to++ = type;
    to = put_int64(to, value);
    *to++ = '\r';
    *to++ = '\n';
    return to;
  }
  void header(char type, int64_t value) {
    if (room(kHeader)) cursor_ = put_header(cursor_, type, value);
  }
  void long_bulk(std::string_view bytes);

  char* cursor_ = nullptr;
  char* limit_ = nullptr;
  char* origin_ = nullptr;  // bytes up to here are in base_
  size_t base_ = 0;
  size_t budget_ = SIZE_MAX;  // what bytes_written may come to
  size_t settled_ = 0;        // and how much of it the quota knows of
  ReplyQuota quota_;
  ReplyBuffer* buffer_ = nullptr;
  Protocol protocol_ = Protocol::resp2;
  bool muted_ = false;
  bool over_budget_ = false;
};

inline void ReplyWriter::bulk(std::string_view bytes) {
  if (!has_room(bytes.size() + kHeader + 2)) [[unlikely]]
    return long_bulk(bytes);
  char* at = put_header(cursor_, '$', static_cast<int64_t>(bytes.size()));
  at += bytes.copy(at, bytes.size());
  *at++ = '\r';
  *at++ = '\n';
  cursor_ = at;
}

}  // namespace redpoll::resp
