// watchdog-period: a timer of the kernel that every turn of the loop winds up again. When it runs out, the
// loop is stuck: its stack goes to the log, by the handler of SIGALRM.
//
// There is one timer in a process, so there is no object.
#pragma once

#include "base/log.h"

namespace redpoll::server::watchdog {

// Where the stack goes. `log` must live until the period is 0.
void prepare(Logger& log);

// 0 turns it off. An idle loop has `hz` turns a second: a shorter period than two of them would cry wolf.
// Returns the period that is taken.
int set_period(int period_ms, int hz);

// The loop has come round.
void alive();

}  // namespace redpoll::server::watchdog
