"""How long somebody waits who only sends PING, 1,000 times a second, while others do what holds a server up."""
import collections
import contextlib
import dataclasses
import multiprocessing
import os
import select
import socket
import time

from . import results
from .rounds import measure_alone
from .subjects import Failed, LOAD_CORE, request

NAME = "bystander"
RATE = 1_000
# What was asked of the server must be done by then, or the bystander stops listening.
LOAD_DEADLINE_S = 60
CHUNK_BYTES = 1 << 20
FIGURES = {"longest": lambda waits: waits[-1], "p99.9": lambda waits: waits[len(waits) * 999 // 1000]}


class Client:
    """A connection of the load. Replies are counted by their end, so that large ones need not be kept."""

    def __init__(self, process, deadline_s=LOAD_DEADLINE_S):
        self.socket = socket.create_connection(("127.0.0.1", process.port), deadline_s)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """A server that has had enough may close the connection."""
        with contextlib.suppress(ConnectionError, TimeoutError):
            self.socket.sendall(data)

    def finish(self):
        """Reads until everything sent is answered, or the server has closed the connection."""
        mark = b"this is the end"
        self.send(request("ECHO", mark))
        last = b""
        with contextlib.suppress(ConnectionError):
            while not last.endswith(mark + b"\r\n"):
                data = self.socket.recv(CHUNK_BYTES)
                if not data:
                    return
                last = (last + data)[-len(mark) - 2:]

    def run(self, *requests):
        self.send(b"".join(requests))
        self.finish()


def fill(process, count, make, batch=1000):
    """Sends make(first, last) for the numbers up to count, some at a time."""
    with Client(process) as client:
        for first in range(0, count, batch):
            client.send(make(first, min(first + batch, count)))
        client.finish()


def members(command, key, count, *, scored=False, prefix="element"):
    def make(first, last):
        words = []
        for i in range(first, last):
            words += [i, f"{prefix}:{i}"] if scored else [f"{prefix}:{i}"]
        return request(command, key, *words)
    return lambda process: fill(process, count, make)


def together(*steps):
    def every(process):
        for step in steps:
            step(process)
    return every


def strings(count, *options, size=16):
    return lambda process: fill(process, count, lambda first, last: b"".join(
        request("SET", f"key:{i}", b"v" * size, *options) for i in range(first, last)))


def asks(*words, times=1):
    """The load of one client that sends the same request so often, at once, and reads what comes."""
    def act(process):
        with Client(process) as client:
            client.run(request(*words) * times)
    return act


def blocked_pipeline(bytes_behind):
    """What was sent behind a command that waits is run when it is served."""
    def act(process):
        with Client(process) as waiting, Client(process) as other:
            waiting.send(request("BLPOP", "nokey", "0"))
            waiting.send(request("SET", "k", b"v" * 64) * (bytes_behind // 90))
            other.run(request("RPUSH", "nokey", "x"))
            waiting.finish()
    return act


def paused_pipeline(bytes_behind):
    def act(process):
        with Client(process) as other, Client(process) as writer:
            other.run(request("CLIENT", "PAUSE", "100000", "WRITE"))
            writer.send(request("SET", "k", b"v" * 64) * (bytes_behind // 90))
            other.run(request("CLIENT", "UNPAUSE"))
            writer.finish()
    return act


def unread(count, *words, then, times):
    """Somebody asks for much and reads nothing; the same client, or another, then asks something small."""
    def act(process):
        with Client(process, 5) as lazy, Client(process) as other:
            lazy.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            lazy.send(request(*words) * count)
            lazy.send(request(*then) * times)
            other.run(request(*then) * times)
    return act


def many_clients(count, *words, times):
    def act(process):
        with contextlib.ExitStack() as stack:
            for _ in range(count):
                stack.enter_context(Client(process))
            with Client(process) as asking:
                asking.run(request(*words) * times)
    return act


def sets_due(count, size):
    def prepare(process):
        body = [f"member:{i}" for i in range(size)]
        fill(process, count, lambda first, last: b"".join(
            request("SADD", f"set:{i}", *body) for i in range(first, last)), batch=1)
        fill(process, count, lambda first, last: b"".join(
            request("PEXPIRE", f"set:{i}", 300) for i in range(first, last)), batch=count)
    return prepare


def limit_lowered(process):
    """To a quarter of what is in use, by a policy that evicts."""
    spare = 1 << 20  # for those who ask
    limit = process.used_memory() // 4
    process.configure(maxmemory_policy="allkeys-lru", maxmemory=limit)
    deadline = time.monotonic() + LOAD_DEADLINE_S
    while process.used_memory() > limit + spare and time.monotonic() < deadline:
        time.sleep(0.1)


def fields_due(count):
    """A hash of which all fields but one are due, and stay: while writes are paused nothing expires. redis-server 7.0
    has no such fields; there they are none that are due."""
    def prepare(process):
        fill(process, count, lambda first, last: request(
            "HSET", "h", *[word for i in range(first, last) for word in (f"field:{i}", "value")]))
        fill(process, count - 1, lambda first, last: request(
            "HPEXPIRE", "h", 5000, "FIELDS", last - first, *[f"field:{i}" for i in range(first, last)]))
        with Client(process) as other:
            other.run(request("CLIENT", "PAUSE", 100_000, "WRITE"))
        time.sleep(5)
    return prepare


def waits_for_many_keys(count):
    """Somebody waits for so many keys, and leaves."""
    def act(process):
        with Client(process) as waiting:
            waiting.send(request("BLPOP", *[f"nokey:{i}" for i in range(count)], 0))
            time.sleep(2)
        time.sleep(1)
    return act


@dataclasses.dataclass(frozen=True)
class Trial:
    """A load: what is there before, which nobody watches, and what is done then."""
    name: str
    build: object  # function of what a quick run divides numbers by; gives (prepare, act), functions of a process

    def label(self):
        return self.name


def nothing(_process):
    pass


MILLION = 1_000_000
TRIALS = (
    Trial("nothing else", lambda d: (nothing, lambda _: time.sleep(1))),
    Trial("77 MB of SET behind BLPOP", lambda d: (nothing, blocked_pipeline(77_000_000 // d))),
    Trial("77 MB of SET behind CLIENT PAUSE", lambda d: (nothing, paused_pipeline(77_000_000 // d))),
    Trial("COMMAND DOCS x 2,340", lambda d: (nothing, asks("COMMAND", "DOCS", times=2340 // d))),
    Trial("COMMAND x 3,640", lambda d: (nothing, asks("COMMAND", times=3640 // d))),
    Trial("SINTER behind 600,000 unread GETs", lambda d: (
        strings(1, size=16_000), unread(600_000 // d, "GET", "key:0", then=("SINTER", "nokey"), times=2340 // d))),
    Trial("CLIENT INFO x 1,000 behind 600,000 unread GETs", lambda d: (
        strings(1, size=16_000), unread(600_000 // d, "GET", "key:0", then=("CLIENT", "INFO"), times=1000 // d))),
    Trial("CLIENT KILL LADDR x 1,129, 6,000 clients", lambda d: (
        nothing, many_clients(6000 // d, "CLIENT", "KILL", "LADDR", "10.1.2.3:4", times=1129 // d))),
    Trial("RANDOMKEY, 1M keys due", lambda d: (
        together(strings(MILLION // d, "PX", 3000), lambda _: time.sleep(3.2 if d == 1 else 0.1)),
        asks("RANDOMKEY", times=100))),
    Trial("1M keys due within a second", lambda d: (
        strings(MILLION // d, "PX", 4000), lambda _: time.sleep(6 if d == 1 else 0.1))),
    Trial("1,000 sets of 16,000 members due", lambda d: (sets_due(1000 // d, 16_000 // d), lambda _: time.sleep(2))),
    Trial("ZINTERCARD of 2M with itself", lambda d: (
        members("ZADD", "z", 2 * MILLION // d, scored=True), asks("ZINTERCARD", 2, "z", "z"))),
    Trial("SORT STORE of 2M", lambda d: (
        members("RPUSH", "l", 2 * MILLION // d, prefix=""), asks("SORT", "l", "ALPHA", "STORE", "to"))),
    Trial("COPY of a list of 5M", lambda d: (members("RPUSH", "l", 5 * MILLION // d), asks("COPY", "l", "copy"))),
    Trial("DEL of a list of 5M", lambda d: (members("RPUSH", "l", 5 * MILLION // d), asks("DEL", "l"))),
    Trial("LRANGE of 5M", lambda d: (members("RPUSH", "l", 5 * MILLION // d), asks("LRANGE", "l", 0, -1))),
    Trial("SMEMBERS of 2M", lambda d: (members("SADD", "s", 2 * MILLION // d), asks("SMEMBERS", "s"))),
    Trial("HGETALL of 1M", lambda d: (members("HSET", "h", 2 * MILLION // d, scored=False), asks("HGETALL", "h"))),
    Trial("KEYS of 1M", lambda d: (strings(MILLION // d), asks("KEYS", "*"))),
    Trial("SUNIONSTORE of 2 x 1M", lambda d: (
        together(members("SADD", "a", MILLION // d), members("SADD", "b", MILLION // d, prefix="other")),
        asks("SUNIONSTORE", "to", "a", "b"))),
    Trial("ZUNIONSTORE of 2 x 1M", lambda d: (
        together(members("ZADD", "a", MILLION // d, scored=True),
                 members("ZADD", "b", MILLION // d, scored=True, prefix="other")),
        asks("ZUNIONSTORE", "to", 2, "a", "b"))),
    Trial("SPOP of half of 2M", lambda d: (members("SADD", "s", 2 * MILLION // d), asks("SPOP", "s", MILLION // d))),
    Trial("maxmemory lowered to a quarter, 4M keys", lambda d: (strings(4 * MILLION // d), limit_lowered)),
    Trial("HRANDFIELD x 100, 1M fields due while paused", lambda d: (
        fields_due(MILLION // d), asks("HRANDFIELD", "h", times=100))),
    Trial("RPUSH of 8,000 elements of 33 KB", lambda d: (
        nothing, asks("RPUSH", "l", *[b"v" * 33_000] * (8000 // d)))),
    Trial("HSCAN COUNT 1M of 1M", lambda d: (
        members("HSET", "h", 2 * MILLION // d, scored=False), asks("HSCAN", "h", 0, "COUNT", MILLION))),
    Trial("BLPOP of 1M keys comes and goes", lambda d: (nothing, waits_for_many_keys(MILLION // d))),
    Trial("FLUSHALL of 1M", lambda d: (strings(MILLION // d), asks("FLUSHALL"))),
)


def ping_until_told(port, pipe):
    """Sends PING at a fixed rate, whether or not those before are answered, and tells at the end how long each took, in
    seconds, from when it was due."""
    with contextlib.suppress(PermissionError):  # or the load's processor time is in the figure
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    waits, due_times = [], collections.deque()
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pipe.send("ready")
        due = time.monotonic()
        left = b""
        while due_times or not pipe.poll():
            while due <= time.monotonic():
                s.sendall(b"PING\r\n")
                due_times.append(due)
                due += 1 / RATE
            if not select.select([s], [], [], max(0, due - time.monotonic()))[0]:
                continue
            data = s.recv(CHUNK_BYTES)
            if not data:
                break
            now = time.monotonic()
            *whole, left = (left + data).split(b"\r\n")
            waits += [now - due_times.popleft() for _ in whole]
    pipe.send(waits)


class Bystander:
    """Watches from the beginning of the block to its end. Then `waits` is sorted, in milliseconds."""

    def __init__(self, process):
        self.pipe, theirs = multiprocessing.Pipe()
        self.child = multiprocessing.Process(target=ping_until_told, args=(process.port, theirs), daemon=True)

    def __enter__(self):
        self.child.start()
        self.pipe.recv()
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.pipe.send("stop")
            self.waits = sorted(s * 1000 for s in self.pipe.recv())
        self.child.terminate()
        self.child.join()


@contextlib.contextmanager
def on_the_load_core():
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, before & {LOAD_CORE} or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def watch(bench, process, trial):
    """The waits of a bystander while the trial goes on."""
    prepare, act = trial.build(100 if bench.quick else 1)
    try:
        with on_the_load_core():
            prepare(process)
            with Bystander(process) as bystander:
                act(process)
    except OSError as error:
        raise Failed(f"{process.subject.name}: {trial.name}: {error}") from error
    return bystander.waits


def measure_section(bench):
    table = results.Table(NAME, "The waits of a bystander", "ms", 2, [s.name for s in bench.subjects])
    table.notes.append(f"PING on a connection of its own, {RATE:,} times a second, while others send the load.")
    wanted = bench.filter(table, TRIALS)
    if not wanted:
        return []
    bench.terminal.begin(table, 2 * len(wanted))
    for trial in wanted:
        found = measure_alone(bench, table, trial.name, lambda process: watch(bench, process, trial))
        for what, of in FIGURES.items():
            row = results.Row(f"{trial.name}: {what}", {"load": trial.name, "what": what})
            for name, runs in found.items():
                row.cells[name] = results.median_cell([of(waits) for waits in runs])
            table.rows.append(row)
            bench.terminal.row(table, row)
    bench.terminal.end(table)
    return [table]
