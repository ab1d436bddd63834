#include "load/trial.h"

#include <cstdlib>
#include <exception>

#include "load/log_lines.h"
#include "load/process_state.h"

namespace redpoll::load {

namespace {

using testing::sanitized;

constexpr size_t kUsedMemoryBound = 4 * kMiB;
constexpr size_t kResidentBound = 32 * kMiB;
constexpr milliseconds kMemoryDeadline{25'000};
// A fresh client is served "at once" within this; the machine may be busy with what the scenario leaves
// behind.
constexpr milliseconds kAtOnce{1000};
// Sanitizers make everything slower by about this.
constexpr int kSanitizerFactor = 10;

double mib(size_t bytes) { return static_cast<double>(bytes) / kMiB; }

// The value behind `name:` in a reply to INFO as RawClient shows it, with "\r\n" escaped; empty if it is not
// there.
std::string info_field(const std::string& info, std::string_view name) {
  const std::string label = "\\n" + std::string(name) + ":";
  const size_t at = info.find(label);
  if (at == std::string::npos) return {};
  const size_t begin = at + label.size();
  return info.substr(begin, info.find("\\r", begin) - begin);
}

size_t number(const std::string& text) { return std::strtoull(text.c_str(), nullptr, 10); }

ServerProcess::Options server_options(const Scenario& scenario) {
  // Redis takes only 127.0.0.1 for itself, and the clients of a storm come from 127.0.0.2 as well.
  std::vector<std::string> args = {"--save", "", "--protected-mode", "no"};
  args.insert(args.end(), scenario.server_args.begin(), scenario.server_args.end());
  return {.args = std::move(args), .address_space = sanitized() ? 0 : scenario.address_space};
}

}  // namespace

Trial::Trial(const Scenario& scenario, const Plan& how)
    : plan(how), latency_bound_(scenario.latency_bound * (sanitized() ? kSanitizerFactor : 1)) {
  report_.scenario = scenario.name;
  server_ = std::make_unique<ServerProcess>(server_options(scenario));
  control_ = std::make_unique<RawClient>(port());
  log_ = [this] { return server_->log(); };
  // The connection that asked whether the server is up may still be counted.
  expect(wait_until([this] { return connected_clients() == 1; }),
         "the server counts clients that are not there");
  report_.before = look();
  bystander_ = std::make_unique<Bystander>(port(), server_->pid());
  expect(wait_until([this] { return connected_clients() == 2; }), "the bystander was not let in");
  end_ = std::chrono::steady_clock::now() + plan.time;
}

uint64_t Trial::info(std::string_view field) { return number(info_field(control_->call({"INFO"}), field)); }

Vitals Trial::look() {
  const std::string info = control_->call({"INFO"});
  return {.used_memory = number(info_field(info, "used_memory")),
          .resident = server_->resident_bytes(),
          .descriptors = open_descriptors(server_->pid()),
          .clients = number(info_field(info, "connected_clients")),
          .run_id = info_field(info, "run_id")};
}

void Trial::expect_accepted(size_t before, size_t more) {
  expect(wait_until([&] { return info("total_connections_received") >= before + more; }),
         "the server has not accepted {} connections", more);
}

void Trial::expect_clients_gone() {
  const size_t wanted = report_.before.clients + 1;  // and the bystander
  expect(wait_until([&] { return connected_clients() == wanted; }),
         "{} clients are still connected, where {} were before", connected_clients(), wanted);
}

Report Trial::run(const Scenario& scenario, const Plan& plan) {
  const auto begin = std::chrono::steady_clock::now();
  Report report{.scenario = std::string(scenario.name)};
  try {
    Trial trial(scenario, plan);
    trial.check([&] { scenario.run(trial); });
    if (trial.report_.skipped.empty()) trial.check_afterwards();
    report = trial.report_;
  } catch (const std::exception& failure) { report.failures.emplace_back(failure.what()); }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

void Trial::check(const std::function<void()>& what) {
  try {
    what();
  } catch (const Skipped& why) { report_.skipped = why.what(); } catch (const std::exception& failure) {
    report_.failures.emplace_back(failure.what());
  }
}

void Trial::check_afterwards() {
  report_.latency = bystander_->stop();
  // A process that is killed loses its connections a moment before it is gone.
  const bool disturbed = !report_.failures.empty() || !report_.latency.error.empty();
  if (const auto exit = server_->exit_within(milliseconds(disturbed ? 1000 : 0))) {
    report_.failures.push_back(
        fmt::format("the server ended: exit code {}, signal {}; its log ends with: {}", exit->code,
                    exit->signal, log_().substr(log_().size() - std::min<size_t>(log_().size(), 400))));
    return;
  }
  check([this] { check_latency(); });
  check([this] { check_fresh_client(); });
  check([this] { check_memory(); });
  check([this] { check_log(); });
}

void Trial::check_latency() {
  const Latency& latency = report_.latency;
  expect(latency.error.empty(), "the bystander was disturbed: {}", latency.error);
  expect(latency.samples > 0, "the bystander was never served");
  expect(latency.worst_served_ms <= static_cast<double>(latency_bound_.count()),
         "the bystander waited {:.0f} ms for a reply, where {} ms are allowed", latency.worst_served_ms,
         latency_bound_.count());
}

void Trial::check_fresh_client() {
  const auto begin = std::chrono::steady_clock::now();
  RawClient fresh(port());
  expect(fresh.run("PING") == "+PONG" && fresh.run("SET fresh yes") == "+OK" &&
             fresh.run("GET fresh") == "\"yes\"",
         "a fresh client is not served as it should be");
  const auto took = std::chrono::steady_clock::now() - begin;
  expect(took <= kAtOnce * (sanitized() ? kSanitizerFactor : 1), "a fresh client was served only after {} ms",
         std::chrono::duration_cast<milliseconds>(took).count());
}

void Trial::check_memory() {
  const Vitals& before = report_.before;
  report_.peak_resident = peak_resident_bytes(server_->pid());
  expect(control_->run("FLUSHALL SYNC") == "+OK", "FLUSHALL failed");
  const auto back = [&] {
    if (!plan.patient) control_->run("MEMORY PURGE");
    report_.after = look();
    const Vitals& now = report_.after;
    const bool memory_back = sanitized() || (now.used_memory <= before.used_memory + kUsedMemoryBound &&
                                             now.resident <= before.resident + kResidentBound);
    return now.clients == before.clients && now.descriptors == before.descriptors && memory_back;
  };
  const bool all_back = wait_until(back, kMemoryDeadline);
  const Vitals& now = report_.after;
  expect(now.run_id == before.run_id, "the server is another one than before: it was restarted");
  expect(now.clients == before.clients, "{} clients are connected, {} were before", now.clients,
         before.clients);
  expect(now.descriptors == before.descriptors, "{} descriptors are open, {} were before", now.descriptors,
         before.descriptors);
  expect(all_back,
         "memory is not back: used_memory {:.1f} MiB (before: {:.1f}), resident {:.1f} MiB (before: {:.1f})",
         mib(now.used_memory), mib(before.used_memory), mib(now.resident), mib(before.resident));
  if (sanitized() || peak_bound_ == SIZE_MAX) return;
  const size_t grown = report_.peak_resident - before.resident;
  expect(grown <= peak_bound_, "the server grew by {:.0f} MiB, where {:.0f} are allowed", mib(grown),
         mib(peak_bound_));
}

void Trial::check_log() {
  const std::string log = log_();
  const std::string cry = cry_for_help(log);
  expect(cry.empty(), "the log has: {}", cry);
  for (const auto& [text, lines] : expected_log_) {
    expect(lines_with(log, text) >= lines, "the log has {} lines with \"{}\", and should have {}",
           lines_with(log, text), text, lines);
  }
  const Repetition most = most_repeated(log);
  expect(most.times <= same_log_lines_, "the log repeats {} times: {}", most.times, most.line);
}

}  // namespace redpoll::load
