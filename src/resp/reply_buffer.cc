#include "resp/reply_buffer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"

namespace redpoll::resp {

namespace {

// Sent pieces are erased from the front of the queue's vector when they are many: erasing moves the rest.
constexpr size_t kSentPiecesKept = 64;

}  // namespace

size_t ReplyBuffer::memory_bytes() const {
  const size_t tail = tail_ ? tail_->memory() : 0;
  return queue_ ? tail + queue_->memory + sizeof(Queue) + queue_->pieces.capacity() * sizeof(Piece) : tail;
}

void ReplyBuffer::validate() const {
  if (!queue_) return;
  size_t bytes = 0;
  size_t memory = 0;
  size_t values = 0;
  size_t value_bytes = 0;
  const mem::Blob* counted = tail_.get();
  for (size_t i = queue_->pieces.size(); i-- > queue_->head;) {
    const Piece& piece = queue_->pieces[i];
    CHECK(piece.begin < piece.end);
    bytes += piece.end - piece.begin;
    // Between the pieces of one chunk there are none but values.
    if (piece.blob.get() == counted) continue;
    memory += piece.blob->memory();
    if (piece.is_chunk) {
      counted = piece.blob.get();
    } else {
      values += piece.blob->memory();
      value_bytes += piece.end - piece.begin;
    }
  }
  CHECK(bytes == queue_->bytes && memory == queue_->memory);
  CHECK(values == queue_->values && value_bytes == queue_->value_bytes);
}

size_t ReplyBuffer::pieces() const {
  return (queue_ ? queue_->pieces.size() - queue_->head : 0) + (tail_end_ > tail_begin_ ? 1 : 0);
}

int ReplyBuffer::fill(iovec* to, int max) const {
  int n = 0;
  if (queue_) {
    for (size_t i = queue_->head; i < queue_->pieces.size() && n < max; ++i) {
      const Piece& piece = queue_->pieces[i];
      to[n++] = {const_cast<char*>(piece.blob->data()) + piece.begin, piece.end - piece.begin};
    }
  }
  if (n < max && tail_end_ > tail_begin_)
    to[n++] = {tail_->data() + tail_begin_, size_t{tail_end_} - tail_begin_};
  return n;
}

void ReplyBuffer::consume(size_t n) {
  DCHECK(n <= size_bytes());
  if (queue_) {
    Queue& q = *queue_;
    while (n > 0 && q.head < q.pieces.size()) {
      Piece& piece = q.pieces[q.head];
      const size_t taken = std::min(n, piece.end - piece.begin);
      piece.begin += taken;
      shorten(piece, taken);
      n -= taken;
      if (piece.begin < piece.end) return;
      let_go(std::move(piece));
      ++q.head;
    }
    if (q.head == q.pieces.size()) {
      queue_.reset();
    } else if (q.head >= kSentPiecesKept && q.head * 2 >= q.pieces.size()) {
      q.pieces.erase(q.pieces.begin(), q.pieces.begin() + static_cast<std::ptrdiff_t>(q.head));
      q.head = 0;
    }
  }
  tail_begin_ += static_cast<uint32_t>(n);
  if (tail_begin_ == tail_end_ && !queue_) drop_tail();
}

void ReplyBuffer::clear() {
  if (queue_) {
    for (size_t i = queue_->head; i < queue_->pieces.size(); ++i) let_go(std::move(queue_->pieces[i]));
    queue_.reset();
  }
  drop_tail();
}

std::string ReplyBuffer::copy() const {
  std::string all;
  if (queue_) {
    for (size_t i = queue_->head; i < queue_->pieces.size(); ++i) all += queue_->pieces[i].view();
  }
  return all.append(tail_ ? tail_->data() + tail_begin_ : "", tail_end_ - tail_begin_);
}

void ReplyBuffer::seal_tail() {
  if (tail_begin_ == tail_end_) return;
  queue().pieces.push_back({tail_, tail_begin_, tail_end_, true});
  queue_->bytes += tail_end_ - tail_begin_;
  tail_begin_ = tail_end_;
}

void ReplyBuffer::new_tail(size_t min_bytes) {
  seal_tail();
  // Its pieces have it for themselves now.
  if (tail_ && tail_->shared()) queue_->memory += tail_->memory();
  drop_tail();
  tail_ = pool_->get(min_bytes);
  CHECK(tail_->capacity() <= std::numeric_limits<uint32_t>::max());
}

void ReplyBuffer::append_blob(mem::BlobPtr blob) {
  if (blob->size() == 0) return;
  seal_tail();
  const size_t size = blob->size();
  const size_t memory = blob->memory();
  queue().memory += memory;
  queue_->values += memory;
  queue_->value_bytes += size;
  pool_->refer(memory);
  queue_->pieces.push_back({std::move(blob), 0, size, false});
  queue_->bytes += size;
}

void ReplyBuffer::drop_last(size_t n) {
  DCHECK(n <= size_bytes());
  const size_t in_tail = std::min<size_t>(n, tail_end_ - tail_begin_);
  tail_end_ -= static_cast<uint32_t>(in_tail);
  n -= in_tail;
  while (n > 0) {
    Piece& piece = queue_->pieces.back();
    const size_t taken = std::min(n, piece.end - piece.begin);
    piece.end -= taken;
    shorten(piece, taken);
    n -= taken;
    if (piece.begin < piece.end) break;
    let_go(std::move(piece));
    queue_->pieces.pop_back();
  }
}

char ReplyBuffer::from_end(size_t n) const {
  DCHECK(n > 0 && n <= size_bytes());
  const size_t in_tail = tail_end_ - tail_begin_;
  if (n <= in_tail) return tail_->data()[tail_end_ - n];
  n -= in_tail;
  for (size_t i = queue_->pieces.size(); i-- > queue_->head;) {
    const std::string_view bytes = queue_->pieces[i].view();
    if (n <= bytes.size()) return bytes[bytes.size() - n];
    n -= bytes.size();
  }
  return 0;
}

ReplyBuffer::Queue& ReplyBuffer::queue() {
  if (!queue_) queue_ = std::make_unique<Queue>();
  return *queue_;
}

void ReplyBuffer::let_go(Piece&& piece) {
  const size_t memory = piece.blob->memory();
  if (piece.is_chunk) {
    // The tail's chunk is held by the tail as well.
    if (!piece.blob->shared()) queue_->memory -= memory;
    pool_->put(std::move(piece.blob));
  } else {
    queue_->memory -= memory;
    queue_->values -= memory;
    pool_->unrefer(memory);
  }
  piece.blob.reset();
}

void ReplyBuffer::drop_tail() {
  pool_->put(std::move(tail_));
  tail_.reset();
  tail_begin_ = tail_end_ = 0;
}

}  // namespace redpoll::resp
