#include "resp/reply_buffer.h"

#include <catch2/catch.hpp>
#include <string>

#include "resp/reply_writer.h"

using namespace redpoll;
using namespace redpoll::resp;

TEST_CASE("A drained buffer owns nothing and its chunk is used again") {
  ChunkPool pool;
  ReplyBuffer buffer(pool);
  CHECK(buffer.memory_bytes() == 0);
  const void* chunk = nullptr;
  for (int i = 0; i < 3; ++i) {
    ReplyWriter(buffer).ok();
    iovec piece;
    REQUIRE(buffer.fill(&piece, 1) == 1);
    CHECK(piece.iov_len == 5);
    if (chunk != nullptr) CHECK(piece.iov_base == chunk);
    chunk = piece.iov_base;
    CHECK(pool.kept() == 0);
    CHECK(buffer.memory_bytes() == 16 * 1024);
    buffer.consume(2);
    CHECK(buffer.size_bytes() == 3);
    CHECK(buffer.copy() == "K\r\n");
    buffer.consume(3);
    CHECK(buffer.memory_bytes() == 0);
    CHECK(pool.kept() == 1);
  }
}

TEST_CASE("A large value is sent without being copied") {
  ChunkPool pool;
  ReplyBuffer buffer(pool);
  const auto value = mem::Blob::copy_of(std::string(100'000, 'v'));
  {
    ReplyWriter out(buffer);
    out.bulk(value);
    out.ok();
  }
  CHECK(value->refs() == 2);
  CHECK(buffer.pieces() == 3);
  iovec pieces[4];
  REQUIRE(buffer.fill(pieces, 4) == 3);
  CHECK(pieces[1].iov_base == value->data());
  // The bytes around the value share one chunk.
  CHECK(buffer.memory_bytes() < value->memory() + 17 * 1024);
  buffer.consume(50'000);
  CHECK(value->refs() == 2);
  buffer.consume(buffer.size_bytes());
  CHECK(value->refs() == 1);
  CHECK(pool.kept() == 1);
}

TEST_CASE("Small values are copied, whoever holds them") {
  ChunkPool pool;
  ReplyBuffer buffer(pool);
  const auto value = mem::Blob::copy_of("small");
  ReplyWriter(buffer).bulk(value);
  CHECK(value->refs() == 1);
  CHECK(buffer.copy() == "$5\r\nsmall\r\n");
}

TEST_CASE("One value asked for again and again is copied before its count of references runs out") {
  ChunkPool pool;
  ReplyBuffer buffer(pool);
  const auto value = mem::Blob::copy_of(std::string(16 * 1024, 'v'));
  std::vector<mem::BlobPtr> holders(100'000, value);
  ReplyWriter(buffer).bulk(value);
  CHECK(value->refs() == 100'001);
  CHECK(buffer.size_bytes() == 16 * 1024 + 10);
}

TEST_CASE("Clearing lets go of everything") {
  ChunkPool pool;
  ReplyBuffer buffer(pool);
  const auto value = mem::Blob::copy_of(std::string(100'000, 'v'));
  {
    ReplyWriter out(buffer);
    for (int i = 0; i < 100; ++i) {
      out.bulk(std::string(5000, 'x'));
      out.bulk(value);
    }
  }
  CHECK(buffer.memory_bytes() >= buffer.size_bytes() - 99 * value->size());
  buffer.clear();
  CHECK(buffer.empty());
  CHECK(buffer.memory_bytes() == 0);
  CHECK(value->refs() == 1);
}

TEST_CASE("The pool keeps a bounded number of chunks of one size") {
  ChunkPool pool(2);
  auto a = pool.get(), b = pool.get(), c = pool.get(), big = pool.get(100'000);
  CHECK(a->capacity() == ChunkPool::kChunkBytes);
  CHECK(big->capacity() >= 100'000);
  const auto shared = a;
  pool.put(std::move(big));
  pool.put(std::move(a));
  CHECK(pool.kept() == 0);
  pool.put(std::move(b));
  pool.put(std::move(c));
  auto d = pool.get(), e = pool.get(), f = pool.get();
  CHECK(pool.kept() == 0);
  pool.put(std::move(d));
  pool.put(std::move(e));
  pool.put(std::move(f));
  CHECK(pool.kept() == 2);
  pool.trim(1);
  CHECK(pool.kept() == 1);
}

TEST_CASE("Buffers keep sums of what they hold, and the pool of what all of them hold") {
  ChunkPool pool;
  ReplyBuffer a(pool), b(pool);
  const auto value = mem::Blob::copy_of(std::string(100'000, 'v'));
  constexpr size_t kChunk = 16 * 1024;
  const auto hold = [](const ReplyBuffer& buffer) {
    buffer.validate();
    return buffer.memory_bytes();
  };
  {
    ReplyWriter to_a(a), to_b(b);
    for (int i = 0; i < 3; ++i) {
      to_a.bulk(std::string(10'000, 'x'));  // two chunks, the second with a piece and the tail in it
      to_a.bulk(value);
    }
    to_b.ok();
  }
  CHECK(pool.lent_bytes() == 3 * kChunk);
  CHECK(pool.referred_bytes() == 3 * value->memory());
  CHECK(hold(b) == kChunk);
  const size_t queue = hold(a) - 2 * kChunk - 3 * value->memory();
  CHECK(queue < 1024);
  SECTION("as they are sent") {
    a.consume(10'000 + 10);  // of the first chunk, which has more
    CHECK(hold(a) == queue + 2 * kChunk + 3 * value->memory());
    a.consume(100'100);  // the first value, and a little of what stands behind it in the same chunk
    CHECK(hold(a) == queue + 2 * kChunk + 2 * value->memory());
    a.consume(116'000);  // the second value
    CHECK(hold(a) == queue + kChunk + value->memory());
    CHECK(pool.lent_bytes() == 2 * kChunk);
    CHECK(pool.referred_bytes() == value->memory());
    a.consume(a.size_bytes());
  }
  SECTION("as they are cleared") { a.clear(); }
  CHECK(hold(a) == 0);
  b.clear();
  CHECK(pool.lent_bytes() == 0);
  CHECK(pool.referred_bytes() == 0);
}
