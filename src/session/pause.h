// CLIENT PAUSE: until its end, commands that write, or all commands, wait. Nor do keys expire meanwhile: whoever begins
// or ends a pause sets Keyspace::hide_expired accordingly.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/units.h"

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

 private:
  Mode mode_ = Mode::none;
  UnixMs end_{};
};

}  // namespace redpoll::session
