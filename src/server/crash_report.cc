#include "server/crash_report.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>

#include "admin/info.h"
#include "base/assert.h"
#include "base/text.h"
#include "build_info.h"
#include "mem/zmalloc.h"
#include "server/stack_trace.h"
#include "session/client_info.h"
#include "session/redaction.h"

namespace redpoll::server {

static constexpr std::array kSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
static constexpr size_t kMaxArgs = 32;
static constexpr size_t kMaxArgBytes = 128;
// What is set matters most when it is asked why: those that redis-server marks for its report.
static constexpr std::string_view kTellingDirectives[] = {"activedefrag",
                                                          "client-query-buffer-limit",
                                                          "io-threads",
                                                          "io-threads-do-reads",
                                                          "lazyfree-lazy-eviction",
                                                          "lazyfree-lazy-expire",
                                                          "lazyfree-lazy-server-del",
                                                          "lazyfree-lazy-user-del",
                                                          "lazyfree-lazy-user-flush",
                                                          "list-compress-depth",
                                                          "proto-max-bulk-len",
                                                          "replica-read-only",
                                                          "repl-diskless-load",
                                                          "repl-diskless-sync",
                                                          "sanitize-dump-payload"};
// How long the part of the report that allocates may take.
static constexpr unsigned kPatienceSeconds = 5;

namespace {

// A signal handler gets no context of ours: this is where it finds the server. Set while a CrashReport lives.
struct Crashed {
  Server* server;
  Logger* log;
};
Crashed g_crashed{};
std::atomic<bool> g_reporting{false};
std::atomic<int> g_dying_of{SIGABRT};

}  // namespace

static void write(std::string_view text) { g_crashed.log->write_signal_safe(text); }

template <class... T>
static void print(fmt::format_string<T...> format, T&&... values) {
  // A stack buffer: the heap may be what is broken.
  std::array<char, 1024> line;
  const auto end = fmt::format_to_n(line.data(), line.size(), format, std::forward<T>(values)...);
  write({line.data(), std::min(end.size, line.size())});
}

static void print_registers([[maybe_unused]] const ucontext_t& context) {
#if defined(__x86_64__)
  write("\n------ REGISTERS ------\n");
  const auto& r = context.uc_mcontext.gregs;
  print("RAX:{:016x} RBX:{:016x}\nRCX:{:016x} RDX:{:016x}\n", r[REG_RAX], r[REG_RBX], r[REG_RCX], r[REG_RDX]);
  print("RDI:{:016x} RSI:{:016x}\nRBP:{:016x} RSP:{:016x}\n", r[REG_RDI], r[REG_RSI], r[REG_RBP], r[REG_RSP]);
  print("R8 :{:016x} R9 :{:016x}\nR10:{:016x} R11:{:016x}\n", r[REG_R8], r[REG_R9], r[REG_R10], r[REG_R11]);
  print("R12:{:016x} R13:{:016x}\nR14:{:016x} R15:{:016x}\n", r[REG_R12], r[REG_R13], r[REG_R14], r[REG_R15]);
  print("RIP:{:016x} EFL:{:016x}\n", r[REG_RIP], r[REG_EFL]);
#endif
}

static void* instruction_of([[maybe_unused]] const ucontext_t& context) {
#if defined(__x86_64__)
  return reinterpret_cast<void*>(context.uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return reinterpret_cast<void*>(context.uc_mcontext.pc);
#else
  return nullptr;
#endif
}

static void print_command(const exec::Call* running, bool hide_user_data) {
  if (running == nullptr) return;
  write("\n------ CURRENT CLIENT INFO ------\n");
  if (const auto* client = static_cast<const session::Client*>(running->asker())) {
    write(session::describe(*client, g_crashed.server->loop().now()));
    write("\n");
  }
  print("command: {}\n", running->name());
  const auto args = session::redact(running->entry(), running->args);
  for (size_t i = 0; i < std::min(args.size(), kMaxArgs); ++i) {
    const std::string_view arg = hide_user_data && i > 0 ? "*redacted*" : args[i].view();
    print("argv[{}]: {}\n", i, quoted(arg.substr(0, kMaxArgBytes)));
  }
}

// Restores what the signal would have done without us, and lets it happen.
static void die_of(int signo) {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  sigaction(signo, &action, nullptr);
  raise(signo);
}

static void on_stuck(int) {
  write("\n(the report could not be finished)\n");
  die_of(g_dying_of.load());
}

// The thread may have crashed with the allocator's lock in its hand, and wait for itself for ever.
static void limit_time(int dying_of) {
  g_dying_of = dying_of;
  struct sigaction action {};
  action.sa_handler = on_stuck;
  sigaction(SIGALRM, &action, nullptr);
  alarm(kPatienceSeconds);
}

// What needs the heap, and comes last: if it is broken, all that can be told without it has been told.
static void print_server(Server& server, int dying_of) {
  limit_time(dying_of);
  print_command(server.executor().running(), server.config().settings().hide_user_data_from_log);
  write("\n------ INFO OUTPUT ------\n");
  write(admin::info_text(server.admin(), server.session(), server.keyspace(), {"everything"}));
  write("\n------ CLIENT LIST OUTPUT ------\n");
  server.session().clients.each([&](session::Client& client) {
    write(session::describe(client, server.loop().now()));
    write("\n");
  });
  write("\n------ MODULES INFO OUTPUT ------\n");  // there are none
  write("\n------ CONFIG DEBUG OUTPUT ------\n");
  for (const std::string_view name : kTellingDirectives) print("{} {}\n", name, server.config().get(name));
}

static void begin_report() {
  print("\n\n=== REDPOLL BUG REPORT START: Cut & paste starting from here ===\n");
}

static void end_report() {
  write("\n=== REDPOLL BUG REPORT END. Make sure to include from START to END. ===\n");
}

static void on_fatal_signal(int signo, siginfo_t* info, void* context) {
  if (!g_reporting.exchange(true)) {
    begin_report();
    print("{}:M # Redpoll {} crashed by signal: {}, si_code: {}\n", getpid(), build_info::kVersion, signo,
          info->si_code);
    if (signo == SIGSEGV || signo == SIGBUS) print("Accessing address: {}\n", info->si_addr);
    if (info->si_code == SI_USER) print("Killed by PID: {}, UID: {}\n", info->si_pid, info->si_uid);
    const auto& at = *static_cast<const ucontext_t*>(context);
    print("Crashed running the instruction at: {}\n", instruction_of(at));
    print_stack_trace(*g_crashed.log, instruction_of(at));
    print_registers(at);
    print_server(*g_crashed.server, signo);
    end_report();
  }
  die_of(signo);
}

static void on_panic(std::string_view text) noexcept {
  if (!g_reporting.exchange(true)) {
    begin_report();
    print("{}:M # Redpoll {} crashed\n", getpid(), build_info::kVersion);
    print("=== ASSERTION FAILED ===\n==> {}\n", text);
    print_stack_trace(*g_crashed.log);
    print_server(*g_crashed.server, SIGABRT);
    end_report();
  }
  die_of(SIGABRT);
}

static void on_out_of_memory(size_t size) {
  print("{}:M # Out Of Memory allocating {} bytes!\n", getpid(), size);
  panic("out of memory");
}

// A handler for overflowing the stack needs a stack of its own.
static void use_alternate_stack() {
  constexpr size_t kBytes = 256 * 1024;
  void* memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  const stack_t stack{.ss_sp = memory, .ss_flags = 0, .ss_size = kBytes};
  sigaltstack(&stack, nullptr);
}

void CrashReport::enable(bool on) {
  if (on == enabled_) return;
  enabled_ = on;
  set_panic_hook(on ? on_panic : nullptr);
  mem::set_oom_handler(on ? on_out_of_memory : nullptr);
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  if (on) {
    action.sa_sigaction = on_fatal_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESETHAND;
  } else {
    action.sa_handler = SIG_DFL;
  }
  for (const int signo : kSignals) sigaction(signo, &action, nullptr);
}

CrashReport::CrashReport(Server& server, Logger& log) {
  CHECK(g_crashed.server == nullptr, "there is one crash report per process");
  g_crashed = {&server, &log};
  use_alternate_stack();
  prepare_stack_trace();
}

CrashReport::~CrashReport() {
  enable(false);
  g_crashed = {};
}

}  // namespace redpoll::server
