// Intsets of any bytes: what the validator accepts is in order, found, and edited, next to a std::set in
// which the same is done; it is valid afterwards, too. What it refuses is left alone, and an empty intset
// edited.
//
// The input is a byte that tells how many bytes the intset has, these, and the edits: a byte that chooses,
// and what the edit takes.
//
// libFuzzer: -max_len=1024
#include <fuzzer/FuzzedDataProvider.h>

#include <iterator>
#include <set>
#include <string>

#include "base/assert.h"
#include "ds/intset.h"

namespace redpoll::ds {
namespace {

class Machine {
 public:
  Machine(std::string_view intset, FuzzedDataProvider& edits)
      : input_(edits), buffer_(intset), set_(buffer_) {
    for (size_t i = 0; i < set_.size(); ++i) expected_.insert(expected_.end(), set_.at(i));
  }

  void run() {
    check();
    while (input_.remaining_bytes() > 0) step();
    check();
  }

 private:
  void check() const {
    CHECK(IntsetView::valid(buffer_.view()));
    CHECK(set_.size() == expected_.size() && set_.empty() == expected_.empty());
    size_t position = 0;
    for (const int64_t number : expected_) {
      CHECK(set_.at(position++) == number && set_.contains(number));
      CHECK(set_.contains(number ^ 1) == expected_.contains(number ^ 1));
      CHECK(set_.contains(~number) == expected_.contains(~number));
    }
  }

  // Of any width; narrow ones come again.
  int64_t number() {
    const unsigned shift = input_.ConsumeIntegral<uint8_t>() & 63;
    return static_cast<int64_t>(input_.ConsumeIntegral<uint64_t>() << shift) >> shift;
  }

  void step() {
    const uint8_t choice = input_.ConsumeIntegral<uint8_t>();
    if (choice % 4 == 3) return remove_at(choice);
    const int64_t some = number();
    switch (choice % 4) {
      case 0: CHECK(set_.add(some) == expected_.insert(some).second); break;
      case 1: CHECK(set_.remove(some) == (expected_.erase(some) == 1)); break;
      default: CHECK(set_.contains(some) == expected_.contains(some));
    }
  }

  void remove_at(size_t position) {
    if (position >= expected_.size()) return;
    expected_.erase(std::next(expected_.begin(), static_cast<std::ptrdiff_t>(position)));
    set_.remove_at(position);
  }

  FuzzedDataProvider& input_;
  HeapBuffer buffer_;
  Intset set_;
  std::set<int64_t> expected_;
};

}  // namespace
}  // namespace redpoll::ds

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redpoll::ds;
  if (size == 0) return 0;
  const size_t length = std::min<size_t>(data[0], size - 1);
  // A copy of its own, so that the sanitizers see what is read beyond it.
  const HeapBuffer intset(std::string_view(reinterpret_cast<const char*>(data) + 1, length));
  FuzzedDataProvider edits(data + 1 + length, size - 1 - length);
  Machine(IntsetView::valid(intset.view()) ? intset.view() : std::string_view{}, edits).run();
  return 0;
}
