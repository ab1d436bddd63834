#include "net/listener.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/log.h"

namespace redpoll::net {

namespace {

// Failures that say that this machine has no such kind of address, which Redis takes for "not wanted".
bool family_missing(int number) {
  return number == ENOPROTOOPT || number == EPROTONOSUPPORT || number == ESOCKTNOSUPPORT ||
         number == EPFNOSUPPORT || number == EAFNOSUPPORT;
}

// accept(2): errors that belong to the one connection that could not be accepted, which is gone by now. The
// next may be all right.
bool connection_failed(int number) {
  switch (number) {
    case ECONNABORTED:
    case EPERM:
    case EPROTO:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH: return true;
    default: return false;
  }
}

}  // namespace

Listeners::Listeners(ae::EventLoop& loop, Acceptor& acceptor, Logger& log)
    : loop_(loop), acceptor_(acceptor), log_(log) {}

Listeners::~Listeners() { close(); }

Listeners::Sockets Listeners::places(const ListenConfig& config) {
  Sockets places;
  for (std::string_view address : config.bind) {
    const bool optional = address.starts_with('-');
    if (optional) address.remove_prefix(1);
    if (address.empty() || config.port == 0) continue;
    Socket& place = places.emplace_back();
    place.optional = optional;
    place.port = config.port;
    place.name = address;
  }
  if (!config.unix_socket.empty()) {
    Socket& place = places.emplace_back();
    place.kind = Kind::local;
    place.name = config.unix_socket;
  }
  return places;
}

Result<void> Listeners::open(const ListenConfig& config) {
  if (config.bind.size() > kMaxBindAddresses) return failure("Too many bind addresses specified.");
  Sockets next = places(config);
  mark_kept(next);
  const std::string error = open_new(next, config);
  if (!error.empty()) {
    for (Socket& socket : next) drop(socket);
    restore();
    return failure("{}", error);
  }
  adopt(std::move(next));
  names_.forget();
  config_ = config;
  if (accepting()) {
    for (const Socket& socket : sockets_) set_priority(socket);
  }
  set_keep_alive(config.keep_alive_s);
  return {};
}

// An address that is listed twice is kept once only: the second time it fails, as at start.
void Listeners::mark_kept(Sockets& next) const {
  for (const Socket& socket : sockets_) {
    const auto same =
        std::find_if(next.begin(), next.end(), [&](const Socket& s) { return s.same_place(socket); });
    if (same != next.end()) same->kept = true;
  }
}

std::string Listeners::open_new(Sockets& next, const ListenConfig& config) {
  for (Socket& socket : next) {
    if (socket.kept) continue;
    std::string error =
        socket.kind == Kind::local ? open_local(socket, config) : open_tcp(socket, &next, config);
    if (!error.empty()) return error;
    if (!socket.fd || !accepting()) continue;
    if (watch(socket)) continue;
    return socket.kind == Kind::local ? "Unrecoverable error creating server.sofd file event."
                                      : "Unrecoverable error creating TCP socket accept handler.";
  }
  return {};
}

// Leaves the socket closed, without an error, when the address may be missing and is.
std::string Listeners::open_tcp(Socket& socket, const Sockets* next, const ListenConfig& config) {
  FdOrError opened = listen_tcp(socket.name, socket.port, config.backlog);
  if (opened.error_number() == EADDRINUSE && next != nullptr && make_way(*next, socket.port)) {
    opened = listen_tcp(socket.name, socket.port, config.backlog);
  }
  std::string error = opened.error();
  if (opened.ok()) {
    // Accepted sockets inherit both from their listener: four system calls less for each.
    Result<void> set = set_no_delay(opened.fd(), true);
    if (set) set = net::set_keep_alive(opened.fd(), config.keep_alive_s);
    if (set) {
      socket.fd = opened.take();
      return {};
    }
    error = set.error();
  }
  log_.warning("Warning: Could not create server TCP listening socket {}:{}: {}", socket.name, socket.port,
               error);
  const int number = opened.error_number();
  if ((number == EADDRNOTAVAIL && socket.optional) || family_missing(number)) return {};
  return fmt::format("Failed listening on port {} (TCP), aborting.", socket.port);
}

std::string Listeners::open_local(Socket& socket, const ListenConfig& config) {
  FdOrError opened = listen_unix(socket.name, config.unix_permissions, config.backlog);
  if (!opened.ok()) return "Failed opening Unix socket: " + opened.error();
  socket.fd = opened.take();
  socket.file = file_id(socket.name);
  return {};
}

// A wildcard address and a special one cannot both be listened on, not even while one takes over from the
// other. Closes those of our sockets that could be in the way and are going to be closed anyway.
bool Listeners::make_way(const Sockets& next, uint16_t port) {
  bool closed = false;
  for (Socket& socket : sockets_) {
    const auto stays = [&](const Socket& s) { return s.kept && s.same_place(socket); };
    if (socket.kind != Kind::tcp || socket.port != port || !socket.fd) continue;
    if (std::any_of(next.begin(), next.end(), stays)) continue;
    drop(socket);
    closed = true;
  }
  return closed;
}

// Opens again what make_way has closed for nothing.
void Listeners::restore() {
  for (Socket& socket : sockets_) {
    if (socket.fd) continue;
    const std::string error = open_tcp(socket, nullptr, config_);
    if (!error.empty()) log_.warning("Could not listen again where it was: {}:{}", socket.name, socket.port);
  }
  std::erase_if(sockets_, [](const Socket& s) { return !s.fd; });
  if (accepting()) watch_all();
}

void Listeners::adopt(Sockets next) {
  for (Socket& socket : next) {
    if (!socket.kept) continue;
    const auto old =
        std::find_if(sockets_.begin(), sockets_.end(), [&](const Socket& s) { return s.same_place(socket); });
    socket.fd = std::move(old->fd);
    socket.file = old->file;
    socket.kept = false;
  }
  for (Socket& socket : sockets_) drop(socket);
  std::erase_if(next, [](const Socket& s) { return !s.fd; });
  sockets_ = std::move(next);
  ++changes_;
}

void Listeners::drop(Socket& socket) {
  if (!socket.fd) return;
  loop_.remove(socket.fd.get(), ae::Interest::all);
  socket.fd.reset();
  if (socket.kind == Kind::local) remove_file(socket);
}

Listeners::FileId Listeners::file_id(const std::string& path) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

void Listeners::remove_file(const Socket& socket) {
  if (file_id(socket.name) != socket.file) return;
  log_.notice("Removing the unix socket file.");
  if (::unlink(socket.name.c_str()) != 0) {
    log_.warning("Error removing the unix socket file: {}", std::strerror(errno));
  }
}

void Listeners::close() {
  for (Socket& socket : sockets_) drop(socket);
  sockets_.clear();
  if (rest_ != ae::TimerId::none) loop_.remove_timer(std::exchange(rest_, ae::TimerId::none));
  ++changes_;
}

void Listeners::close_in_child() { sockets_.clear(); }

Result<void> Listeners::watch(const Socket& socket) {
  return loop_.add(socket.fd.get(), ae::Interest::readable,
                   ae::FileHandler::to<&Listeners::on_acceptable>(*this));
}

void Listeners::watch_all() {
  for (const Socket& socket : sockets_) {
    if (const auto watched = watch(socket); !watched) {
      log_.warning("Listening on {} again: {}", socket.name, watched.error());
      continue;
    }
    set_priority(socket);
  }
}

void Listeners::set_priority(const Socket& socket) {
  const bool local = socket.kind == Kind::local;
  loop_.set_priority(socket.fd.get(), local ? config_.unix_priority : config_.tcp_priority);
}

void Listeners::unwatch_all() {
  for (const Socket& socket : sockets_) loop_.remove(socket.fd.get(), ae::Interest::all);
  ++changes_;
}

void Listeners::on_acceptable(int fd, ae::Interest /*ready*/) {
  const uint64_t changes = changes_;
  const ae::Priority priority = loop_.priority(fd);
  for (int i = 0; i < config_.accepts_per_turn && changes == changes_; ++i) {
    Address peer;
    FdOrError accepted = accept_from(fd, peer);
    if (accepted.ok()) {
      hand_over(accepted.take(), peer, priority);
    } else if (accepted.error_number() == EAGAIN) {
      return;
    } else if (connection_failed(accepted.error_number())) {
      log_.verbose("Accepting client connection: {}", accepted.error());
    } else {
      return rest(accepted.error());
    }
  }
}

void Listeners::hand_over(Fd fd, const Address& peer, ae::Priority priority) {
  mem::BlobPtr name = names_.of(fd.get());
  acceptor_.accepted({std::move(fd), peer, priority, std::move(name)});
}

// The listening sockets stay readable while there is no descriptor to accept with: watching them would spin.
void Listeners::rest(std::string_view reason) {
  ++refusals_;
  if (!last_complaint_ || loop_.now() - *last_complaint_ >= int64_t{kLogIntervalMs} * 1000) {
    last_complaint_ = loop_.now();
    log_.warning("Accepting client connection: {}", reason);
  }
  unwatch_all();
  rest_ = loop_.add_timer(kRestMs, ae::TimeHandler::to<&Listeners::on_rested>(*this));
}

int64_t Listeners::on_rested(ae::TimerId /*timer*/) {
  rest_ = ae::TimerId::none;
  if (accepting()) watch_all();
  return ae::kNoMore;
}

void Listeners::pause() {
  paused_ = true;
  unwatch_all();
}

void Listeners::resume() {
  paused_ = false;
  if (accepting()) watch_all();
}

bool Listeners::paused() const { return paused_; }

void Listeners::set_keep_alive(int interval_s) {
  config_.keep_alive_s = interval_s;
  for (const Socket& socket : sockets_) {
    if (socket.kind != Kind::tcp) continue;
    if (const auto set = net::set_keep_alive(socket.fd.get(), interval_s); !set) {
      log_.warning("Keep-alive on {}:{}: {}", socket.name, socket.port, set.error());
    }
  }
}

size_t Listeners::count() const { return sockets_.size(); }

size_t Listeners::tcp_count() const {
  return static_cast<size_t>(
      std::count_if(sockets_.begin(), sockets_.end(), [](const Socket& s) { return s.kind == Kind::tcp; }));
}

bool Listeners::has_unix() const { return tcp_count() != count(); }

uint64_t Listeners::refusals() const { return refusals_; }

}  // namespace redpoll::net
