"""How one row of a table is measured: in rounds, and in each round one server after the other."""
import contextlib
import dataclasses

from . import results
from .load import Missing
from .subjects import Subject, running

ECHO = "echo"


@dataclasses.dataclass(frozen=True)
class Spec:
    """A workload with its parameters."""
    workload: str
    pipeline: int = 1
    connections: int = 50
    value: int = 64
    keys: int = 1_000_000

    def label(self):
        parts = [self.workload.upper()]
        if self.value != 64:
            parts.append(f"{self.value} B" if self.value < 1024 else f"{self.value // 1024} KB")
        parts.append(f"P{self.pipeline}")
        if self.connections != 50:
            parts.append(f"{self.connections:,} conns")
        return " ".join(parts)

    def options(self):
        return {"workload": self.workload, "value": self.value, "keys": self.keys}

    def facts(self):
        return dataclasses.asdict(self)


@dataclasses.dataclass
class Bench:
    """What every section needs to know."""
    load: object
    subjects: list  # Subjects, the first of which is what ratios relate to
    echo: object  # path of redpoll-echo
    rounds: int
    seconds: float  # of one measurement
    quick: bool
    wanted: object  # function of "section/label": whether to measure it
    terminal: results.Terminal

    def columns(self):
        return [s.name for s in self.subjects] + [ECHO]

    def filter(self, table, specs):
        return [s for s in specs if self.wanted(f"{table.name}/{s.label()}")]


@contextlib.contextmanager
def echo_for(bench, spec):
    """A list with the process that stands in for a server; empty where requests differ in length."""
    shape = bench.load.describe(**spec.options())
    if not shape["uniform"]:
        yield []
        return
    command = f"{bench.echo} --port {{port}} --request {shape['request_bytes']} --reply {shape['reply']}"
    with running(Subject(ECHO, command, version="-")) as processes:
        yield processes


def is_echo(process):
    return process.subject.name == ECHO


def can_all(bench, table, servers, label, options):
    """Whether every server has the commands. If not, the table remembers the row as left out."""
    for process in servers:
        try:
            bench.load.check(process, **options)
        except Missing:
            table.left_out.setdefault(process.subject.name, []).append(label)
            bench.terminal.done += 1
            return False
    return True


def prepare(bench, process, spec):
    """Puts the data there that the workload expects, unless it is there already."""
    workload = bench.load.workloads[spec.workload]
    dataset = (workload["fill"], spec.value, spec.keys)
    if is_echo(process) or not (workload["fill"] or workload["once"]):
        return
    if workload["once"] or process.dataset != dataset:
        process.empty()
        bench.load.fill(process, **spec.options())
        process.dataset = None if workload["once"] else dataset


def run(bench, process, spec):
    once = bench.load.workloads[spec.workload]["once"]
    return bench.load.run(process, **spec.options(), pipeline=spec.pipeline, connections=spec.connections,
                          bare=is_echo(process), warmup=0.02 if bench.quick else 0.1,
                          **({"requests": spec.keys} if once else {"seconds": bench.seconds}))


def measure(bench, table, spec, servers):
    """Adds a row to the table, unless one of the servers lacks a command."""
    row = results.Row(spec.label(), spec.facts())
    if not can_all(bench, table, servers, row.label, spec.options()):
        return
    found = {}
    with echo_for(bench, spec) as echo:
        for number in range(bench.rounds):
            for process in servers + echo:
                name = process.subject.name
                bench.terminal.progress(f"{table.name}: {row.label}, round {number + 1}/{bench.rounds}, {name}")
                prepare(bench, process, spec)
                found.setdefault(name, []).append(run(bench, process, spec))
    finish(bench, table, row, found)


def measure_alone(bench, table, label, how):
    """how(process) of each subject in every round, in a fresh process with no other beside it: lists by the name of the
    subject. For what takes much memory, or leaves something behind."""
    found = {}
    for number in range(bench.rounds):
        for subject in bench.subjects:
            bench.terminal.progress(f"{table.name}: {label}, round {number + 1}/{bench.rounds}, {subject.name}")
            with running(subject) as (process,):
                found.setdefault(subject.name, []).append(how(process))
    return found


def finish(bench, table, row, found):
    """Adds the row to the table. `found`: results of redpoll-load by the name of the subject."""
    for name, runs in found.items():
        row.cells[name] = results.median_cell([r["server_us_per_request"] for r in runs],
                                              [r["requests_per_second"] for r in runs])
    table.rows.append(row)
    bench.terminal.row(table, row)


def measure_all(bench, table, specs):
    """Fills a table, with all servers running side by side. [table], or [] if no row is wanted."""
    wanted = bench.filter(table, specs)
    if not wanted:
        return []
    bench.terminal.begin(table, len(wanted))
    with running(*bench.subjects) as servers:
        for spec in wanted:
            measure(bench, table, spec, servers)
    bench.terminal.end(table)
    return [table]
