// Requests encoded once and sent many times: only their numbers are written anew before each sending.
//
// A request is written as a line of words, in which
//   {key}      is a number from the key source, {seq} a number that counts up from request to request,
//   {scatter}
//              that number times a constant, modulo 2^32: each different, in no order
//   {key:9}    has that many decimal digits (the last ones; 12 if it does not say, 10 for {scatter})
//   {value}    is a value of the size asked for
// A reply is written as in shape.h, with {value} for that size. All requests of a line have the same length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bench/load/key_source.h"
#include "bench/load/shape.h"

namespace redpoll::load {

// A kind of request and how often it comes, in relation to the other steps of a workload.
struct Step {
  std::string request;
  std::string reply;
  unsigned weight = 1;
};

struct ScriptOptions {
  size_t value_bytes = 64;
  size_t pipeline = 1;
  uint64_t keys = 1;
  Distribution distribution = Distribution::uniform;
  uint64_t first_seq = 0;
  uint64_t seed = 1;
  bool in_order =
      false;  // steps come as they stand, not at random; the pipeline is a multiple of their number
};

class Script {
 public:
  // With several steps, their order is drawn at random, in proportion to their weights, and repeats itself;
  // unless they are to come in order.
  static Result<Script> compile(std::span<const Step> steps, const ScriptOptions& options);

  // How many requests there are: a multiple of the pipeline. Request `i` follows request `i - 1`, and the
  // first follows the last.
  size_t size() const { return requests_.size(); }
  const Shape& reply(size_t i) const { return shapes_[requests_[i].shape]; }
  // The bytes of `count` requests from `first` on, with new numbers. Valid until the next call.
  // REQUIRES: first + count <= size().
  std::string_view number(size_t first, size_t count);
  // The length of a request and its reply, if each has the same.
  size_t request_bytes() const { return requests_[0].end; }

 private:
  enum class Number : uint8_t { key, seq, scatter };
  struct Slot {
    size_t at;
    Number number;
    uint8_t digits;
  };
  struct Request {
    size_t end;        // in bytes_
    size_t slots_end;  // in slots_
    size_t shape;      // in shapes_
  };
  struct Encoded {
    std::string bytes;
    std::vector<Slot> slots;
  };

  explicit Script(const ScriptOptions& options)
      : keys_(options.distribution, options.keys, options.seed), seq_(options.first_seq) {}
  static Result<Encoded> encode(const std::string& line, size_t value_bytes);
  static Result<void> expand(std::string_view word, size_t value_bytes, Encoded& to);
  void append(const Encoded& encoded, size_t shape);

  std::string bytes_;
  std::vector<Slot> slots_;
  std::vector<Request> requests_;
  std::vector<Shape> shapes_;
  KeySource keys_;
  uint64_t seq_;
};

}  // namespace redpoll::load
