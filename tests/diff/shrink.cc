#include "diff/shrink.h"

#include <algorithm>

namespace redpoll::diff {

namespace {

class Shrinker {
 public:
  Shrinker(Schedule schedule, const std::function<bool(const Schedule&)>& fails, int tries)
      : best_(std::move(schedule)), fails_(fails), tries_(tries) {}

  Schedule run() {
    // Halves, quarters, ... single steps; again as long as single steps can go, since one may need another
    // gone first.
    for (size_t size = std::max<size_t>(best_.steps.size() / 2, 1); tries_ > 0;
         size = std::max<size_t>(size / 2, 1)) {
      const bool shorter = leave_out_steps(size);
      if (size == 1 && !shorter) break;
    }
    for (size_t step = 0; step < best_.steps.size(); ++step) simplify(step);
    return std::move(best_);
  }

 private:
  bool accept(const Schedule& candidate) {
    if (tries_ <= 0) return false;
    --tries_;
    if (!fails_(candidate)) return false;
    best_ = candidate;
    return true;
  }

  // From the end: what comes last is there because of what came before.
  bool leave_out_steps(size_t size) {
    bool shorter = false;
    for (size_t end = best_.steps.size(); end > 0 && tries_ > 0;) {
      const size_t begin = end > size ? end - size : 0;
      Schedule candidate = best_;
      const auto first = candidate.steps.begin();
      candidate.steps.erase(first + static_cast<std::ptrdiff_t>(begin),
                            first + static_cast<std::ptrdiff_t>(end));
      shorter |= accept(candidate);
      end = begin;
    }
    return shorter;
  }

  void simplify(size_t step) {
    for (size_t word = best_.steps[step].words.size(); word-- > 1;) {
      Schedule candidate = best_;
      Words& words = candidate.steps[step].words;
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(word));
      make_comparable(words);
      // Another command would fail for another reason.
      if (rule_of(words) == rule_of(best_.steps[step].words) && accept(candidate)) continue;
      const std::string& text = best_.steps[step].words[word];
      if (text.size() <= 8) continue;
      candidate = best_;
      candidate.steps[step].words[word] = text.substr(0, 4);
      accept(candidate);
    }
  }

  Schedule best_;
  const std::function<bool(const Schedule&)>& fails_;
  int tries_;
};

}  // namespace

Schedule shrunk(Schedule schedule, const std::function<bool(const Schedule&)>& fails, int tries) {
  return Shrinker(std::move(schedule), fails, tries).run();
}

}  // namespace redpoll::diff
