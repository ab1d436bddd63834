// What a client has said between MULTI and EXEC: a queue of requests, whose bytes lie in one buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/units.h"
#include "exec/admission.h"
#include "exec/command_table.h"
#include "resp/arg.h"

namespace redpoll::session {

class Transaction {
 public:
  // Adds a copy of a request. O(bytes), amortised.
  void queue(exec::CommandEntry& entry, std::span<const resp::Arg> args);
  // A request was refused: EXEC will not run the others.
  void fail() { failed_ = true; }
  bool failed() const { return failed_; }

  size_t size() const { return requests_.size(); }
  // What the commands of the queue need, together.
  exec::Needs needs() const { return needs_; }
  // Calls run(entry, args) for each request, in order.
  template <class Run>
  void each(Run&& run) const {
    std::vector<resp::Arg> args;
    for (const Request& request : requests_) {
      args.clear();
      for (size_t i = 0; i < request.args; ++i) {
        const Word word = words_[request.first_word + i];
        args.emplace_back(bytes_.data() + word.begin, word.size);
      }
      run(*request.entry, std::span<const resp::Arg>(args));
    }
  }

  // Of the requests, as client-query-buffer-limit counts them.
  Bytes argument_bytes() const { return bytes_.size() + words_.size() * sizeof(Word); }
  Bytes memory_bytes() const;

 private:
  struct Word {
    size_t begin;
    size_t size;
  };
  struct Request {
    exec::CommandEntry* entry;
    size_t first_word;
    size_t args;
  };

  std::string bytes_;
  std::vector<Word> words_;
  std::vector<Request> requests_;
  exec::Needs needs_ = 0;
  bool failed_ = false;
};

}  // namespace redpoll::session
