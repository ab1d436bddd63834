// Clients in a process of their own, which can be killed and stopped. The program starts itself again for
// them.
#pragma once

#include <cstdint>
#include <string_view>

#include "support/process.h"

namespace redpoll::load {

// What all of its clients do:
//   half-request   send the first half of a SET of 1 MB
//   half-reply     ask for many MB (of key "big"), and read the first bytes
//   traffic        ask for "big" again and again and check it, until SIGTERM; exit code 0 if all was right
class Victim {
 public:
  static constexpr size_t kClients = 20;

  // Starts it and waits until it is in the middle of what it does.
  Victim(std::string_view kind, uint16_t port);

  // Stops or continues the process, and waits until it is so.
  void stop();
  void go_on();
  void kill();
  // Ends it by SIGTERM. Throws if it was served wrong.
  void finish();

 private:
  testing::Child child_;
};

// The main function of such a process; returns its exit code.
int run_victim(std::string_view kind, uint16_t port);

}  // namespace redpoll::load
