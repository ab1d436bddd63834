#include "support/admin_fixture.h"

#include "admin/tables.h"
#include "base/assert.h"
#include "base/numbers.h"

namespace redpoll::testing {

Result<void> FakeHost::apply(config::Apply what, const config::Settings&, const config::Settings&) {
  if (!refusal.empty()) return failure("{}", std::exchange(refusal, {}));
  applied.push_back(what);
  return {};
}

Result<void> FakeHost::shut_down(const admin::ShutdownRequest& request) {
  if (!refusal.empty()) return failure("{}", std::exchange(refusal, {}));
  shutdowns.push_back(request);
  return {};
}

// A million ticks a second: a tick is a microsecond.
AdminFixture::AdminFixture(config::Settings settings, exec::Host* executor_host)
    : base(std::move(settings), {&context, executor_host}),
      listeners(*base.loop, *this, base.log),
      process{std::string(40, 'a'), "/usr/bin/redpoll-server", base.loop->now(), base.loop->unix_now(),
              TickRate(1e6)},
      admin{host, commands, slowlog, latency, expiry, *base.loop, listeners, process} {
  for (const admin::Table table : admin::all_tables()) commands.add(table);
  commands.seal();
}

AdminFixture::~AdminFixture() = default;

std::string AdminFixture::run(const Words& words) {
  session::Client& who = base.me;
  base.keyspace.terms().now = base.now;
  const std::vector<resp::Arg> args(words.begin(), words.end());
  {
    session::ClientReply out(base.outbox, who);
    exec::Call call(base.executor, out, &who);
    const exec::Verdict verdict = base.executor.run(call, commands.resolve(args), args);
    CHECK(verdict == exec::Verdict::finished || verdict == exec::Verdict::dropped, "{} waits", words[0]);
  }
  std::string raw = who.replies.copy();
  who.replies.clear();
  return raw;
}

std::string AdminFixture::text(const Words& words) {
  const std::string raw = run(words);
  const size_t line_end = raw.find("\r\n");
  CHECK(!raw.empty() && (raw[0] == '$' || raw[0] == '='), "{} answered {}", words[0], raw);
  const auto size = parse_uint64(raw.substr(1, line_end - 1));
  CHECK(size && raw.size() == line_end + 2 + *size + 2, "{} answered {}", words[0], raw);
  const size_t format = raw[0] == '=' ? 4 : 0;  // "txt:"
  return raw.substr(line_end + 2 + format, *size - format);
}

std::string AdminFixture::info(std::string_view section, std::string_view name) {
  const std::string all = text({"info", std::string(section)});
  const std::string wanted = "\r\n" + std::string(name) + ":";
  const size_t at = all.find(wanted);
  if (at == std::string::npos) return "(none)";
  const size_t begin = at + wanted.size();
  return all.substr(begin, all.find("\r\n", begin) - begin);
}

}  // namespace redpoll::testing
