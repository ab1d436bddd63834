"""Latency at a fixed rate, at which no server is busy for more than half of the time."""
import statistics

from . import results
from .rounds import Spec, echo_for, is_echo, prepare, run
from .subjects import running

NAME = "latency"
QUANTILES = ("p50", "p99", "p99.9", "p99.99", "max")
SHARE_OF_CAPACITY = 0.5


def capacity(bench, spec, servers):
    """Operations per second of the slowest server in a closed loop."""
    rates = []
    for process in servers:
        bench.terminal.progress(f"{NAME}: what {process.subject.name} can do")
        prepare(bench, process, spec)
        rates.append(statistics.median(run(bench, process, spec)["requests_per_second"] for _ in range(bench.rounds)))
    return min(rates)


def measure_workload(bench, table, spec, servers):
    rate = round(capacity(bench, spec, servers) * SHARE_OF_CAPACITY)
    table.notes.append(f"{spec.workload.upper()}: {rate:,} requests per second on {spec.connections} connections.")
    found = {}
    with echo_for(bench, spec) as echo:
        for number in range(bench.rounds):
            for process in servers + echo:
                name = process.subject.name
                bench.terminal.progress(f"{NAME}: {spec.workload}, round {number + 1}/{bench.rounds}, {name}")
                result = bench.load.rate(process, **spec.options(), connections=spec.connections, rate=rate,
                                         seconds=bench.seconds * 3, bare=is_echo(process))
                found.setdefault(name, []).append(result["latency_us"])
    for quantile in QUANTILES:
        row = results.Row(f"{spec.workload.upper()} {quantile}",
                          {"workload": spec.workload, "quantile": quantile, "rate": rate})
        for name, runs in found.items():
            row.cells[name] = results.median_cell([r[quantile] for r in runs])
        table.rows.append(row)
        bench.terminal.row(table, row)


def measure_section(bench):
    table = results.Table(NAME, "Latency at a fixed rate", "µs", 0, bench.columns())
    keys = 10_000 if bench.quick else 1_000_000
    wanted = bench.filter(table, [Spec(w, keys=keys) for w in ("get", "set")])
    if not wanted:
        return []
    bench.terminal.begin(table, len(wanted) * len(QUANTILES))
    with running(*bench.subjects) as servers:
        for spec in wanted:
            measure_workload(bench, table, spec, servers)
    bench.terminal.end(table)
    return [table]
