"""Cost per operation against the number of keys and the number of connections."""
import collections
import dataclasses
import resource

from . import results
from .rounds import ECHO, Spec, echo_for, finish, measure_all, run
from .subjects import running

KEYS_NAME, CONNECTIONS_NAME = "scaling-keys", "scaling-connections"
KEYS = (10_000, 100_000, 1_000_000, 10_000_000, 30_000_000)
CONNECTIONS = (1, 10, 100, 1_000, 10_000)
# Descriptors that a process needs for other things than its clients.
SPARE_FILES = 64


@dataclasses.dataclass(frozen=True)
class KeysSpec(Spec):
    def label(self):
        return f"{self.workload.upper()} {self.keys:,} keys"


@dataclasses.dataclass(frozen=True)
class ConnectionsSpec(Spec):
    def label(self):
        return f"{self.workload.upper()} {self.connections:,} conn{'s' if self.connections > 1 else ''}"


def one_growing_server(bench, process, specs, found):
    """All sizes on one server that grows from each to the next, as large ones take long to fill."""
    filled = 0
    name = process.subject.name
    for spec in sorted(specs, key=lambda s: s.keys):
        if spec.keys > filled:
            bench.terminal.progress(f"{KEYS_NAME}: {name} is filled with {spec.keys:,} keys")
            bench.load.fill(process, **spec.options(), **{"from": filled})
            filled = spec.keys
        for number in range(bench.rounds):
            bench.terminal.progress(f"{KEYS_NAME}: {spec.label()}, round {number + 1}/{bench.rounds}, {name}")
            found[spec, name].append(run(bench, process, spec))


def measure_keys(bench):
    table = results.Table(KEYS_NAME, "Number of keys, GET and SET at pipeline 16", "CPU µs per operation", 3,
                          bench.columns())
    sizes = (1_000, 10_000) if bench.quick else KEYS
    wanted = bench.filter(table, [KeysSpec(w, 16, keys=n) for n in sizes for w in ("get", "set")])
    if not wanted:
        return []
    bench.terminal.begin(table, len(wanted))
    found = collections.defaultdict(list)  # results by specification and name
    for subject in bench.subjects:
        # One at a time: thirty million keys take gigabytes.
        with running(subject) as (process,):
            one_growing_server(bench, process, wanted, found)
    for spec in wanted:
        with echo_for(bench, spec) as echo:
            found[spec, ECHO] = [run(bench, process, spec) for process in echo for _ in range(bench.rounds)]
        row = results.Row(spec.label(), spec.facts())
        finish(bench, table, row, {name: found[spec, name] for name in bench.columns()})
    bench.terminal.end(table)
    return [table]


def measure_connections(bench):
    table = results.Table(CONNECTIONS_NAME, "Number of connections, GET without pipeline", "CPU µs per operation", 3,
                          bench.columns())
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    counts = (1, 10, 100) if bench.quick else CONNECTIONS
    possible = [n for n in counts if n + SPARE_FILES <= files]
    if len(possible) < len(counts):
        table.notes.append(f"Not more than {possible[-1]:,} connections: the limit of open files is {files}.")
    keys = 10_000 if bench.quick else 1_000_000
    return measure_all(bench, table, [ConnectionsSpec("get", connections=n, keys=keys) for n in possible])
