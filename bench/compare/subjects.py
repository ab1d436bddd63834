"""What is compared: a name and how to start it; and the processes started from that, all of which end with us."""
import contextlib
import ctypes
import dataclasses
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time

SERVER_CORE, LOAD_CORE = 0, 1
START_DEADLINE_S = 30
STOP_DEADLINE_S = 60
PR_SET_PDEATHSIG = 1


class Failed(Exception):
    """What a person is to read instead of a traceback."""


@dataclasses.dataclass(frozen=True)
class Subject:
    name: str
    command: str  # with {port} and {dir}
    version: str = ""  # what it says itself if empty


def pinned(core):
    """For preexec_fn: the child stays on one core, and dies with us even if we are killed."""
    def prepare():
        os.sched_setaffinity(0, {core if core in os.sched_getaffinity(0) else min(os.sched_getaffinity(0))})
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    return prepare


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def request(*words):
    """A command as bytes. Words are bytes, or whatever str() makes a text of."""
    encoded = [w if isinstance(w, bytes) else str(w).encode() for w in words]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in encoded)


def read_reply(stream):
    """The next RESP2 reply of a stream: lines and bulk strings as bytes, integers as numbers, arrays as lists, null as
    None. An error raises Failed."""
    line = stream.readline().rstrip()
    if line.startswith(b"-"):
        raise Failed(line.decode(errors="replace"))
    if line[:1] in (b"$", b"*") and line[1:] == b"-1":
        return None
    if line.startswith(b"*"):
        return [read_reply(stream) for _ in range(int(line[1:]))]
    if line.startswith(b":"):
        return int(line[1:])
    if line.startswith(b"$"):
        return stream.read(int(line[1:]) + 2)[:-2]
    return line


class Process:
    """A server that runs on a port of its own, in a directory of its own. Ends with stop()."""

    def __init__(self, subject):
        self.subject = subject
        self.dir = tempfile.mkdtemp(prefix="redpoll-bench-")
        self.port = free_port()
        self.dataset = None  # what is in it, for whoever fills it
        argv = shlex.split(subject.command.format(port=self.port, dir=self.dir))
        self.log = os.path.join(self.dir, "log")
        try:
            with open(self.log, "wb") as log:
                self.child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.dir,
                                              preexec_fn=pinned(SERVER_CORE))
        except OSError as error:
            shutil.rmtree(self.dir, ignore_errors=True)
            raise Failed(f"{subject.name} does not start: {error}") from error
        try:
            self.wait_until_it_listens()
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self):
        return self.child.pid

    def wait_until_it_listens(self):
        deadline = time.monotonic() + START_DEADLINE_S
        while time.monotonic() < deadline:
            if self.child.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)
        with open(self.log, errors="replace") as log:
            raise Failed(f"{self.subject.name} does not start: {log.read()[-2000:]}")

    def call(self, *words):
        """Sends one command, returns the reply as read_reply does."""
        with socket.create_connection(("127.0.0.1", self.port), STOP_DEADLINE_S) as s, s.makefile("rb") as stream:
            s.sendall(request(*words))
            try:
                return read_reply(stream)
            except Failed as error:
                raise Failed(f"{self.subject.name}: {' '.join(words)}: {error}") from error

    def empty(self):
        self.call("FLUSHALL", "SYNC")
        self.dataset = None

    def resident_bytes(self):
        """By smaps_rollup, which is exact; VmRSS lags behind by some pages per core."""
        with open(f"/proc/{self.pid}/smaps_rollup") as f:
            return int(re.search(r"^Rss:\s+(\d+) kB", f.read(), re.M)[1]) * 1024

    def used_memory(self):
        """What maxmemory limits, by the server's own account."""
        return int(re.search(rb"^used_memory:(\d+)", self.call("INFO", "memory"), re.M)[1])

    def configure(self, **directives):
        for name, value in directives.items():
            self.call("CONFIG", "SET", name.replace("_", "-"), str(value))

    def version(self):
        if self.subject.version:
            return self.subject.version
        info = self.call("INFO", "server").decode(errors="replace")
        found = dict(re.findall(r"^(\w+):(\S+)", info, re.M))
        if "redpoll_version" in found:
            return f"{found['redpoll_version']} ({found['redis_git_sha1']})"
        for field in ("valkey_version", "dragonfly_version", "redis_version"):
            if field in found:
                return found[field]
        return "unknown"

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(STOP_DEADLINE_S)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


@contextlib.contextmanager
def running(*subjects):
    """The processes of some subjects, in that order; all end at the end of the block, however it ends."""
    with contextlib.ExitStack() as stack:
        processes = []
        for subject in subjects:
            processes.append(Process(subject))
            stack.callback(processes[-1].stop)
        yield processes
