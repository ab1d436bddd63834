// The quicklist under any sequence of changes, with nodes of any limit and any depth of compression: it stays
// valid, and holds what a std::deque holds that undergoes the same.
//
// The first two bytes choose the limit and the depth. An operation is a byte that chooses, then the bytes
// that it takes.
//
// libFuzzer: -max_len=4096
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>

#include "base/rng.h"
#include "unit/ds/quicklist_model.h"

namespace redpoll::ds {
namespace {

class Machine {
 public:
  explicit Machine(FuzzedDataProvider& input)
      : input_(input), model_(input.ConsumeIntegral<int8_t>(), input.ConsumeIntegralInRange<int>(0, 4)) {}

  void run() {
    for (size_t steps = 0; input_.remaining_bytes() > 0 && steps < kMostSteps; ++steps) {
      step();
      model_.list.validate();
    }
    model_.check();
  }

 private:
  // Bound the time of one input: validation and comparison walk over everything.
  static constexpr size_t kMostSteps = 400;
  static constexpr size_t kMostElements = 1000;

  size_t index() { return input_.ConsumeIntegral<uint16_t>() % model_.size(); }
  ListEnd end() { return input_.ConsumeBool() ? ListEnd::head : ListEnd::tail; }
  ListWalk direction() { return input_.ConsumeBool() ? ListWalk::from_head : ListWalk::from_tail; }

  // Few different ones, so that searches find something, of sizes around those at which something changes.
  std::string text() {
    switch (input_.ConsumeIntegralInRange<int>(0, 5)) {
      case 0: return std::to_string(input_.ConsumeIntegral<int64_t>());
      case 1: return std::to_string(input_.ConsumeIntegral<int8_t>());
      case 2: return std::string(input_.ConsumeIntegral<uint8_t>(), 'a');
      case 3: return std::string(input_.ConsumeIntegral<uint16_t>(), 'b');
      case 4: return noise(input_.ConsumeIntegral<uint16_t>() % 9000);
      default: return input_.ConsumeRandomLengthString(64);
    }
  }

  // What compression does not make shorter.
  static std::string noise(size_t size) {
    Rng rng(size);
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(rng.below(256));
    return bytes;
  }

  void step() {
    const int choice = input_.ConsumeIntegralInRange<int>(0, 11);
    if (model_.size() == 0 || choice <= 1) return push();
    switch (choice) {
      case 2: return model_.pop(end());
      case 3:
        if (model_.size() < kMostElements) model_.insert(index(), text());
        return;
      case 4: return model_.replace(index(), text());
      case 5: return erase();
      case 6: return erase_matches();
      case 7: return append();
      case 8: return model_.repack();
      case 9: return model_.exchange_for_duplicate();
      case 10: return look();
      default: return push_several();
    }
  }

  void push() {
    if (model_.size() >= kMostElements) return;
    const ListEnd where = end();
    input_.ConsumeBool() ? model_.push_blob(where, text()) : model_.push(where, text());
  }

  void push_several() {
    const ListEnd where = end();
    const std::string element = text();
    for (size_t left = input_.ConsumeIntegral<uint8_t>(); left > 0 && model_.size() < kMostElements; --left) {
      if (element.size() > 300 && left % 16 != 0) continue;
      model_.push(where, element);
    }
  }

  void erase() {
    const size_t start = index();
    model_.erase(start, std::min<size_t>(input_.ConsumeIntegral<uint8_t>(), model_.size() - start));
  }

  void erase_matches() {
    const std::string unwanted = input_.ConsumeBool() ? model_.model[index()] : text();
    const uint8_t most = input_.ConsumeIntegral<uint8_t>();
    model_.erase_matches(unwanted, most == 0 ? SIZE_MAX : most, direction());
  }

  void append() {
    std::deque<std::string> texts;
    for (size_t left = input_.ConsumeIntegral<uint8_t>() % 16; left > 0; --left)
      texts.push_back(input_.ConsumeRandomLengthString(32));
    model_.append(texts);
  }

  void look() {
    model_.check_from(input_.ConsumeIntegral<int16_t>(), direction(), input_.ConsumeIntegral<uint8_t>());
  }

  FuzzedDataProvider& input_;
  QuicklistModel model_;
};

}  // namespace
}  // namespace redpoll::ds

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzedDataProvider input(data, size);
  redpoll::ds::Machine(input).run();
  return 0;
}
