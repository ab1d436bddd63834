// Random operations on a database against a std::map with deadlines.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "store/keyspace.h"
#include "store/slot.h"

namespace redpoll::store {

namespace {

struct Value {
  std::string text;
  std::optional<UnixMs> deadline;
};

class Model {
 public:
  explicit Model(uint64_t seed) : rng_(seed) { keys_.terms().now = now_; }

  void run(int operations, size_t key_space) {
    for (int i = 0; i < operations; ++i) {
      // The key space breathes, so that the table grows and shrinks again and again.
      const size_t phase = static_cast<size_t>(i / 20'000) % 4;
      step(random_key(std::max<size_t>(1, key_space >> (3 * phase))));
      if (i % 100'000 == 0) check_all();
    }
    check_all();
  }

 private:
  std::string random_key(size_t key_space) {
    const uint64_t n = rng_.below(key_space);
    return n % 97 == 0 ? std::string(300, 'k') + std::to_string(n) : "key:" + std::to_string(n);
  }
  std::string random_value() {
    switch (rng_.below(8)) {
      case 0: return std::to_string(static_cast<int64_t>(rng_.next()));
      case 1: return std::to_string(rng_.below(100));
      case 2: return std::string(rng_.below(6000), 'l');
      default: return std::string(rng_.below(120), static_cast<char>('a' + rng_.below(26)));
    }
  }
  std::optional<UnixMs> random_deadline() {
    if (rng_.below(2) == 0) return std::nullopt;
    return now_ + static_cast<int64_t>(rng_.below(2000));
  }

  // The model's value, unless it has expired.
  Value* live(const std::string& key) {
    const auto it = model_.find(key);
    if (it == model_.end()) return nullptr;
    if (!it->second.deadline || !(*it->second.deadline < now_)) return &it->second;
    model_.erase(it);
    return nullptr;
  }
  static std::string text_of(const Entry& entry) {
    StringView::Digits digits;
    return std::string(StringView(entry).text(digits));
  }

  bool erase(const std::string& key) {
    Slot slot = db_.probe(key);
    if (!slot) return false;
    slot.erase();
    return true;
  }

  void step(const std::string& key) {
    Value* known = live(key);
    switch (rng_.below(12)) {
      case 0:
      case 1:
      case 2: return store(key, random_value(), random_deadline());
      case 3: return store_keeping(key, known);
      case 4: return resize(key, known);
      case 5: return expire(key, known);
      case 6:
        model_.erase(key);
        REQUIRE(erase(key) == (known != nullptr));
        return;
      case 7: return rename(key, known);
      case 8:
        now_ = now_ + 1;
        keys_.terms().now = now_;
        return;
      case 9: db_.sweep_step(now_); return;
      default: return check(db_.lookup(key), known);
    }
  }

  void store(const std::string& key, const std::string& text, std::optional<UnixMs> deadline) {
    db_.probe(key).store(String::encode(text), deadline);
    model_[key] = {text, deadline};
  }
  void store_keeping(const std::string& key, const Value* known) {
    const std::string text = random_value();
    db_.probe(key).store(String::encode(text), Ttl::keep);
    model_[key] = {text, known != nullptr ? known->deadline : std::nullopt};
  }
  void resize(const std::string& key, const Value* known) {
    Value value = known != nullptr ? *known : Value{};
    value.text.resize(rng_.below(3) == 0 ? rng_.below(6000) : value.text.size() + rng_.below(20), '\0');
    Slot slot = db_.probe(key);
    char* bytes = slot.resize(value.text.size());
    if (!value.text.empty()) bytes[0] = value.text[0] = 'R';
    model_[key] = value;
  }
  void expire(const std::string& key, Value* known) {
    Slot slot = db_.probe(key);
    REQUIRE(slot.occupied() == (known != nullptr));
    if (known == nullptr) return;
    if (rng_.below(3) == 0) {
      REQUIRE(slot.persist() == known->deadline.has_value());
      known->deadline.reset();
    } else {
      known->deadline = now_ + static_cast<int64_t>(rng_.below(2000));
      slot.expire_at(*known->deadline);
    }
  }
  void rename(const std::string& key, const Value* known) {
    if (known == nullptr) return;
    const std::string target = random_key(1000);
    if (target == key) return;
    EntryPtr entry = Entry::renamed(db_.probe(key).detach(), target);
    db_.probe(target).adopt(std::move(entry));
    model_[target] = *known;
    model_.erase(key);
  }

  void check(const Entry* entry, const Value* known) {
    if ((entry != nullptr) != (known != nullptr)) FAIL("present in one only");
    if (entry == nullptr) return;
    if (text_of(*entry) != known->text) FAIL("values differ");
    if (entry->maybe_deadline() != known->deadline) FAIL("deadlines differ");
  }
  void check_all() {
    db_.validate();
    for (auto it = model_.begin(); it != model_.end();) {
      const std::string key = (it++)->first;
      check(db_.lookup(key), live(key));
    }
    size_t alive = 0, with_deadline = 0;
    db_.each([&](const Entry& entry) {
      alive += !entry.expired(now_);
      with_deadline += entry.has_deadline();
    });
    REQUIRE(alive == model_.size());
    REQUIRE(db_.volatile_count() == with_deadline);
  }

  Rng rng_;
  UnixMs now_{1'000'000};
  Keyspace keys_{1, SipKey{3, 4}};
  Database& db_ = keys_.db(0);
  std::map<std::string, Value> model_;
};

}  // namespace

TEST_CASE("A database behaves like a map with deadlines") {
#ifdef REDPOLL_SANITIZED
  constexpr int kOperations = 400'000;
#else
  constexpr int kOperations = 3'000'000;
#endif
  Model(42).run(kOperations, 20'000);
}

TEST_CASE("A database with few, hot keys behaves like a map with deadlines") { Model(7).run(300'000, 20); }

}  // namespace redpoll::store
