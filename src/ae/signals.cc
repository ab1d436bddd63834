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
  Subscription& subscription = subscriptions_[signo];
  CHECK(!subscription.watched, "signal {} is watched already", signo);
  subscription.handler = handler;
  subscription.urgent = urgent;
  subscription.received.store(0);
  subscription.delivered = 0;

  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;  // polls return early all the same; other calls need not know of signals
  sigemptyset(&action.sa_mask);
  if (::sigaction(signo, &action, &subscription.before) != 0) {
    return failure("cannot watch signal {}: {}", signo, std::strerror(errno));
  }
  subscription.watched = true;
  return {};
}

void Signals::unwatch(int signo) {
  CHECK(signo > 0 && signo < NSIG);
  Subscription& subscription = subscriptions_[signo];
  if (!subscription.watched) return;
  ::sigaction(signo, &subscription.before, nullptr);
  subscription.watched = false;
  subscription.delivered = subscription.received.load();
}

uint64_t Signals::received(int signo) const { return subscriptions_[signo].received.load(); }

void Signals::on_signal(int signo) {
  const int saved_errno = errno;
  Signals* const self = active.load();
  if (self == nullptr || ::getpid() != self->owner_) {
    // A forked child: its parent's loop has nothing to do with it. The raised signal is pending until this
    // handler returns.
    ::signal(signo, SIG_DFL);
    ::raise(signo);
  } else {
    Subscription& subscription = self->subscriptions_[signo];
    const uint64_t total = subscription.received.fetch_add(1) + 1;
    if (subscription.urgent) subscription.urgent(signo, total);
    self->wake_.signal();
  }
  errno = saved_errno;
}

void Signals::deliver() {
  wake_.drain();
  for (int signo = 1; signo < NSIG; signo++) {
    Subscription& subscription = subscriptions_[signo];
    const uint64_t received = subscription.received.load();
    if (!subscription.watched || received == subscription.delivered) continue;
    const uint64_t times = received - std::exchange(subscription.delivered, received);
    subscription.handler(signo, times);
  }
}

}  // namespace redpoll::ae
