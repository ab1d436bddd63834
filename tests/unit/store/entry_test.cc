// Entry: every layout, and every way from one to another.
#include "store/entry.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "store/string.h"

namespace redpoll::store {

namespace {

using Deadline = std::optional<UnixMs>;

std::string text_of(const Entry& entry) {
  StringView::Digits digits;
  return std::string(StringView(entry).text(digits));
}

void require_holds(const Entry& entry, std::string_view key, std::string_view value, Deadline deadline) {
  REQUIRE(entry.key() == key);
  REQUIRE(text_of(entry) == value);
  REQUIRE(StringView(entry).size() == value.size());
  REQUIRE(entry.maybe_deadline() == deadline);
}

const std::string kKeys[] = {"", "k", std::string(255, 'a'), std::string(256, 'b'), std::string(70'000, 'c')};
const std::string kValues[] = {"",
                               "v",
                               "-42",
                               "9223372036854775807",
                               std::string(44, 'x'),
                               std::string(Entry::kMaxEmbedded, 'y'),
                               std::string(Entry::kMaxEmbedded + 1, 'z')};
const Deadline kDeadlines[] = {std::nullopt, UnixMs{1}, UnixMs{1'700'000'000'000}};

Encoding expected_encoding(std::string_view value) {
  if (parse_int64(value)) return Encoding::integer;
  return value.size() <= Entry::kMaxEmbedded ? Encoding::embedded : Encoding::blob;
}

}  // namespace

TEST_CASE("An entry holds key, value and deadline in every layout") {
  for (const auto& key : kKeys) {
    for (const auto& value : kValues) {
      for (const Deadline deadline : kDeadlines) {
        const EntryPtr entry(Entry::create(key, String::encode(value), deadline));
        require_holds(*entry, key, value, deadline);
        REQUIRE(entry->encoding() == expected_encoding(value));
        REQUIRE(entry->type() == Type::string);
        REQUIRE(entry->memory_bytes() >=
                key.size() + (entry->encoding() == Encoding::integer ? 8 : value.size()));
      }
    }
  }
}

TEST_CASE("Assigning leads from every layout to every other") {
  for (const auto& key : kKeys) {
    for (const auto& before : kValues) {
      for (const auto& after : kValues) {
        for (const Deadline first : kDeadlines) {
          for (const Deadline second : kDeadlines) {
            EntryPtr entry(Entry::create(key, String::encode(before), first));
            entry->set_access_clock(0xabcdef);
            entry.reset(entry.release()->assign(String::encode(after), second));
            require_holds(*entry, key, after, second);
            REQUIRE(entry->access_clock() == 0xabcdef);
          }
        }
      }
    }
  }
}

TEST_CASE("A deadline comes and goes in every layout") {
  for (const auto& key : kKeys) {
    for (const auto& value : kValues) {
      for (const Deadline first : kDeadlines) {
        for (const Deadline second : kDeadlines) {
          EntryPtr entry(Entry::create(key, String::encode(value), first));
          entry.reset(entry.release()->with_deadline(second));
          require_holds(*entry, key, value, second);
        }
      }
    }
  }
}

TEST_CASE("Renaming and cloning keep value, deadline, flags and access clock") {
  for (const auto& from : kKeys) {
    for (const auto& to : kKeys) {
      for (const auto& value : kValues) {
        for (const Deadline deadline : kDeadlines) {
          EntryPtr entry(Entry::create(from, String::encode(value), deadline));
          entry->set_access_clock(77);
          const EntryPtr copy(entry->clone(to, deadline));
          entry = Entry::renamed(std::move(entry), to);
          require_holds(*entry, to, value, deadline);
          require_holds(*copy, to, value, deadline);
          REQUIRE(entry->access_clock() == 77);
        }
      }
    }
  }
}

TEST_CASE("A value of the same size class is replaced in place") {
  EntryPtr entry(Entry::create("key", String::encode("value"), std::nullopt));
  Entry* const before = entry.get();
  entry.reset(entry.release()->assign(String::encode("other"), std::nullopt));
  REQUIRE(entry.get() == before);
  EntryPtr number(Entry::create("key", String::encode("1"), UnixMs{5}));
  Entry* const place = number.get();
  number.reset(number.release()->assign(String::encode("9223372036854775807"), UnixMs{6}));
  REQUIRE(number.get() == place);
  require_holds(*number, "key", "9223372036854775807", UnixMs{6});
}

TEST_CASE("A clone of a blob shares nothing with the original") {
  const std::string value(10'000, 'x');
  EntryPtr entry(Entry::create("k", String::encode(value), std::nullopt));
  const EntryPtr copy(entry->clone("copy", std::nullopt));
  REQUIRE(entry->blob() != copy->blob());
  entry->resize(value.size())[0] = 'y';
  require_holds(*copy, "copy", value, std::nullopt);
}

TEST_CASE("The type survives cloning and renaming") {
  EntryPtr entry(Entry::create("k", Value::packed(Type::hash, "v"), std::nullopt));
  const EntryPtr copy(entry->clone("copy", std::nullopt));
  REQUIRE(copy->type() == Type::hash);
  entry = Entry::renamed(std::move(entry), "other");
  REQUIRE(entry->type() == Type::hash);
  REQUIRE(type_name(entry->type()) == "hash");
  REQUIRE(type_name(Type::sorted_set) == "zset");
}

TEST_CASE("Resizing keeps the bytes that stay, zeroes those that come, and marks the value raw") {
  for (const std::string& value : {std::string(100, 'x'), std::string(10'000, 'x')}) {
    EntryPtr entry(Entry::create("k", String::plain(value), UnixMs{9}));
    size_t size = value.size();
    for (const size_t wanted : {size, size - 10, size - 4, size + 50'000}) {
      const std::string before = text_of(*entry);
      char* bytes = entry->resize(wanted);
      if (bytes == nullptr) {
        REQUIRE(entry->encoding() == Encoding::embedded);
        require_holds(*entry, "k", before, UnixMs{9});
        continue;
      }
      std::string expected = before;
      expected.resize(wanted, '\0');
      require_holds(*entry, "k", expected, UnixMs{9});
      StringView::Digits digits;
      REQUIRE(bytes == StringView(*entry).text(digits).data());
      REQUIRE(encoding_name(*entry) == "raw");
    }
  }
  const EntryPtr number(Entry::create("k", String::encode("5"), std::nullopt));
  REQUIRE(number->resize(3) == nullptr);
}

TEST_CASE("Resizing a blob that a reply still refers to leaves the reply its bytes") {
  const EntryPtr entry(Entry::create("k", String::plain(std::string(5000, 'x')), std::nullopt));
  const mem::BlobPtr reply = mem::BlobPtr::share(*entry->blob());
  entry->resize(5000)[0] = 'y';
  REQUIRE(reply->view() == std::string(5000, 'x'));
  entry->resize(6000)[1] = 'z';
  REQUIRE(text_of(*entry).substr(0, 3) == "yzx");
}

TEST_CASE("A shared blob with spare room is copied with room for what comes") {
  mem::BlobPtr roomy = mem::Blob::copy_of(std::string(20'000, 'v'));
  roomy.grow(40'000);
  Entry* entry = Entry::create("k", {.encoding = Encoding::blob, .blob = std::move(roomy)}, std::nullopt);
  const mem::BlobPtr reply = mem::BlobPtr::share(*entry->blob());
  char* bytes = entry->resize(35'000);
  REQUIRE(bytes != nullptr);
  REQUIRE(entry->blob()->capacity() >= 35'000);
  REQUIRE(entry->blob()->size() == 35'000);
  REQUIRE(reply->size() == 20'000);
  Entry::destroy(entry);
}

TEST_CASE("Packed bytes grow and shrink behind the key, and move to a blob where they become too many") {
  const size_t sizes[] = {0,      1, 9, 100, Entry::kMaxEmbedded, Entry::kMaxEmbedded + 1, 100'000,
                          50'000, 3, 0, 7};
  for (const std::string& key : kKeys) {
    for (const Deadline deadline : kDeadlines) {
      EntryPtr entry(Entry::create(key, Value::packed(Type::set, "ab", true), deadline));
      std::string expected = "ab";
      for (const size_t size : sizes) {
        const size_t kept = std::min(size, expected.size());
        entry.reset(entry.release()->with_packed_size(size));
        REQUIRE(entry->packed().size() == size);
        REQUIRE(entry->packed().substr(0, kept) == std::string_view(expected).substr(0, kept));
        expected.assign(size, static_cast<char>('a' + size % 26));
        expected.copy(const_cast<char*>(entry->packed().data()), size);
        REQUIRE(entry->key() == key);
        REQUIRE(entry->maybe_deadline() == deadline);
        REQUIRE(entry->type() == Type::set);
        REQUIRE(entry->variant());
        REQUIRE(encoding_name(*entry) == "intset");
      }
    }
  }
}

TEST_CASE("A blob of packed bytes gives back memory when most of it is gone") {
  EntryPtr entry(Entry::create("k", Value::packed(Type::list, std::string(100'000, 'x')), std::nullopt));
  entry.reset(entry.release()->with_packed_size(20'000));
  REQUIRE(entry->memory_bytes() < 40'000);
}

TEST_CASE("An entry owns its object") {
  struct Probe final : Object {
    explicit Probe(int& count) : alive(count) { ++alive; }
    ~Probe() override { --alive; }
    std::string_view encoding_name() const override { return "probe"; }
    std::unique_ptr<Object> clone() const override { return std::make_unique<Probe>(alive); }
    Bytes memory_bytes(size_t samples) const override { return 1000 + samples; }
    size_t free_effort() const override { return 77; }
    void validate() const override {}
    int& alive;
  };
  int alive = 0;
  {
    EntryPtr entry(
        Entry::create("k", Value::collection(Type::list, std::make_unique<Probe>(alive)), UnixMs{5}));
    REQUIRE(entry->type() == Type::list);
    REQUIRE(encoding_name(*entry) == "probe");
    REQUIRE(entry->free_effort() == 77);
    REQUIRE(entry->memory_bytes(3) == 1003 + mem::good_size(8 + 8 + 8 + 1));
    const EntryPtr copy(entry->clone("copy", std::nullopt));
    REQUIRE(alive == 2);
    entry = Entry::renamed(std::move(entry), std::string(300, 'r'));
    entry.reset(entry.release()->with_deadline(std::nullopt));
    REQUIRE(alive == 2);
    REQUIRE(encoding_name(*entry) == "probe");
    entry.reset(entry.release()->assign(String::encode("v"), std::nullopt));
    REQUIRE(alive == 1);
    REQUIRE(entry->type() == Type::string);
    require_holds(*entry, std::string(300, 'r'), "v", std::nullopt);
  }
  REQUIRE(alive == 0);
}

TEST_CASE("An entry expires when its deadline has passed, not before") {
  const EntryPtr entry(Entry::create("k", String::plain("v"), UnixMs{100}));
  REQUIRE_FALSE(entry->expired(UnixMs{100}));
  REQUIRE(entry->expired(UnixMs{101}));
  const EntryPtr eternal(Entry::create("k", String::plain("v"), std::nullopt));
  REQUIRE_FALSE(eternal->expired(UnixMs{INT64_MAX}));
}

TEST_CASE("A small entry costs its header and its bytes") {
  const EntryPtr entry(
      Entry::create(std::string(16, 'k'), String::plain(std::string(64, 'v')), std::nullopt));
  REQUIRE(entry->memory_bytes() == mem::good_size(8 + 16 + 64));
  const EntryPtr number(Entry::create(std::string(16, 'k'), String::encode(12345), std::nullopt));
  REQUIRE(number->memory_bytes() == mem::good_size(8 + 8 + 16));
}

}  // namespace redpoll::store
