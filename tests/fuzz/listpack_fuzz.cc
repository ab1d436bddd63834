// Listpacks of any bytes: what the validator accepts is walked both ways, found, and edited, next to a vector
// of strings in which the same is done; it is valid afterwards, too. What it refuses is left alone, and an
// empty listpack edited.
//
// The input is a listpack, as long as its first four bytes say, and behind it the edits: a byte that chooses,
// and what the edit takes.
//
// libFuzzer: -max_len=4096
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "base/assert.h"
#include "ds/listpack.h"

namespace redpoll::ds {
namespace {

using Place = ListpackView::Place;
constexpr Place kNone = ListpackView::kNone;

class Machine {
 public:
  Machine(std::string_view listpack, FuzzedDataProvider& edits)
      : input_(edits), buffer_(listpack), list_(buffer_), expected_(forwards()) {}

  void run() {
    check();
    for (int steps = 0; input_.remaining_bytes() > 0 && steps < kMostSteps; ++steps) step();
    check();
  }

 private:
  static constexpr int kMostSteps = 100;
  // Beyond, nothing long is added: an input is to take little time.
  static constexpr size_t kLarge = 20'000;

  std::string text_at(Place at) const {
    PackedElement::Digits digits;
    const PackedElement element = list_.get(at);
    const std::string_view text = element.text(digits);
    CHECK(element.size() == text.size() && element.equals(text));
    return std::string(text);
  }

  std::vector<std::string> forwards() const {
    std::vector<std::string> all;
    for (Place at = list_.first(); at != kNone; at = list_.next(at)) all.push_back(text_at(at));
    return all;
  }

  void check() const {
    CHECK(ListpackView::valid(buffer_.view()));
    CHECK(list_.size() == expected_.size() && list_.total_bytes() == buffer_.size());
    CHECK(forwards() == expected_);
    Place at = list_.last();
    for (size_t i = expected_.size(); i-- > 0; at = list_.prev(at)) CHECK(text_at(at) == expected_[i]);
    CHECK(at == kNone);
  }

  size_t position() { return input_.ConsumeIntegralInRange<size_t>(0, expected_.size()); }
  auto nth(size_t i) { return expected_.begin() + static_cast<std::ptrdiff_t>(i); }
  Place place(size_t i) const { return i == expected_.size() ? kNone : list_.index(static_cast<int64_t>(i)); }

  // Mostly short; now and then one whose lengths take more bytes.
  std::string text() {
    if (list_.total_bytes() < kLarge && input_.ConsumeIntegral<uint8_t>() % 16 == 0)
      return std::string(input_.ConsumeIntegralInRange<size_t>(0, 17'000), 'x');
    return input_.ConsumeRandomLengthString(64);
  }

  void step() {
    const size_t at = position();
    switch (input_.ConsumeIntegralInRange<int>(0, 7)) {
      case 0: return insert_text(at, text());
      case 1:
        return insert_number(at,
                             input_.ConsumeIntegral<int64_t>() >> (input_.ConsumeIntegral<uint8_t>() & 63));
      case 2: return replace(at, text());
      case 3: return erase(at, 1);
      case 4: return erase(at, input_.ConsumeIntegral<uint8_t>());
      case 5: return find(text());
      case 6: return at < expected_.size() ? find(std::string(expected_[at])) : find("");
      default: return join();
    }
  }

  void insert_text(size_t at, const std::string& text) {
    const Place there = list_.insert(place(at), text);
    CHECK(text_at(there) == text);
    expected_.insert(nth(at), text);
  }

  void insert_number(size_t at, int64_t number) {
    list_.insert(place(at), number);
    expected_.insert(nth(at), std::to_string(number));
  }

  void replace(size_t at, const std::string& text) {
    if (at == expected_.size()) return;
    list_.replace(place(at), text);
    expected_[at] = text;
  }

  void erase(size_t at, size_t count) {
    if (at == expected_.size()) return;
    const Place behind = list_.erase(place(at), count);
    expected_.erase(nth(at), nth(std::min(at + count, expected_.size())));
    CHECK(behind == place(at));
  }

  void find(const std::string& text) const {
    for (size_t stride = 1; stride <= 3; ++stride) {
      Place wanted = kNone;
      for (size_t i = 0; i < expected_.size() && wanted == kNone; i += stride)
        if (expected_[i] == text) wanted = place(i);
      CHECK(list_.find(list_.first(), text, stride) == wanted);
      if (const auto number = parse_int64(text))
        CHECK(list_.find(list_.first(), PackedElement(*number), stride) == wanted);
    }
  }

  void join() {
    if (list_.total_bytes() > kLarge || expected_.size() > 500) return;
    const HeapBuffer copy(buffer_.view());
    list_.append_all(ListpackView(copy.view()));
    const std::vector<std::string> once = expected_;
    expected_.insert(expected_.end(), once.begin(), once.end());
  }

  FuzzedDataProvider& input_;
  HeapBuffer buffer_;
  Listpack list_;
  std::vector<std::string> expected_;
};

}  // namespace
}  // namespace redpoll::ds

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redpoll::ds;
  uint32_t claimed = 0;
  std::memcpy(&claimed, data, std::min(size, sizeof claimed));
  const size_t length = std::min<size_t>(claimed, size);
  // A copy of its own, so that the sanitizers see what is read beyond it.
  const std::vector<char> bytes(data, data + length);
  const std::string_view listpack(bytes.data(), bytes.size());
  FuzzedDataProvider edits(data + length, size - length);
  Machine(ListpackView::valid(listpack) ? listpack : std::string_view{}, edits).run();
  return 0;
}
