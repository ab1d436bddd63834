"""What "The spine" promises, as rules over the sources: what exists once must not be done a second time.

A rule is a pattern, the places where it may occur, each with the reason, and what to do instead. It is searched in code
only, not in comments and string literals. check-layers runs the rules and, in its self-test, plants a fault for each.
"""
import re

CODE_FREE = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)


# The folders that ask the system, for everybody else.
SYSTEM = {"src/base/": "offers it", "src/disk/": "files are made here", "src/net/": "sockets are made here"}
# What runs before the loop does, or after a crash: nobody is there to hand it things.
BEFORE_THE_LOOP = {f"src/server/{name}.cc": "runs before the loop, or after a crash" for name in (
    "main", "startup", "daemon", "system_check", "descriptor_limit", "proc_title", "crash_report", "health_check", "oom_score", "symbols")}
ROOT = {"src/server/server.cc": "hands it to the others"}
HANDED_IN = "have it handed in, from the composition root (src/server/server.cc) if need be"


class Rule:
    """`may`: a file, or a folder with / at its end -> why it may. `fault`: (file, text) that must be reported."""

    def __init__(self, name, pattern, instead, may, fault):
        self.name, self.pattern, self.instead = name, re.compile(pattern), instead
        self.may, self.fault = may, fault

    def covers(self, name):
        return name.startswith("src/") and not any(
            name == place or place.endswith("/") and name.startswith(place) for place in self.may)


RULES = [
    # --- a handler is called in one place
    Rule("a handler is called outside of the Executor", r"\brun\s*\(\s*\*?(?:c|(?:\w+\.)*\w*call_?)\s*\)",
         "give the request to exec::Executor::run (or run_admitted), found by Call::executor",
         {"src/exec/executor.cc": "the one place", "src/admin/debug_commands.cc": "subcommands of DEBUG, below one handler"},
         ("src/session/fault.cc", "Outcome f(Call& call) { return entry->run(call); }")),
    Rule("a function behind a command is called by another", r"\bF\s*\(|template\s*<\s*auto\s+F\b",
         "use in_session or in_admin, or a plain handler",
         {"src/session/session_call.h": "run_in_session", "src/admin/admin_call.h": "run_in_admin",
          "src/ae/delegate.h": "delegates call no commands"},
         ("src/script/fault.cc", "template <auto F>\nOutcome f(Call& call) { return F(call); }")),
    # --- sockets are written in one place
    Rule("a socket is written outside of net::Connection",
         r"(?<![\w>])::send\s*\(|(?<![\w.>])(?:sendto|sendmsg|sendmmsg|writev|sendfile)\s*\(",
         "write to Client::replies and post the client to the Outbox", {"src/net/connection.cc": "the one place"},
         ("src/repl/fault.cc", "void f(int fd) { ::send(fd, text, 3, 0); }")),
    Rule("a connection is written outside of the Outbox", r"(?:\.|->)\s*write\s*\(",
         "write to Client::replies and post the client to the Outbox; a connection that is not taken: Outbox::refuse",
         {"src/net/connection.cc": "what it does", "src/session/outbox.cc": "the one place", "src/admin/info.cc": "a section's text",
          **{f"src/{folder}/": "knows no connections" for folder in ("base", "mem", "ds", "ae", "resp", "config", "store", "exec", "cmd", "disk")}},
         ("src/server/fault.cc", "void f(net::Connection& peer) { peer.write(text); }")),
    # --- a change leaves by one channel
    Rule("a second observer of changes", r"\b(?:public|protected|private)\s+(?:store::)?ChangeObserver\b",
         "be an exec::JournalReader", {"src/exec/journal.h": "the one channel"},
         ("src/persist/fault.cc", "class Aof : public store::ChangeObserver {};")),
    Rule("the observer of changes is called outside of the gate",
         r"(?:\.|->)\s*(?:key_changed|fields_expired|key_missed|before_change|before_clear)\s*\(",
         "change the key by its Slot, which tells of it", {"src/store/": "the gate", "src/exec/journal.cc": "the one channel"},
         ("src/cmd/fault.cc", "void f() { observer->key_changed(db, key, change); }")),
    Rule("events or commands are noted outside of a call",
         r"\bjournal\w*(?:\(\))?\s*(?:\.|->)\s*(?:event|command|put_word|end_command|begin|end)\s*\(",
         "say it by Call::notify and Call::propagate_as", {"src/exec/": "Call and Executor"},
         ("src/cmd/fault.cc", "void f(Call& c) { c.executor().journal().event(type, name, 0, key); }")),
    Rule("events or commands are kept outside of the Journal", r"<\s*(?:const\s+)?(?:exec::)?(?:KeyEvent|PropagatedCommand|ChangedKey)\s*[>*]",
         "they are valid while the unit is handed on: note what follows from them, or copy bytes to the ChangeLog",
         {"src/exec/journal.h": "the one channel"},
         ("src/session/fault.cc", "std::vector<exec::KeyEvent> events;")),
    # --- nothing outside of the gate holds an entry that it could change
    Rule("an entry that is not const outside of the gate", r"(?<!const )(?<!const store::)(?<![\w:])(?:store::)?Entry\s*(?:const\s*)?[*&]",
         "look at a const Entry, and change it by Database::probe and its Slot", {"src/store/": "the gate", "src/ds/": "its elements are no entries"},
         ("src/persist/fault.cc", "void f(store::Entry& entry);")),
    Rule("const is cast away above the gate", r"\bconst_cast\s*<", "change a key by its Slot",
         {f"src/{folder}/": "knows no entries" for folder in ("base", "mem", "ds", "ae", "resp", "config", "net")} |
         {"src/store/entry.h": "makes the gate's own views"},
         ("src/cmd/fault.cc", "auto& e = const_cast<store::Entry&>(*db.lookup(key));")),
    # --- time, chance, files and sockets are handed in, so that a whole server can be simulated
    Rule("the system is asked for the time",
         r"\b(?:mono_now|unix_now_us|sleep_for_us|clock_gettime|clock_nanosleep|nanosleep|gettimeofday|usleep|sleep_for|sleep_until)\b"
         r"|(?<![\w.>])unix_now\s*(?:\(\s*\)\s*[^\s\w]|;)|(?<![\w.>])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0|&)"
         r"|\b(?:steady|system|high_resolution)_clock\b",
         f"use the loop's now() and unix_now(), or its clocks(); else {HANDED_IN}",
         {**SYSTEM, **BEFORE_THE_LOOP},
         ("src/store/fault.cc", "const MonoUs begin = mono_now();")),
    Rule("the ticks are read", r"\bticks_now\b", f"time is charged to commands by the Executor; else {HANDED_IN}",
         {"src/base/": "offers them", "src/exec/executor.h": "charges commands for what they took",
          "src/exec/executor.cc": "charges commands for what they took", "src/server/executor_host.cc": "says when the time was frozen, and how long a turn took",
          "src/server/dispatcher.cc": "measures a client's share of a turn"},
         ("src/cmd/fault.cc", "const Ticks begin = ticks_now();")),
    Rule("the system is asked for chance",
         r"\b(?:seed_from_os|from_os|random_bytes_from_os|random_device|getrandom|getentropy|arc4random\w*)\b|(?<![\w.>])(?:std::|::)?s?rand\s*\(",
         f"use Keyspace::rng; a seed: {HANDED_IN}", {**SYSTEM, **BEFORE_THE_LOOP, **ROOT},
         ("src/cmd/fault.cc", "Rng rng(seed_from_os());")),
    Rule("the system is asked for files",
         r"(?<![\w>])::(?:open|openat|creat|unlink|rename|l?stat|fstat|mkdir|rmdir|opendir|truncate|ftruncate|fsync|fdatasync|mkstemp)\s*\("
         r"|(?<![\w.>:])(?:open|openat|creat)\s*\(\s*[^\s)]+[^;]*\bO_|\bf(?:re|d)?open\s*\(|\bstd::(?:[io]?fstream|filesystem)\b",
         "use src/disk",
         {**SYSTEM, **BEFORE_THE_LOOP, "src/mem/zmalloc.cc": "what the process weighs, from /proc",
          "src/config/config.cc": "the configuration file, until src/disk is there",
          "src/config/loader.cc": "the same, before the loop", "src/config/rewrite.cc": "the same",
          "src/config/grammars.cc": "whether the folder of `dir` is there"},
         ("src/persist/fault.cc", "const int fd = ::open(path.c_str(), O_RDONLY);")),
    Rule("the system is asked for sockets",
         r"(?<![\w>])::(?:socket|socketpair|connect|bind|listen|accept4?|setsockopt|shutdown|recv)\s*\("
         r"|(?<![\w.>:])(?:socket|socketpair|accept4|setsockopt|getaddrinfo|recvmsg)\s*\(|<(?:sys/socket|netdb|netinet/\w+|sys/un)\.h>",
         "use src/net", {**SYSTEM, **BEFORE_THE_LOOP},
         ("src/repl/fault.cc", "const int fd = ::socket(AF_INET, SOCK_STREAM, 0);")),
]


def code_only(text):
    """The text with comments and literals blanked, lines where they were."""
    return CODE_FREE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def broken_rules(sources):
    """`sources`: name -> text."""
    code = {name: code_only(text) for name, text in sources.items()}
    for rule in RULES:
        for name, text in code.items():
            if not rule.covers(name):
                continue
            for match in rule.pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{name}:{line}: {rule.name}: {' '.join(match[0].split())}: {rule.instead}"


def stale_exceptions(sources):
    for rule in RULES:
        for place in rule.may:
            if not place.endswith("/") and place not in sources:
                yield f"scripts/guards.py: {rule.name}: {place} is excepted, but is not there"
