"""Cost per operation on one collection that grows, and the longest single command while it does."""
import collections
import dataclasses

from . import results
from .rounds import can_all
from .subjects import running

COST_NAME, LONGEST_NAME = "scaling-elements", "longest-command"
SIZES = (1_000, 100_000, 1_000_000, 10_000_000)
# Commands that take longer are noted by the server itself (SLOWLOG): in between are those that a jump would be one of.
NOTED_US = 100


@dataclasses.dataclass(frozen=True)
class Kind:
    """A type: how an element is added, and what is asked of the collection."""
    adds: str  # the command
    request: str
    reply: str
    reads: tuple  # workloads of redpoll-load on the same collection

    def options(self):
        return {"request": self.request, "reply": self.reply}


KINDS = (
    Kind("LPUSH", "LPUSH list element:{seq:8}", "integer", ("lrange_100",)),
    Kind("SADD", "SADD set member:{seq:9}", "integer:1", ("sismember",)),
    Kind("HSET", f"HSET hash field:{{seq:10}} {'v' * 16}", "integer:1", ("hget",)),
    Kind("ZADD", "ZADD zset {scatter} member:{seq:13}", "integer:1", ("zrank",)),
)


@dataclasses.dataclass(frozen=True)
class Cost:
    """A row: adding the elements from the size before up to this one, or a workload at this size."""
    kind: Kind
    name: str  # of the command that adds, or of the workload
    elements: int

    def label(self):
        return f"{self.name.upper()} {self.elements:,} elements"

    def facts(self):
        return {"workload": self.name.lower(), "elements": self.elements}


@dataclasses.dataclass(frozen=True)
class Longest:
    kind: Kind
    elements: int

    def label(self):
        return f"{self.kind.adds} up to {self.elements:,} elements"


def longest_ms(process):
    """Of the commands since SLOWLOG was reset. 0 if none was worth noting."""
    return max((entry[2] for entry in process.call("SLOWLOG", "GET", "-1")), default=0) / 1000


def note_long_commands(process):
    process.call("CONFIG", "SET", "slowlog-log-slower-than", str(NOTED_US))
    process.call("CONFIG", "SET", "slowlog-max-len", "100000")


def grow(bench, process, kind, sizes, costs, longest):
    """One collection from nothing to the last of the sizes. Appends to what was found before."""
    process.empty()
    note_long_commands(process)
    name, before, peak = process.subject.name, 0, 0.0
    for size in sizes:
        bench.terminal.progress(f"{COST_NAME}: {kind.adds} up to {size:,} elements, {name}")
        process.call("SLOWLOG", "RESET")
        found = bench.load.fill(process, **kind.options(), keys=size, pid=process.pid, **{"from": before})
        costs[kind, kind.adds, size, name].append(found)
        peak = max(peak, longest_ms(process))
        for workload in kind.reads:
            pipeline = 1 if workload.startswith("lrange") else 16
            found = bench.load.run(process, workload=workload, keys=size, value=16, pipeline=pipeline,
                                   seconds=bench.seconds, warmup=0.02 if bench.quick else 0.1)
            costs[kind, workload, size, name].append(found)
        before = size
    longest[kind, name].append(peak)


def cost_rows(table, kind, sizes, costs):
    for workload in (kind.adds, *kind.reads):
        for size in sizes:
            spec = Cost(kind, workload, size)
            row = results.Row(spec.label(), spec.facts())
            for name in table.subjects:
                runs = costs[kind, workload, size, name]
                row.cells[name] = results.median_cell([r["server_us_per_request"] for r in runs],
                                                      [r["requests_per_second"] for r in runs])
            yield row


def longest_row(table, kind, sizes, longest):
    row = results.Row(Longest(kind, sizes[-1]).label(), {"command": kind.adds.lower()})
    for name in table.subjects:
        # The least of the rounds: what a command takes by itself comes in each, what the machine takes from it does not.
        runs = longest[kind, name]
        row.cells[name] = results.Cell(min(runs), None, runs)
    return row


def fill_tables(bench, cost, longest, kinds, sizes):
    found, peaks = collections.defaultdict(list), collections.defaultdict(list)
    for subject in bench.subjects:
        # One at a time: ten million members of a sorted set take more than a gigabyte.
        with running(subject) as (process,):
            for kind in kinds:
                for _ in range(bench.rounds):
                    grow(bench, process, kind, sizes, found, peaks)
    for kind in kinds:
        for row in cost_rows(cost, kind, sizes, found):
            cost.rows.append(row)
            bench.terminal.row(cost, row)
    bench.terminal.end(cost)
    bench.terminal.begin(longest, len(kinds))
    for kind in kinds:
        row = longest_row(longest, kind, sizes, peaks)
        longest.rows.append(row)
        bench.terminal.row(longest, row)
    bench.terminal.end(longest)


def measure_section(bench):
    names = [s.name for s in bench.subjects]
    cost = results.Table(COST_NAME, "Number of elements of one collection", "CPU µs per operation", 3, names)
    longest = results.Table(LONGEST_NAME, "Longest single command while a collection grows", "ms", 2, names,
                            summary="least of {rounds} rounds")
    longest.notes.append(f"As the server itself measures it (SLOWLOG); 0 where no command took {NOTED_US} µs.")
    sizes = (1_000, 10_000) if bench.quick else SIZES
    kinds = [k for k in KINDS
             if bench.filter(cost, [Cost(k, w, n) for w in (k.adds, *k.reads) for n in sizes]) or
             bench.filter(longest, [Longest(k, sizes[-1])])]
    if not kinds:
        return []
    rows = sum(len(sizes) * (1 + len(k.reads)) for k in kinds)
    bench.terminal.begin(cost, rows)
    with running(*bench.subjects) as servers:
        kinds = [k for k in kinds if can_all(bench, cost, servers, k.adds, k.options()) and
                 all(can_all(bench, cost, servers, w.upper(), {"workload": w}) for w in k.reads)]
    if kinds:
        fill_tables(bench, cost, longest, kinds, sizes)
    return [cost, longest] if kinds else [cost]
