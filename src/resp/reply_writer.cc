#include "resp/reply_writer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "base/text.h"

namespace redpoll::resp {

namespace {

// Far below what a blob can count, so that one client asking for one value cannot exhaust the count.
constexpr size_t kMaxReferences = 100'000;
// Long texts are cut into chunks of at most so much.
constexpr size_t kMaxChunk = 1024 * 1024;

}  // namespace

void ReplyWriter::attach_to(ReplyBuffer& buffer, Protocol protocol) {
  buffer_ = &buffer;
  protocol_ = protocol;
  budget_ = SIZE_MAX;
  settled_ = 0;
  quota_ = ReplyQuota();
  muted_ = over_budget_ = false;
  cursor_ = origin_ = nullptr;
  base_ = 0;
  attach();
}

void ReplyWriter::attach() {
  base_ += static_cast<size_t>(cursor_ - origin_);
  mem::Blob* const tail = buffer_->tail_.get();
  cursor_ = origin_ = tail ? tail->data() + buffer_->tail_end_ : nullptr;
  limit_ = tail && !muted_ ? tail->data() + tail->capacity() : cursor_;
  limit_to_budget();
}

// The quota learns of what was written since it was asked last, of which `text` bytes were, or will be,
// written at once.
void ReplyWriter::settle_quota(size_t text) {
  const size_t written = bytes_written();
  if (written > settled_) quota_.add(written - settled_);
  if (text > 0) quota_.add_text(text);
  settled_ = written + text;
  budget_ = settled_ + quota_.room();
  limit_to_budget();
}

// The budget does not suffice.
bool ReplyWriter::give_up() {
  over_budget_ = true;
  mute(true);
  return false;
}

// False if `n` more bytes are too many; the writer is muted then.
bool ReplyWriter::spend(size_t n) {
  const size_t written = bytes_written();
  if (written <= budget_ && n <= budget_ - written) [[likely]]
    return true;
  return give_up();
}

// The same for bytes that are written at once, after which the rest is as much as it may be.
bool ReplyWriter::spend_text(size_t n) {
  settle_quota(n);
  if (!quota_.over()) [[likely]]
    return true;
  return give_up();
}

bool ReplyWriter::more_room(size_t n) {
  if (muted_ || !spend(n)) return false;
  sync();
  buffer_->new_tail(n);
  attach();
  return true;
}

void ReplyWriter::mute(bool on) {
  sync();
  muted_ = on || over_budget_;
  attach();
}

void ReplyWriter::raw(std::string_view encoded) {
  if (encoded.size() > ReplyQuota::kBlock && (muted_ || !spend_text(encoded.size()))) return;
  while (!encoded.empty()) {
    if (cursor_ == limit_ && !more_room(std::min(encoded.size(), kMaxChunk))) return;
    const size_t n = encoded.copy(cursor_, static_cast<size_t>(limit_ - cursor_));
    cursor_ += n;
    encoded.remove_prefix(n);
  }
}

void ReplyWriter::line(char type, std::string_view text) {
  raw({&type, 1});
  raw(text);
  constant("\r\n");
}

void ReplyWriter::error(std::string_view text) {
  if (text.find_first_of("\r\n") == std::string_view::npos) return line('-', text);
  std::string flat(trim(text, "\r\n"));
  std::replace_if(
      flat.begin(), flat.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  line('-', flat);
}

void ReplyWriter::long_bulk(std::string_view bytes) {
  header('$', static_cast<int64_t>(bytes.size()));
  raw(bytes);
  constant("\r\n");
}

void ReplyWriter::bulk(mem::BlobPtr value) {
  if (value->size() < kReferencedFrom || value->refs() > kMaxReferences) return bulk(value->view());
  header('$', static_cast<int64_t>(value->size()));
  refer_to(std::move(value));
  constant("\r\n");
}

void ReplyWriter::raw(mem::BlobPtr encoded) {
  if (encoded->size() < kReferencedFrom || encoded->refs() > kMaxReferences) return raw(encoded->view());
  refer_to(std::move(encoded));
}

void ReplyWriter::refer_to(mem::BlobPtr value) {
  if (muted_ || !spend_text(value->size())) return;
  sync();
  const size_t size = value->size();
  buffer_->append_blob(std::move(value));
  attach();
  base_ += size;
}

void ReplyWriter::bulk_int(int64_t value) {
  char digits[kInt64Chars];
  bulk({digits, format_int64(digits, value)});
}

void ReplyWriter::real(double value) {
  char digits[kDoubleChars];
  real_text({digits, format_double(digits, value)});
}

void ReplyWriter::real_text(std::string_view number) { resp3() ? line(',', number) : bulk(number); }

void ReplyWriter::big_number(std::string_view digits) { resp3() ? line('(', digits) : bulk(digits); }

// Letters of the format of a verbatim text.
static constexpr size_t kFormat = 3;

void ReplyWriter::verbatim(std::string_view format, std::string_view text) {
  if (!resp3()) return bulk(text);
  DCHECK(format.size() == kFormat);
  header('=', static_cast<int64_t>(text.size() + kFormat + 1));
  raw(format);
  raw(":");
  raw(text);
  constant("\r\n");
}

ReplyWriter::Deferred ReplyWriter::begin_verbatim(std::string_view format) {
  DCHECK(format.size() == kFormat);
  const Deferred deferred = begin(resp3() ? '=' : '$', false);
  if (!resp3()) return deferred;
  raw(format);
  raw(":");
  return deferred;
}

void ReplyWriter::end_verbatim(const Deferred& deferred, size_t bytes) {
  constant("\r\n");
  end(deferred, resp3() ? bytes + kFormat + 1 : bytes);
}

ReplyWriter::Deferred ReplyWriter::begin(char type, bool pairs) {
  Deferred deferred;
  deferred.type = type;
  deferred.pairs = pairs;
  if (muted_) return deferred;
  settle_quota(0);
  quota_.defer();
  settle_quota(0);
  if (!room(kHeader)) return deferred;
  deferred.chunk = buffer_->tail_.get();
  deferred.piece = buffer_->queue_ ? buffer_->queue_->pieces.size() : 0;
  deferred.offset = static_cast<uint32_t>(cursor_ - deferred.chunk->data());
  cursor_ += kHeader;
  return deferred;
}

void ReplyWriter::end(const Deferred& deferred, size_t count) {
  if (deferred.chunk == nullptr) return;
  char text[kHeader];
  const auto length = static_cast<int64_t>(deferred.pairs ? count * 2 : count);
  const size_t used = static_cast<size_t>(put_header(text, deferred.type, length) - text);
  const size_t surplus = kHeader - used;
  // What follows the header in the same piece moves up to it.
  const auto close = [&](char* hole, char* end) {
    std::memcpy(hole, text, used);
    std::memmove(hole + used, hole + kHeader, static_cast<size_t>(end - (hole + kHeader)));
  };
  if (ReplyBuffer::Piece* const piece = buffer_->piece_at(deferred.piece)) {
    DCHECK(piece->blob.get() == deferred.chunk && piece->begin <= deferred.offset);
    close(piece->blob->data() + deferred.offset, piece->blob->data() + piece->end);
    piece->end -= surplus;
    buffer_->queue_->bytes -= surplus;
    base_ -= surplus;
  } else {
    DCHECK(deferred.chunk == buffer_->tail_.get() && deferred.offset >= buffer_->tail_begin_);
    close(buffer_->tail_->data() + deferred.offset, cursor_);
    cursor_ -= surplus;
    if (muted_) limit_ = cursor_;  // what has become free is not for a writer that went over its budget
  }
}

char ReplyWriter::type_at(size_t position) {
  sync();
  const size_t n = bytes_written() - position;
  return n == 0 ? '\0' : buffer_->from_end(n);
}

void ReplyWriter::rewind(size_t position) {
  sync();
  buffer_->drop_last(bytes_written() - position);
  if (buffer_->empty()) buffer_->clear();
  attach();
  base_ = position;
}

bool ReplyWriter::takes_bulks(uint64_t count) {
  constexpr size_t kShortest = 6;  // $0, CRLF, CRLF
  if (muted_) return false;
  const size_t written = bytes_written();
  if (written <= budget_ && count <= (budget_ - written) / kShortest) return true;
  return give_up();
}

void ReplyWriter::discard() {
  sync();
  base_ += static_cast<size_t>(cursor_ - origin_);
  cursor_ = origin_ = limit_ = nullptr;
  buffer_->clear();
}

}  // namespace redpoll::resp
