#include "server/watchdog.h"

#include <signal.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>

#include "server/stack_trace.h"

namespace redpoll::server::watchdog {

// A signal handler gets no context of ours.
static Logger* g_log = nullptr;
static int g_period_ms = 0;

static void on_alarm(int) {
  const int saved = errno;
  g_log->write_signal_safe("\n--- WATCHDOG TIMER EXPIRED ---\n");
  print_stack_trace(*g_log);
  g_log->write_signal_safe("--------\n");
  errno = saved;
}

static void wind_up(int ms) {
  itimerval timer{};
  timer.it_value = {ms / 1000, ms % 1000 * 1000};
  setitimer(ITIMER_REAL, &timer, nullptr);
}

void prepare(Logger& log) {
  g_log = &log;
  prepare_stack_trace();
}

int set_period(int period_ms, int hz) {
  const bool was_on = g_period_ms > 0;
  g_period_ms = period_ms == 0 ? 0 : std::max(period_ms, 2 * 1000 / std::max(hz, 1));
  if (!was_on && g_period_ms == 0) return 0;
  struct sigaction action {};
  action.sa_handler = on_alarm;
  action.sa_flags = SA_RESTART;
  if (g_period_ms > 0) sigaction(SIGALRM, &action, nullptr);
  wind_up(g_period_ms);
  action.sa_handler = SIG_IGN;
  if (g_period_ms == 0) sigaction(SIGALRM, &action, nullptr);
  return g_period_ms;
}

void alive() {
  if (g_period_ms > 0) wind_up(g_period_ms);
}

}  // namespace redpoll::server::watchdog
