// A client's read buffer in miniature: hands bytes to a RequestParser in any pieces, moves the kept bytes to
// a fresh allocation each time (so that a stale view is found by the sanitizer), and runs what was parsed.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "resp/request_parser.h"

namespace redpoll::resp {

using Words = std::vector<std::string>;

class Feed {
 public:
  enum class Into { buffer, bulk_space };  // where the bytes of a big bulk are read to

  explicit Feed(RequestLimits limits = {}, Into into = Into::buffer) : limits_(limits), into_(into) {}

  // False after a protocol error.
  bool give(std::string_view bytes) {
    while (!bytes.empty() || retry_) {
      const auto space = into_ == Into::bulk_space ? parser.bulk_space() : std::span<char>();
      if (!space.empty()) {
        const size_t n = bytes.copy(space.data(), space.size());
        parser.bulk_received(n);
        bytes.remove_prefix(n);
        retry_ = parser.bulk_space().empty();
        if (!retry_) continue;
      }
      const std::string_view now = space.empty() ? bytes : std::string_view();
      if (!parse(now)) return false;
      bytes.remove_prefix(now.size());
    }
    return true;
  }

  RequestParser parser;
  std::vector<Words> requests;
  std::function<void(RequestParser&, std::span<const Arg>)> on_request;

  size_t buffered() const { return size_; }

 private:
  bool parse(std::string_view more) {
    retry_ = false;
    auto buffer = std::make_unique<char[]>(size_ + more.size());
    std::string_view(bytes_.get(), size_).copy(buffer.get(), size_);
    more.copy(buffer.get() + size_, more.size());
    bytes_ = std::move(buffer);
    const std::string_view input(bytes_.get(), size_ + more.size());
    size_t pos = 0;
    for (;;) {
      const size_t first = args_.size();
      const ParseStatus status = parser.next(input, pos, args_, limits_);
      if (status != ParseStatus::request) {
        run();
        if (status == ParseStatus::error) return false;
        break;
      }
      batch_.push_back({first, args_.size() - first});
      if (parser.owns_args()) run();
    }
    const size_t kept = parser.keep(input.size() - pos);
    buffer = std::make_unique<char[]>(kept);
    input.substr(pos, kept).copy(buffer.get(), kept);
    bytes_ = std::move(buffer);
    size_ = kept;
    return true;
  }

  void run() {
    for (const auto& [first, count] : batch_) {
      const auto args = args_.span(first, count);
      requests.emplace_back();
      for (Arg arg : args) requests.back().emplace_back(arg.view());
      if (on_request) on_request(parser, args);
    }
    parser.release();
    batch_.clear();
    args_.clear();
  }

  RequestLimits limits_;
  Into into_;
  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  bool retry_ = false;  // a bulk was completed, though no bytes are left to give
  ArgList args_;
  std::vector<std::pair<size_t, size_t>> batch_;
};

inline std::string encode(const Words& words) {
  std::string out = "*" + std::to_string(words.size()) + "\r\n";
  for (const auto& word : words) out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  return out;
}

}  // namespace redpoll::resp
