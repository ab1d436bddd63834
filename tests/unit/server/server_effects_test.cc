// ServerEffects: what lookups find out reaches listeners and replicas.
#include "server/server_effects.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "store/hash.h"

namespace redpoll::server {

namespace {

class Listening final : public ServerEffects {
 public:
  using ServerEffects::ServerEffects;
  bool wants_propagation() const override { return true; }
  void propagate(int db, std::span<const resp::Arg> args) override {
    std::string line = std::to_string(db);
    for (const resp::Arg arg : args) line.append(" ").append(arg.view());
    lines.push_back(line);
  }
  void notify(exec::Event, std::string_view event, int db, std::string_view key) override {
    lines.push_back(std::to_string(db) + " " + std::string(event) + " " + std::string(key));
  }

  std::vector<std::string> lines;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("A key that expires is told to listeners and propagates as a deletion") {
  session::Blocking blocking(SipKey{1, 2});
  Listening effects(blocking);
  store::Keyspace keys(2, SipKey{1, 2}, nullptr, &effects);
  keys.listen(store::kEvents, true);
  keys.terms().now = UnixMs{1000};
  keys.db(1).probe("k").store(store::String::encode("v"), UnixMs{500});
  REQUIRE(keys.db(1).lookup("k") == nullptr);
  REQUIRE(effects.lines == Lines{"1 expired k", "1 DEL k", "1 keymiss k"});

  effects.lines.clear();
  keys.lazy_expire = true;
  keys.db(0).probe("k").store(store::String::encode("v"), UnixMs{500});
  keys.db(0).sweep_step(keys.terms().now);
  REQUIRE(effects.lines == Lines{"0 expired k", "0 UNLINK k"});
}

TEST_CASE("Fields that expire are told to listeners and propagate as removals") {
  session::Blocking blocking(SipKey{1, 2});
  Listening effects(blocking);
  store::Keyspace keys(2, SipKey{1, 2}, nullptr, &effects);
  keys.listen(store::kEvents, true);
  keys.terms().now = UnixMs{1000};
  {
    store::Slot slot = keys.db(1).probe("h");
    store::HashEditor hash(slot);
    for (const char* field : {"a", "b", "c"}) hash.set(field, "v");
    hash.set_deadline("a", UnixMs{1500});
    hash.set_deadline("b", UnixMs{1400});
    hash.set_deadline("c", UnixMs{2500});
  }
  keys.terms().now = UnixMs{2000};
  REQUIRE(keys.db(1).lookup("h") != nullptr);
  REQUIRE(effects.lines == Lines{"1 hexpired h", "1 HDEL h b a"});
  effects.lines.clear();
  keys.terms().now = UnixMs{3000};
  REQUIRE(keys.db(1).lookup("h") == nullptr);
  REQUIRE(effects.lines == Lines{"1 hexpired h", "1 del h", "1 DEL h", "1 keymiss h"});
}

}  // namespace redpoll::server
