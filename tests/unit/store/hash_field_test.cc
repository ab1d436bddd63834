// HashField: one word, one allocation, whatever the sizes, with and without a deadline.
#include "store/hash_field.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "mem/zmalloc.h"

namespace redpoll::store {

namespace {

// Frees what leak checkers cannot see.
class Owner {
 public:
  Owner(std::string_view field, std::string_view value, std::optional<UnixMs> deadline)
      : field_(HashField::create(field, value, deadline)) {}
  ~Owner() { HashField::destroy(field_); }
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;

  HashField* operator->() { return &field_; }
  HashField& operator*() { return field_; }

 private:
  HashField field_;
};

constexpr UnixMs kDeadline{1'700'000'000'123};
// Around what the word can tell, and around what one byte can.
constexpr size_t kSizes[] = {0, 1, 16, 125, 126, 127, 128, 254, 255, 256, 70'000};

}  // namespace

TEST_CASE("A field keeps its name, value and deadline whatever their sizes") {
  for (const size_t field_size : kSizes) {
    for (const size_t value_size : kSizes) {
      const std::string field(field_size, 'f'), value(value_size, 'v');
      Owner eternal(field, value, std::nullopt);
      REQUIRE(eternal->field() == field);
      REQUIRE(eternal->value() == value);
      REQUIRE_FALSE(eternal->maybe_deadline());
      REQUIRE_FALSE(eternal->due(UnixMs{INT64_MAX}));
      Owner mortal(field, value, kDeadline);
      REQUIRE(mortal->field() == field);
      REQUIRE(mortal->value() == value);
      REQUIRE(mortal->deadline() == kDeadline);
      REQUIRE_FALSE(mortal->due(kDeadline));
      REQUIRE(mortal->due(kDeadline + 1));
    }
  }
}

TEST_CASE("A field takes another value and keeps the rest") {
  for (const size_t field_size : kSizes) {
    const std::string field(field_size, 'f');
    for (const bool expires : {false, true}) {
      const auto deadline = expires ? std::optional(kDeadline) : std::nullopt;
      Owner changed(field, "first", deadline);
      for (const size_t from : kSizes) {
        for (const size_t to : {size_t{0}, size_t{16}, size_t{255}, size_t{256}, from + 3}) {
          for (const size_t size : {from, to}) {
            const std::string value(size, static_cast<char>('a' + size % 26));
            *changed = changed->with_value(value);
            REQUIRE(changed->field() == field);
            REQUIRE(changed->value() == value);
            REQUIRE(changed->maybe_deadline() == deadline);
          }
        }
      }
    }
  }
}

TEST_CASE("A field gets, changes and loses a deadline and keeps the rest") {
  for (const size_t field_size : kSizes) {
    for (const size_t value_size : kSizes) {
      const std::string field(field_size, 'f'), value(value_size, 'v');
      Owner changed(field, value, std::nullopt);
      const std::optional<UnixMs> deadlines[] = {kDeadline, UnixMs{1}, std::nullopt, std::nullopt, kDeadline};
      for (const auto& deadline : deadlines) {
        *changed = changed->with_deadline(deadline);
        REQUIRE(changed->field() == field);
        REQUIRE(changed->value() == value);
        REQUIRE(changed->maybe_deadline() == deadline);
      }
    }
  }
}

TEST_CASE("A field of 16 bytes with a value of 16 bytes takes no byte more") {
  Owner field(std::string(16, 'f'), std::string(16, 'v'), std::nullopt);
  REQUIRE(field->memory_bytes() == mem::good_size(32));
  Owner mortal(std::string(16, 'f'), std::string(16, 'v'), kDeadline);
  REQUIRE(mortal->memory_bytes() == mem::good_size(40));
}

TEST_CASE("A value of another size of the same class is replaced in place") {
  Owner field("field", "12345678", std::nullopt);
  const HashField before = *field;
  *field = field->with_value("abcdefgh");
  REQUIRE(*field == before);
  REQUIRE(field->value() == "abcdefgh");
}

}  // namespace redpoll::store
