"""Resident memory per element, beyond the bytes of the element itself, and per idle connection."""
import dataclasses
import resource
import socket
import time

from . import results
from .rounds import can_all
from .scaling import SPARE_FILES
from .subjects import Failed, running

NAME = "memory"
SETTLE_DEADLINE_S = 5


@dataclasses.dataclass(frozen=True)
class DataSet:
    text: str
    request: str
    reply: str
    payload: int  # bytes per element: keys, members, fields, values; 8 for a number
    divisor: int = 1  # of the number of elements: for large ones

    def label(self):
        return self.text


DATA_SETS = (
    DataSet("string, 16 + 64 bytes", f"SET key:{{seq}} {'v' * 64}", "status:OK", 80),
    DataSet("string, 16 + 64 bytes, TTL", f"SET key:{{seq}} {'v' * 64} EX 100000", "status:OK", 88),
    DataSet("string, 10 + 8 bytes", f"SET k:{{seq:8}} {'v' * 8}", "status:OK", 18),
    DataSet("integer, 16-byte key", "SET key:{seq} 1{seq:6}", "status:OK", 24),
    DataSet("set member, 16 bytes", "SADD set member:{seq:9}", "integer:1", 16),
    DataSet("hash field, 16 + 16 bytes", f"HSET hash field:{{seq:10}} {'v' * 16}", "integer:1", 32),
    DataSet("sorted-set member, 20 bytes", "ZADD zset {scatter} member:{seq:13}", "integer:1", 28),
    DataSet("list element, 16 bytes", "RPUSH list element:{seq:8}", "integer", 16),
    DataSet("hash of 5 small fields",
            "HSET user:{seq:11} name abcdefgh mail abc@example.org age 42 city Torino zip 10121", "integer:5", 70,
            divisor=5),
)


@dataclasses.dataclass(frozen=True)
class IdleConnections:
    count: int

    def label(self):
        return "idle connection"


def settled_bytes(process):
    """Resident bytes once they stand still: tables that grow in the background need their time."""
    deadline = time.monotonic() + SETTLE_DEADLINE_S
    before = process.resident_bytes()
    while time.monotonic() < deadline:
        time.sleep(0.2)
        now = process.resident_bytes()
        if now == before:
            break
        before = now
    return before


def bytes_per_element(bench, process, data):
    count = (20_000 if bench.quick else 1_000_000) // data.divisor
    before = settled_bytes(process)
    bench.load.fill(process, request=data.request, reply=data.reply, keys=count)
    return (settled_bytes(process) - before) / count - data.payload


def bytes_per_connection(_, process, idle):
    """Each connection has sent one command, as clients do when they connect."""
    before = settled_bytes(process)
    sockets = []
    try:
        for _ in range(idle.count):
            sockets.append(socket.create_connection(("127.0.0.1", process.port), 30))
            sockets[-1].sendall(b"*1\r\n$4\r\nPING\r\n")
            if sockets[-1].recv(100) != b"+PONG\r\n":
                raise Failed(f"{process.subject.name} does not answer PING")
        return (settled_bytes(process) - before) / idle.count
    finally:
        for s in sockets:
            s.close()


def idle_connections(bench):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return IdleConnections(min(200 if bench.quick else 10_000, hard - SPARE_FILES))


def measure_row(bench, table, item, how):
    row = results.Row(item.label(), {})
    for subject in bench.subjects:
        bench.terminal.progress(f"{NAME}: {row.label}, {subject.name}")
        with running(subject) as (process,):
            row.cells[subject.name] = results.Cell(how(bench, process, item))
    table.rows.append(row)
    bench.terminal.row(table, row)


def measure_section(bench):
    table = results.Table(NAME, "Memory", "resident bytes per element beyond the payload", 1,
                          [s.name for s in bench.subjects], summary="")
    data_sets, idle = bench.filter(table, DATA_SETS), bench.filter(table, [idle_connections(bench)])
    if not data_sets + idle:
        return []
    bench.terminal.begin(table, len(data_sets + idle))
    with running(*bench.subjects) as servers:
        data_sets = [d for d in data_sets if can_all(bench, table, servers, d.text, {"request": d.request})]
    for data in data_sets:
        measure_row(bench, table, data, bytes_per_element)
    for connections in idle:
        measure_row(bench, table, connections, bytes_per_connection)
    bench.terminal.end(table)
    return [table]
