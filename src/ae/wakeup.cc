#include "ae/wakeup.h"

#include <utility>

namespace redpoll::ae {

Wakeup::Wakeup(EventLoop& loop, WakeFd wake, Handler handler)
    : loop_(loop), wake_(std::move(wake)), handler_(handler) {}

Result<std::unique_ptr<Wakeup>> Wakeup::create(EventLoop& loop, Handler handler) {
  auto wake = WakeFd::create();
  if (!wake.ok()) return failure("{}", wake.error());
  std::unique_ptr<Wakeup> wakeup(new Wakeup(loop, std::move(*wake), handler));
  const auto added =
      loop.add(wakeup->wake_.fd(), Interest::readable, FileHandler::to<&Wakeup::on_readable>(*wakeup));
  if (!added.ok()) return failure("{}", added.error());
  return wakeup;
}

Wakeup::~Wakeup() { loop_.remove(wake_.fd(), Interest::all); }

void Wakeup::notify() {
  if (!pending_.exchange(true, std::memory_order_acq_rel)) wake_.signal();
}

void Wakeup::on_readable() {
  // In this order: a notify() before the exchange is answered by this run of the handler, a later one writes
  // to the drained descriptor again. The other way round, its write could be drained and forgotten.
  wake_.drain();
  pending_.exchange(false, std::memory_order_acq_rel);
  handler_();
}

}  // namespace redpoll::ae
