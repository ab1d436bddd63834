// Command rows: arity, categories, and what well_formed refuses.
#include "exec/command.h"

#include <catch2/catch.hpp>

namespace redpoll::exec {

namespace {

Outcome any_handler(Call&) { return done; }

constexpr Command row() {
  return {.name = "get",
          .run = any_handler,
          .arity = exactly(2),
          .traits = kRead | kFast,
          .keys = key_at(1, kKeyRO),
          .docs = {.summary = "Gets", .since = "1.0.0", .group = "string"}};
}

template <class Change>
constexpr bool still_well_formed(Change change) {
  Command table[] = {row()};
  change(table[0]);
  return well_formed(table);
}

}  // namespace

TEST_CASE("Arity is exact or a minimum") {
  STATIC_REQUIRE(exactly(2).accepts(2));
  STATIC_REQUIRE_FALSE(exactly(2).accepts(1));
  STATIC_REQUIRE_FALSE(exactly(2).accepts(3));
  STATIC_REQUIRE_FALSE(at_least(2).accepts(1));
  STATIC_REQUIRE(at_least(2).accepts(200));
  STATIC_REQUIRE(at_least(2).value == -2);
}

TEST_CASE("well_formed accepts a good row and finds each fault") {
  STATIC_REQUIRE(still_well_formed([](Command&) {}));
  STATIC_REQUIRE_FALSE(still_well_formed([](Command& c) { c.name = "Get"; }));
  STATIC_REQUIRE_FALSE(still_well_formed([](Command& c) { c.name = ""; }));
  // At run time: with a sanitizer g++ cannot compare addresses of functions before.
  REQUIRE_FALSE(still_well_formed([](Command& c) { c.run = nullptr; }));
  STATIC_REQUIRE_FALSE(still_well_formed([](Command& c) { c.arity = {}; }));
  STATIC_REQUIRE_FALSE(still_well_formed([](Command& c) { c.traits |= kWrite; }));
  STATIC_REQUIRE_FALSE(still_well_formed([](Command& c) { c.keys = key_at(2, kKeyRO); }));
  STATIC_REQUIRE_FALSE(still_well_formed([](Command& c) { c.keys = key_at(0, kKeyRO); }));
  STATIC_REQUIRE_FALSE(still_well_formed([](Command& c) { c.keys = key_range(1, -1, 0, kKeyRO); }));
  STATIC_REQUIRE_FALSE(still_well_formed([](Command& c) { c.docs.summary = ""; }));
  STATIC_REQUIRE_FALSE(still_well_formed([](Command& c) { c.docs.since = ""; }));
  STATIC_REQUIRE_FALSE(still_well_formed([](Command& c) { c.docs.group = ""; }));
}

TEST_CASE("well_formed wants unique names, in containers as well") {
  static constexpr Command twins[] = {row(), row()};
  STATIC_REQUIRE_FALSE(well_formed(twins));
  STATIC_REQUIRE_FALSE(still_well_formed([](Command& c) { c.subcommands = twins; }));
  static constexpr Command both[] = {[] {
    Command c = row();
    c.subcommands = std::span<const Command>(twins, 1);
    return c;
  }()};
  STATIC_REQUIRE(well_formed(both));
  static constexpr Command container[] = {[] {
    Command c = row();
    c.run = nullptr;
    c.subcommands = std::span<const Command>(twins, 1);
    return c;
  }()};
  STATIC_REQUIRE(well_formed(container));
}

TEST_CASE("Categories follow from the traits") {
  Command c = row();
  c.categories = kCatString;
  REQUIRE(categories_of(c) == (kCatString | kCatRead | kCatFast));
  c.traits = kWrite;
  REQUIRE(categories_of(c) == (kCatString | kCatWrite | kCatSlow));
  c.traits = kAdmin | kPubSub | kBlocking;
  REQUIRE(categories_of(c) ==
          (kCatString | kCatAdmin | kCatDangerous | kCatPubSub | kCatBlocking | kCatSlow));
}

}  // namespace redpoll::exec
