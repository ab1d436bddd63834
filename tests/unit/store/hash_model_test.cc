// Random operations on a hash, in all its encodings, with deadlines and a clock that moves, against a
// std::map.
#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <string>

#include "store/hash.h"
#include "store/keyspace.h"
#include "store/slot.h"

namespace redpoll::store {

namespace {

class Model {
 public:
  Model(uint64_t seed, size_t fields, size_t packed_limit) : rng_(seed), fields_(fields) {
    keys_.terms().now = now_;
    keys_.encoding.hash_max_listpack_entries = packed_limit;
  }

  void run(int operations) {
    for (int i = 0; i < operations; ++i) {
      step();
      if (i % 500 == 0) check_all();
    }
    check_all();
  }

 private:
  struct Field {
    std::string value;
    std::optional<UnixMs> deadline;
  };

  std::string random_field() {
    const uint64_t n = rng_.below(fields_);
    return n % 50 == 49 ? std::string(n % 200, 'f') + std::to_string(n) : std::to_string(n);
  }
  std::string random_value() {
    switch (rng_.below(6)) {
      case 0: return std::to_string(static_cast<int64_t>(rng_.next()));
      case 1: return std::to_string(rng_.below(300));
      case 2: return random_field();
      default:
        return std::string(rng_.below(rng_.below(40) == 0 ? 400 : 60),
                           static_cast<char>('a' + rng_.below(26)));
    }
  }
  UnixMs random_deadline() { return now_ + static_cast<int64_t>(rng_.below(400)); }

  static bool due(const Field& field, UnixMs now) { return field.deadline && *field.deadline < now; }
  void forget_due() {
    for (auto it = model_.begin(); it != model_.end();)
      it = due(it->second, now_) ? model_.erase(it) : std::next(it);
  }
  void end_if_empty(Slot& slot) {
    if (model_.empty() && slot.occupied()) slot.erase();
  }

  void step() {
    const std::string field = random_field();
    switch (rng_.below(12)) {
      case 0:
      case 1:
      case 2: return set(field, FieldTtl::drop);
      case 3: return set(field, FieldTtl::keep);
      case 4:
      case 5: return erase(field);
      case 6:
      case 7: return expire(field, random_deadline());
      case 8: return expire(field, std::nullopt);
      case 9: return pass_time();
      case 10: db_.sweep_step(now_); return;
      default: return look(field);
    }
  }

  void set(const std::string& field, FieldTtl ttl) {
    const std::string value = random_value();
    Slot slot = db_.probe("h");
    REQUIRE(slot.occupied() == !model_.empty());
    HashEditor hash(slot);
    if (hash.set(field, value, ttl) == (model_.count(field) == 1)) FAIL("new in one only");
    Field& known = model_[field];
    known.value = value;
    if (ttl == FieldTtl::drop) known.deadline.reset();
  }
  void erase(const std::string& field) {
    Slot slot = db_.probe("h");
    if (!slot.occupied()) return;
    if (HashEditor(slot).erase(field) != (model_.erase(field) == 1)) FAIL("erased in one only");
    end_if_empty(slot);
  }
  void expire(const std::string& field, std::optional<UnixMs> deadline) {
    Slot slot = db_.probe("h");
    if (model_.count(field) == 0) return;
    HashEditor(slot).set_deadline(field, deadline);
    model_[field].deadline = deadline;
  }
  void pass_time() {
    now_ = now_ + static_cast<int64_t>(rng_.below(4) == 0 ? rng_.below(300) : rng_.below(4));
    keys_.terms().now = now_;
    keys_.terms().expired = rng_.below(3) == 0 ? Expired::hide : Expired::remove;
    forget_due();
  }
  void look(const std::string& field) {
    const auto hit = db_.find<Hash>("h");
    REQUIRE(hit.value.has_value() == !model_.empty());
    if (hit.value) check(*hit.value, field);
  }

  void check(const HashView& hash, const std::string& field) {
    const auto found = hash.find(field);
    const auto known = model_.find(field);
    if (found.has_value() != (known != model_.end())) FAIL("present in one only");
    if (!found) return;
    if (!found->value.equals(known->second.value)) FAIL("values differ");
    if (found->deadline != known->second.deadline) FAIL("deadlines differ");
  }
  void check_all() {
    db_.validate();
    const auto hit = db_.find<Hash>("h");
    REQUIRE(hit.value.has_value() == !model_.empty());
    if (!hit.value) return;
    const Entry& entry = *db_.peek("h");
    if (entry.encoding() == Encoding::object) entry.object().validate();
    REQUIRE(db_.expiring_count() == (entry.has_field_deadlines() ? 1 : 0));
    REQUIRE(db_.volatile_count() == 0);
    REQUIRE(hit.value->size() == model_.size());
    size_t seen = 0;
    hit.value->each([&](const Element& field, const Element&) {
      Element::Digits digits;
      check(*hit.value, std::string(field.text(digits)));
      ++seen;
    });
    REQUIRE(seen == model_.size());
    if (entry.encoding() != Encoding::object) REQUIRE(ds::ListpackView::valid(entry.packed()));
  }

  Rng rng_;
  size_t fields_;
  UnixMs now_{1'000'000};
  Keyspace keys_{1, SipKey{3, 4}};
  Database& db_ = keys_.db(0);
  std::map<std::string, Field> model_;
};

}  // namespace

TEST_CASE("A hash behaves like a map with deadlines, whatever its encoding") {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    Model(seed, 8, 512).run(20'000);
    Model(seed, 60, 512).run(20'000);
    Model(seed, 60, 0).run(20'000);
    Model(seed, 1000, 30).run(20'000);
  }
}

}  // namespace redpoll::store
