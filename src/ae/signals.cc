#include "ae/signals.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/assert.h"

namespace redpoll::ae {
namespace {

static_assert(std::atomic<uint64_t>::is_always_lock_free);  // or a signal handler could not touch it

// A signal handler is given no context, so the one object is found here.
std::atomic<Signals*> active = nullptr;

}  // namespace

Signals::Signals(EventLoop& loop, WakeFd wake) : loop_(loop), wake_(std::move(wake)), owner_(::getpid()) {
  CHECK(active.exchange(this) == nullptr, "signals are watched twice");
}

Result<std::unique_ptr<Signals>> Signals::create(EventLoop& loop) {
  auto wake = WakeFd::create();
  if (!wake.ok()) return failure("{}", wake.error());
  std::unique_ptr<Signals> signals(new Signals(loop, std::move(*wake)));
  const auto added =
      loop.add(signals->wake_.fd(), Interest::readable, FileHandler::to<&Signals::deliver>(*signals));
  if (!added.ok()) return failure("{}", added.error());
  return signals;
}

Signals::~Signals() {
  for (int signo = 1; signo < NSIG; signo++) unwatch(signo);
  loop_.remove(wake_.fd(), Interest::all);
  active.store(nullptr);
}

Result<void> Signals::watch(int signo, SignalHandler handler, UrgentHook urgent) {
  CHECK(signo > 0 && signo < NSIG);
  Slot& slot = slots_[signo];
  CHECK(!slot.watched, "signal {} is watched already", signo);
  slot.handler = handler;
  slot.urgent = urgent;
  slot.received.store(0);
  slot.delivered = 0;

  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;  // polls return early all the same; other calls need not know of signals
  sigemptyset(&action.sa_mask);
  if (::sigaction(signo, &action, &slot.before) != 0) {
    return failure("cannot watch signal {}: {}", signo, std::strerror(errno));
  }
  slot.watched = true;
  return {};
}

void Signals::unwatch(int signo) {
  CHECK(signo > 0 && signo < NSIG);
  Slot& slot = slots_[signo];
  if (!slot.watched) return;
  ::sigaction(signo, &slot.before, nullptr);
  slot.watched = false;
  slot.delivered = slot.received.load();
}

uint64_t Signals::received(int signo) const { return slots_[signo].received.load(); }

void Signals::on_signal(int signo) {
  const int saved_errno = errno;
  Signals* const self = active.load();
  if (self == nullptr || ::getpid() != self->owner_) {
    // A forked child: its parent's loop has nothing to do with it. The raised signal is pending until this
    // handler returns.
    ::signal(signo, SIG_DFL);
    ::raise(signo);
  } else {
    Slot& slot = self->slots_[signo];
    const uint64_t total = slot.received.fetch_add(1) + 1;
    if (slot.urgent) slot.urgent(signo, total);
    self->wake_.signal();
  }
  errno = saved_errno;
}

void Signals::deliver() {
  wake_.drain();
  for (int signo = 1; signo < NSIG; signo++) {
    Slot& slot = slots_[signo];
    const uint64_t received = slot.received.load();
    if (!slot.watched || received == slot.delivered) continue;
    const uint64_t times = received - std::exchange(slot.delivered, received);
    slot.handler(signo, times);
  }
}

}  // namespace redpoll::ae
