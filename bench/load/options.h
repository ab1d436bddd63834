// The command line of redpoll-load.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "bench/load/workload.h"

namespace redpoll::load {

inline constexpr const char* kUsage = R"(usage: redpoll-load MODE [OPTION]...

Modes
  list       names the workloads
  describe   tells what a workload sends and expects
  check      asks the server whether it has the commands; status 3 if not
  fill       sends what must be there before a run
  run        closed loop: batch after batch on each connection, as fast as the server answers
  rate       open loop: requests at a fixed rate; latency counts from when a request was due

Options
  --port N             of the server (needed by check, fill, run, rate); --host ADDRESS (127.0.0.1)
  --workload NAME      or, instead of one of the list:
  --request WORDS      a request, with {key} {seq} {scatter} {value} as in bench/load/script.h,
  --reply SHAPE        and what answers it, as in bench/load/shape.h
  --keys N             size of the key space (1000000); fill: up to which number {seq} counts
  --from N             fill: from which number {seq} counts (0)
  --value BYTES        size of a value (64)
  --connections N      (50)
  --pipeline N         requests in a batch (1)
  --requests N         run: ends after so many,
  --seconds S          or after so much time (1)
  --warmup S           run: so much time before the measurement begins (0.1)
  --rate N             rate: requests per second
  --pid PID            of the server: its CPU time is measured
  --seed N             of the random numbers (1)
  --bare               the server is none: ask it nothing, fill nothing

The result is one line of JSON on standard output. Status 0: all replies were right. 1: some were errors, or the run
failed. 2: the command line is wrong. 3: the server lacks a command, and nothing was measured.
)";

enum class Mode { list, describe, check, fill, run, rate };

struct Options {
  Mode mode = Mode::list;
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  Workload workload;
  uint64_t keys = 1'000'000;
  uint64_t from = 0;
  size_t value_bytes = 64;
  size_t connections = 50;
  size_t pipeline = 1;
  uint64_t requests = 0;  // 0: as many as `seconds` allow
  double seconds = 1;
  double warmup = 0.1;
  double rate = 0;
  pid_t pid = 0;  // 0: not known
  uint64_t seed = 1;
  bool bare = false;

  static Result<Options> parse(int argc, char** argv);
};

}  // namespace redpoll::load
