// ServerEffects: what lookups find out reaches listeners and replicas.
#include "server/server_effects.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace redpoll::server {

namespace {

class Listening final : public ServerEffects {
 public:
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
  Listening effects;
  store::Keyspace keys(2, SipKey{1, 2}, nullptr, &effects);
  keys.now = UnixMs{1000};
  keys.db(1).probe("k").store(store::String::encode("v"), UnixMs{500});
  REQUIRE(keys.db(1).lookup("k") == nullptr);
  REQUIRE(effects.lines == Lines{"1 expired k", "1 DEL k", "1 keymiss k"});

  effects.lines.clear();
  keys.lazy_expire = true;
  keys.db(0).probe("k").store(store::String::encode("v"), UnixMs{500});
  keys.db(0).sweep_step(keys.now);
  REQUIRE(effects.lines == Lines{"0 expired k", "0 UNLINK k"});
}

}  // namespace redpoll::server
