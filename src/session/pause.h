// CLIENT PAUSE: until its end, commands that write, or all commands, wait. Nor do keys expire meanwhile.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/units.h"
#include "exec/executor.h"
#include "store/keyspace.h"

namespace redpoll::session {

class Pause {
 public:
  enum class Mode : uint8_t { none, write, all };

  Pause(exec::Executor& executor, store::Keyspace& keyspace) : executor_(executor), keyspace_(keyspace) {}

  // Pauses until `end`. A pause that is under way is never shortened or softened.
  void begin(Mode mode, MonoUs end) {
    mode_ = std::max(mode_, mode);
    end_ = std::max(end_, end);
    executor_.deny(mode_ == Mode::all ? exec::needs::kNoPause : exec::needs::kWriting);
    keyspace_.terms().expired = store::Expired::hide;
  }
  void end() {
    mode_ = Mode::none;
    end_ = {};
    executor_.allow(exec::needs::kNoPause | exec::needs::kWriting);
    keyspace_.terms().expired = store::Expired::remove;
  }
  // Ends the pause if it is over.
  void expire(MonoUs now) {
    if (mode_ != Mode::none && now >= end_) end();
  }
  Mode mode() const { return mode_; }
  MonoUs deadline() const { return end_; }
  // On which terms keys are looked at meanwhile.
  store::Expired expired_keys() const {
    return mode_ == Mode::none ? store::Expired::remove : store::Expired::hide;
  }

 private:
  exec::Executor& executor_;
  store::Keyspace& keyspace_;
  Mode mode_ = Mode::none;
  MonoUs end_{};
};

}  // namespace redpoll::session
