#include "bench/load/script.h"

#include <fmt/format.h>

#include <cstring>
#include <numeric>
#include <optional>

#include "base/numbers.h"
#include "base/rng.h"

namespace redpoll::load {

namespace {

// How many requests of several kinds are drawn before their order repeats itself.
constexpr size_t kMixed = 1024;
// Knuth's multiplier for 32 bits: coprime to 2^32, so that no number comes twice.
constexpr uint64_t kScatter = 2'654'435'761;
constexpr std::string_view kValue = "{value}";

void write_digits(char* to, size_t digits, uint64_t number) {
  char* at = to + digits;
  for (; at - to >= 2; number /= 100) {
    at -= 2;
    std::memcpy(at, &detail::kDigitPairs[2 * (number % 100)], 2);
  }
  if (at != to) *to = static_cast<char>('0' + number % 10);
}

std::string replace_value(std::string text, size_t value_bytes) {
  const size_t at = text.find(kValue);
  return at == std::string::npos ? text : text.replace(at, kValue.size(), std::to_string(value_bytes));
}

}  // namespace

Result<void> Script::expand(std::string_view word, size_t value_bytes, Encoded& to) {
  while (!word.empty()) {
    const size_t open = word.find('{'), close = word.find('}', open);
    to.bytes += word.substr(0, open);
    if (open == std::string_view::npos) return {};
    if (close == std::string_view::npos) return failure("no closing brace in {}", word);
    const std::string_view field = word.substr(open, close - open + 1);
    const std::string_view inside = field.substr(1, field.size() - 2);
    const std::string_view name = inside.substr(0, inside.find(':'));
    word.remove_prefix(close + 1);
    if (field == kValue) {
      to.bytes.append(value_bytes, 'v');
      continue;
    }
    std::optional<Number> number;
    if (name == "key") number = Number::key;
    if (name == "seq") number = Number::seq;
    if (name == "scatter") number = Number::scatter;
    std::optional<uint64_t> digits = number == Number::scatter ? 10 : 12;
    if (name.size() < inside.size()) digits = parse_uint64(inside.substr(name.size() + 1));
    if (!number || !digits || *digits < 1 || *digits > kInt64Chars) return failure("unknown: {}", field);
    to.slots.push_back({to.bytes.size(), *number, static_cast<uint8_t>(*digits)});
    to.bytes.append(*digits, '0');
  }
  return {};
}

Result<Script::Encoded> Script::encode(const std::string& line, size_t value_bytes) {
  std::vector<Encoded> words;
  for (size_t at = 0; at < line.size();) {
    const size_t end = std::min(line.find(' ', at), line.size());
    if (end > at) {
      const std::string_view word = std::string_view(line).substr(at, end - at);
      if (Result<void> done = expand(word, value_bytes, words.emplace_back()); !done.ok()) {
        return failure("{}", done.error());
      }
    }
    at = end + 1;
  }
  if (words.empty()) return failure("a request without words");
  Encoded request;
  request.bytes = fmt::format("*{}\r\n", words.size());
  for (const Encoded& word : words) {
    request.bytes += fmt::format("${}\r\n", word.bytes.size());
    for (Slot slot : word.slots) {
      slot.at += request.bytes.size();
      request.slots.push_back(slot);
    }
    request.bytes += word.bytes + "\r\n";
  }
  return request;
}

void Script::append(const Encoded& encoded, size_t shape) {
  for (Slot slot : encoded.slots) {
    slot.at += bytes_.size();
    slots_.push_back(slot);
  }
  bytes_ += encoded.bytes;
  requests_.push_back({bytes_.size(), slots_.size(), shape});
}

Result<Script> Script::compile(std::span<const Step> steps, const ScriptOptions& options) {
  Script script(options);
  std::vector<Encoded> encoded;
  std::vector<size_t> tickets;  // each step as often as its weight
  for (const Step& step : steps) {
    Result<Encoded> request = encode(step.request, options.value_bytes);
    if (!request.ok()) return failure("{}: {}", step.request, request.error());
    Result<Shape> shape = Shape::parse(replace_value(step.reply, options.value_bytes));
    if (!shape.ok()) return failure("{}: {}", step.request, shape.error());
    tickets.insert(tickets.end(), step.weight, encoded.size());
    encoded.push_back(std::move(*request));
    script.shapes_.push_back(std::move(*shape));
  }
  if (tickets.empty()) return failure("a workload without requests");
  if (options.in_order && options.pipeline % steps.size() != 0) {
    return failure("the pipeline of this workload is a multiple of {}", steps.size());
  }
  const size_t batches = steps.size() == 1 ? 1 : (kMixed + options.pipeline - 1) / options.pipeline;
  Rng rng(options.seed);
  for (size_t i = 0; i < batches * options.pipeline; ++i) {
    const size_t step = options.in_order ? i % steps.size() : tickets[rng.below(tickets.size())];
    script.append(encoded[step], step);
  }
  return script;
}

std::string_view Script::number(size_t first, size_t count) {
  const size_t begin = first == 0 ? 0 : requests_[first - 1].end;
  size_t slot = first == 0 ? 0 : requests_[first - 1].slots_end;
  for (size_t i = first; i < first + count; ++i) {
    const uint64_t seq = seq_++;
    for (; slot < requests_[i].slots_end; ++slot) {
      const Slot& s = slots_[slot];
      const uint64_t number = s.number == Number::key   ? keys_.next()
                              : s.number == Number::seq ? seq
                                                        : seq * kScatter % (uint64_t{1} << 32);
      write_digits(&bytes_[s.at], s.digits, number);
    }
  }
  return std::string_view(bytes_).substr(begin, requests_[first + count - 1].end - begin);
}

}  // namespace redpoll::load
