// What a load scenario is, and the list of all of them (scenarios.cc). A scenario throws something at a
// server that was started for it; what has to hold afterwards is the same for all and checked by Trial.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redpoll::load {

using std::chrono::milliseconds;

class Trial;

// How much is thrown.
struct Plan {
  milliseconds time{1000};  // how long goes on what could go on for ever
  double scale = 1;         // part of the full volume of everything else
  // Wait until the allocator gives memory back by itself, which takes it ten seconds; otherwise MEMORY PURGE
  // tells it to.
  bool patient = true;

  // Part of a full volume, but not less than `least`.
  size_t count(size_t full, size_t least = 1) const {
    return std::max(least, static_cast<size_t>(static_cast<double>(full) * scale));
  }
};

// What a machine has only once: scenarios that need the same do not run side by side.
enum class Needs : unsigned char { nothing, descriptors, memory };

struct Scenario {
  std::string_view name;
  std::string_view about;  // what is thrown, for --list
  std::vector<std::string> server_args = {};
  // How long a bystander may wait for a reply, beyond the time in which it or the server waited for a core.
  milliseconds latency_bound{500};
  Needs needs = Needs::nothing;
  // What the server may use, in bytes; 0: as much as there is. Not under sanitizers, which need far more.
  size_t address_space = 0;
  void (*run)(Trial&);
};

std::span<const Scenario> scenarios();

// The scenarios, by the file they are in.
void connection_storm(Trial&);
void malformed_flood(Trial&);

void idle_connections(Trial&);
void half_open_clients(Trial&);
void vanished_peers(Trial&);
void maxclients_reached(Trial&);
void descriptors_exhausted(Trial&);

void slow_readers(Trial&);
void unread_replies(Trial&);
void one_byte_writers(Trial&);

void clients_killed(Trial&);
void clients_stopped(Trial&);
void server_stopped(Trial&);

void pipelines(Trial&);
void values_of_64_mb(Trial&);
void values_of_512_mb(Trial&);
void requests_too_big(Trial&);

void expiry_storm(Trial&);
void mass_deletion(Trial&);

void hostile_clients(Trial&);

void log_unwritable(Trial&);
void log_disk_full(Trial&);

}  // namespace redpoll::load
