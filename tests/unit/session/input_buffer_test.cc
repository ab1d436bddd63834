#include "session/input_buffer.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/clock.h"

namespace redpoll::session {

TEST_CASE("An input buffer keeps what is appended, and of it what is left over") {
  InputBuffer buffer;
  REQUIRE(buffer.empty());
  REQUIRE(buffer.memory_bytes() == 0);
  buffer.append("");
  REQUIRE(buffer.empty());
  buffer.append("hello ");
  buffer.append("world");
  REQUIRE(buffer.view() == "hello world");
  buffer.keep(buffer.view().substr(2));
  REQUIRE(buffer.view() == "llo world");
  buffer.append("!");
  REQUIRE(buffer.view() == "llo world!");
  buffer.keep(buffer.view().substr(9));
  REQUIRE(buffer.view() == "!");
  REQUIRE(buffer.size() == 1);
  buffer.append("?");
  REQUIRE(buffer.view() == "!?");
  buffer.keep({});
  REQUIRE(buffer.empty());
  REQUIRE(buffer.memory_bytes() == 0);
}

TEST_CASE("An input buffer keeps bytes from elsewhere, and a middle part of its own, as a copy") {
  InputBuffer buffer;
  {
    std::string elsewhere = "elsewhere";
    buffer.keep(std::string_view(elsewhere).substr(4));
    elsewhere.assign(9, 'x');
  }
  REQUIRE(buffer.view() == "where");
  buffer.keep(buffer.view().substr(1, 3));
  REQUIRE(buffer.view() == "her");
  std::string same = "her";
  buffer.keep(same);
  REQUIRE(buffer.view() == "her");
}

TEST_CASE("A large input that is used up bit by bit is moved a few times, not each time") {
  InputBuffer buffer;
  constexpr size_t kSize = InputBuffer::kPiece;
  buffer.append(std::string(kSize, 'x'));
  size_t moves = 0;
  const char* at = buffer.view().data();
  for (size_t left = kSize; left > 16; left -= 16) {
    buffer.keep(buffer.view().substr(16));
    REQUIRE(buffer.size() == left - 16);
    if (buffer.view().data() != at + 16) ++moves;
    at = buffer.view().data();
  }
  REQUIRE(moves < 40);
}

TEST_CASE("The memory of a large input comes back as it is used up") {
  InputBuffer buffer;
  constexpr size_t kSize = InputBuffer::kPiece;
  buffer.append(std::string(kSize, 'x'));
  REQUIRE(buffer.memory_bytes() >= kSize);
  buffer.keep(buffer.view().substr(kSize - 10));
  REQUIRE(buffer.size() == 10);
  REQUIRE(buffer.memory_bytes() < kSize / 4);
  REQUIRE(buffer.free_bytes() < kSize / 4);
}

TEST_CASE(
    "What is more than a piece is kept in several, and a request may begin in one and end in the next") {
  InputBuffer buffer;
  const std::string part(InputBuffer::kPiece / 4 + 1, 'x');
  for (int i = 0; i < 10; ++i) buffer.append(part);
  REQUIRE(buffer.size() == 10 * part.size());
  REQUIRE(buffer.memory_bytes() >= buffer.size() + buffer.free_bytes());
  REQUIRE(buffer.goes_on());
  REQUIRE(buffer.view().size() == 3 * part.size());
  // All of the first piece but a few bytes is used up, and then these together with the second.
  buffer.keep(buffer.view().substr(buffer.view().size() - 5));
  REQUIRE(buffer.size() == 5 + 7 * part.size());
  buffer.join();
  REQUIRE(buffer.view().size() == 5 + 3 * part.size());
  buffer.keep({});
  REQUIRE(buffer.view().size() == 3 * part.size());
  buffer.append("y");
  REQUIRE(buffer.size() == 4 * part.size() + 1);
  buffer.keep({});
  REQUIRE_FALSE(buffer.goes_on());
  REQUIRE(buffer.view().size() == part.size() + 1);
  REQUIRE(buffer.view().ends_with("xy"));
  buffer.keep({});
  REQUIRE(buffer.empty());
}

TEST_CASE("A part of the first piece can be kept by itself, and what is behind stays") {
  InputBuffer buffer;
  buffer.append(std::string(InputBuffer::kPiece, 'a') + "bc");
  buffer.append("d");
  buffer.keep(buffer.view().substr(InputBuffer::kPiece - 1, 2));
  REQUIRE(buffer.view() == "ab");
  REQUIRE(buffer.goes_on());
  buffer.join();
  REQUIRE(buffer.view() == "abd");
  buffer.append("e");
  buffer.clear();
  REQUIRE(buffer.empty());
  REQUIRE(buffer.size() == 0);
}

}  // namespace redpoll::session
