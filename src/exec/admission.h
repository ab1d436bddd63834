// What a command needs in order to be run, and what is denied for now, as sets of the same bits.
//
// A command's needs are computed once from its row. What is denied stands in three places: in the Executor
// (what nobody may do now), in the Asker (what this client may not do now), and in the execution (what a
// script that only reads may not do). One AND of the two tells on the hot path that a command may run; if it
// does not, the Host finds out why, in Redis's order of checks, and what to answer.
#pragma once

#include <cstdint>

#include "exec/command.h"

namespace redpoll::exec {

using Needs = uint32_t;
namespace needs {
// That the client stays; that there is no CLIENT PAUSE for all; that the server stays. Every command needs
// them.
inline constexpr Needs kConnection = 1u << 0;
inline constexpr Needs kNoPause = 1u << 7;
inline constexpr Needs kNoShutdown = 1u << 8;
// To be known by a password: all but AUTH, HELLO, QUIT and RESET.
inline constexpr Needs kAuthentication = 1u << 1;
// To change the data set, or what replicas see.
inline constexpr Needs kWriting = 1u << 2;
// Memory that may be short.
inline constexpr Needs kMemory = 1u << 3;
// A client that asks: nobody else has a connection to talk about.
inline constexpr Needs kClient = 1u << 4;
// To run at once, also between MULTI and EXEC, where most commands are put in the queue.
inline constexpr Needs kRunAtOnce = 1u << 5;
// To come before MULTI. Who comes later is let through to say so, unless memory is short.
inline constexpr Needs kNoTransaction = 1u << 9;
// A subcommand that there is. Denied for ever: what needs it has none.
inline constexpr Needs kSubcommand = 1u << 6;
}  // namespace needs

constexpr Needs needs_of(const Command& command) {
  Needs all = needs::kConnection | needs::kNoPause | needs::kNoShutdown;
  if (!(command.traits & kNoAuth)) all |= needs::kAuthentication;
  if (command.traits & (kWrite | kMayReplicate)) all |= needs::kWriting;
  if (command.traits & kDenyOom) all |= needs::kMemory;
  if (command.run == nullptr) all |= needs::kSubcommand;
  if (command.run.needs_client()) all |= needs::kClient;
  if (!(command.traits & kSteersTransaction)) all |= needs::kRunAtOnce;
  if (command.traits & kBeforeTransaction) all |= needs::kNoTransaction;
  // EXEC needs what is in its queue: the Host looks.
  if (command.traits & kRunsTransaction) all |= needs::kWriting | needs::kMemory;
  return all;
}

}  // namespace redpoll::exec
