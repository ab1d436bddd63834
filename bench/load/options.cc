#include "bench/load/options.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/numbers.h"

namespace redpoll::load {

namespace {

constexpr std::array<std::pair<std::string_view, Mode>, 6> kModes{{
    {"list", Mode::list},
    {"describe", Mode::describe},
    {"check", Mode::check},
    {"fill", Mode::fill},
    {"run", Mode::run},
    {"rate", Mode::rate},
}};

template <class T>
bool read_integer(std::string_view text, uint64_t lowest, uint64_t highest, T& to) {
  const std::optional<uint64_t> n = parse_uint64(text);
  if (!n || *n < lowest || *n > highest) return false;
  to = static_cast<T>(*n);
  return true;
}

bool read_positive(std::string_view text, double& to) {
  const std::optional<double> x = parse_double(text);
  if (!x || *x < 0 || *x > 1e9) return false;
  to = *x;
  return true;
}

bool read_workload(std::string_view name, Workload& to) {
  const Workload* found = find_workload(name);
  if (found) to = *found;
  return found != nullptr;
}

bool read_custom(std::string_view text, std::string Step::*part, Workload& to) {
  if (to.steps.empty()) to = {.name = "custom", .steps = {{"", "any"}}};
  to.steps[0].*part = text;
  return true;
}

// Whether `name` is an option and `value` one for it.
bool read_option(std::string_view name, std::string_view value, Options& o) {
  if (name == "--host") return !(o.host = value).empty();
  if (name == "--port") return read_integer(value, 1, UINT16_MAX, o.port);
  if (name == "--workload") return read_workload(value, o.workload);
  if (name == "--request") return read_custom(value, &Step::request, o.workload);
  if (name == "--reply") return read_custom(value, &Step::reply, o.workload);
  if (name == "--keys") return read_integer(value, 1, 1'000'000'000'000, o.keys);
  if (name == "--from") return read_integer(value, 0, 1'000'000'000'000, o.from);
  if (name == "--value") return read_integer(value, 1, 512u << 20, o.value_bytes);
  if (name == "--connections") return read_integer(value, 1, 1'000'000, o.connections);
  if (name == "--pipeline") return read_integer(value, 1, 100'000, o.pipeline);
  if (name == "--requests") return read_integer(value, 1, UINT64_MAX, o.requests);
  if (name == "--pid") return read_integer(value, 1, INT32_MAX, o.pid);
  if (name == "--seed") return read_integer(value, 0, UINT64_MAX, o.seed);
  if (name == "--seconds") return read_positive(value, o.seconds);
  if (name == "--warmup") return read_positive(value, o.warmup);
  if (name == "--rate") return read_positive(value, o.rate);
  return false;
}

Result<void> check(const Options& o) {
  if (o.mode == Mode::list) return {};
  if (o.workload.steps.empty() || o.workload.steps[0].request.empty()) {
    return failure("--workload or --request is missing");
  }
  if (o.mode == Mode::describe) return {};
  if (o.port == 0) return failure("--port is missing");
  if (o.mode == Mode::rate && o.rate <= 0) return failure("--rate is missing");
  if (o.mode == Mode::fill && o.from >= o.keys) return failure("--from is not below --keys");
  return {};
}

}  // namespace

Result<Options> Options::parse(int argc, char** argv) {
  Options options;
  const std::string_view word = argc > 1 ? argv[1] : "";
  const auto* mode = kModes.begin();
  while (mode != kModes.end() && mode->first != word) ++mode;
  if (mode == kModes.end()) return failure("no such mode: '{}'", word);
  options.mode = mode->second;
  for (int i = 2; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--bare") {
      options.bare = true;
    } else if (i + 1 == argc || !read_option(name, argv[++i], options)) {
      return failure("wrong or without a value: {} {}", name, i < argc ? argv[i] : "");
    }
  }
  if (Result<void> done = check(options); !done.ok()) return failure("{}", done.error());
  return options;
}

}  // namespace redpoll::load
