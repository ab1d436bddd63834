// CLIENT PAUSE: until its end, commands that write, or all commands, wait. Nor do keys expire meanwhile: what is
// executed goes by `expired_keys`, and whoever begins or ends a pause also sets the terms that are in force.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/units.h"
#include "store/access.h"

namespace redpoll::session {

class Pause {
 public:
  enum class Mode : uint8_t { none, write, all };

  // Pauses until `end`. A pause that is under way is never shortened or softened.
  void begin(Mode mode, UnixMs end) {
    mode_ = std::max(mode_, mode);
    end_ = std::max(end_, end);
  }
  void end() {
    mode_ = Mode::none;
    end_ = {};
  }
  // Ends the pause if it is over. True if it ended just now.
  bool expire(UnixMs now) {
    if (mode_ == Mode::none || now < end_) return false;
    end();
    return true;
  }
  Mode mode() const { return mode_; }
  UnixMs deadline() const { return end_; }
  store::Expired expired_keys() const {
    return mode_ == Mode::none ? store::Expired::remove : store::Expired::hide;
  }

 private:
  Mode mode_ = Mode::none;
  UnixMs end_{};
};

}  // namespace redpoll::session
