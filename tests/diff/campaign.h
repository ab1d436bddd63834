// Runs of many schedules, each made from a seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "diff/conversation.h"

namespace redpoll::diff {

struct CampaignOptions {
  std::string redpoll;  // binary
  std::string redis = "/usr/bin/redis-server";
  uint64_t seed = 1;                // of the first schedule; the others count up
  uint64_t commands = 10'000;       // stop after so many
  double minutes = 0;               // instead of `commands`, if not zero
  std::vector<std::string> groups;  // families; empty: all
  // Both may be the same server: deliberate differences need not show. With commands that this build does not
  // know yet.
  bool same = false;
};

// The schedule of a seed: one to four clients, each with a protocol and a database of its own to begin with.
Schedule schedule_of(uint64_t seed, const Grammar& grammar);

// Compares Redpoll with Redis. Stops at the first unexplained difference and prints its seed and the shortest
// schedule that still shows it. Returns what a program should exit with.
int compare_servers(const CampaignOptions& options);

// Prints the schedule of the seed.
void show_schedule(const CampaignOptions& options);

// Only Redpoll, with malformed bytes mixed in and CONFIG SET of random valid values: it has to go on, to
// answer well-formed replies, and to end with exit code 0 (sanitizers see to it that this means something).
int torment_server(const CampaignOptions& options);

}  // namespace redpoll::diff
