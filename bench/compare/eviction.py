"""Eviction: what a SET costs at maxmemory, and how often a cache of that size has what is asked for."""
import bisect
import dataclasses
import itertools
import random
import socket

from . import results
from .rounds import finish, measure_alone
from .subjects import Failed, read_reply, request, running

COST_NAME, HITS_NAME, KEPT_NAME = "eviction", "hit-ratio", "keys-kept"
POLICIES = ("allkeys-lru", "allkeys-lfu", "allkeys-random")
BATCH = 500  # requests of the cache that are sent at once
# What is popular changes so often in the workload `shifting`.
SHIFTS = 10


@dataclasses.dataclass(frozen=True)
class AtLimit:
    """SET of random keys, half of which are there, where each new one costs an old one its place."""
    policy: str
    keys: int  # that are there when the limit is reached
    pipeline: int = 16

    def label(self):
        return f"{self.policy}: SET P{self.pipeline}"

    def facts(self):
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True)
class Cache:
    """A cache in front of something: what is asked for and not there is stored. The first half of the requests fills it,
    in the second half hits are counted."""
    workload: str
    policy: str
    requests: int
    keys: int
    maxmemory: str
    value: int = 100
    skew: float = 0.9

    def label(self):
        return f"{self.workload}, {self.policy}"

    def facts(self):
        return dataclasses.asdict(self)


def cost_of_set(bench, process, row):
    process.empty()
    process.configure(maxmemory=0, maxmemory_policy=row.policy)
    one = {"request": "SET key:{seq} {value}", "reply": "status:OK"}
    bench.load.fill(process, **one, keys=row.keys)
    process.configure(maxmemory=process.used_memory())
    one["request"] = "SET key:{key} {value}"
    return bench.load.run(process, **one, keys=2 * row.keys, pipeline=row.pipeline, seconds=bench.seconds,
                          warmup=0.02 if bench.quick else 0.5)


def measure_cost(bench, table, rows):
    bench.terminal.begin(table, len(rows))
    for row in rows:
        found = measure_alone(bench, table, row.label(), lambda process: cost_of_set(bench, process, row))
        finish(bench, table, results.Row(row.label(), row.facts()), found)
    bench.terminal.end(table)


def ranks(rng, cache):
    """Draws numbers below `keys` by Zipf's distribution, 0 most often."""
    sums = list(itertools.accumulate(1 / (rank + 1) ** cache.skew for rank in range(cache.keys)))
    while True:
        yield bisect.bisect_left(sums, rng.random() * sums[-1])


def asked_for(cache):
    """The keys that are asked for, one after the other: the same each time."""
    rng = random.Random(1)
    drawn = ranks(rng, cache)
    names = list(range(cache.keys))
    rng.shuffle(names)
    for i in range(cache.requests):
        if cache.workload == "scan" and i % 5 == 0:
            yield b"scan:%d" % i
            continue
        if cache.workload == "shifting" and i % (cache.requests // SHIFTS) == 0:
            rng.shuffle(names)
        yield b"key:%d" % names[next(drawn)]


def use_cache(process, cache):
    """The share of hits in percent, and how many keys are in the cache at the end."""
    value = b"x" * cache.value
    keys = asked_for(cache)
    hits = counted = done = 0
    with socket.create_connection(("127.0.0.1", process.port)) as s, s.makefile("rb") as stream:
        def send(requests):
            s.sendall(b"".join(requests))
            return [read_reply(stream) for _ in requests]
        while batch := list(itertools.islice(keys, BATCH)):
            found = send([request("GET", key) for key in batch])
            send([request("SET", key, value) for key in {k for k, got in zip(batch, found) if got is None}])
            done += len(batch)
            if done > cache.requests // 2:
                counted += len(batch)
                hits += sum(got is not None for got in found)
    return 100 * hits / counted, process.call("DBSIZE")


def measure_hits(bench, hits, kept, caches):
    bench.terminal.begin(hits, len(caches))
    for cache in caches:
        row, keys = (results.Row(cache.label(), cache.facts()) for _ in range(2))
        for subject in bench.subjects:
            bench.terminal.progress(f"{hits.name}: {cache.label()}, {subject.name}")
            with running(subject) as (process,):
                process.configure(maxmemory=cache.maxmemory, maxmemory_policy=cache.policy)
                ratio, count = use_cache(process, cache)
            row.cells[subject.name], keys.cells[subject.name] = results.Cell(ratio), results.Cell(count)
        hits.rows.append(row)
        kept.rows.append(keys)
        bench.terminal.row(hits, row)
    bench.terminal.end(hits)
    bench.terminal.begin(kept, len(caches))
    for row in kept.rows:
        bench.terminal.row(kept, row)
    bench.terminal.end(kept)


def measure_section(bench):
    names = [s.name for s in bench.subjects]
    cost = results.Table(COST_NAME, "SET at maxmemory", "CPU µs per operation", 3, names)
    cost.notes.append("maxmemory is what 5M keys of 64 bytes take in each server; half of the keys sent are new.")
    hits = results.Table(HITS_NAME, "Hits of a cache at the same maxmemory", "% of requests", 1, names, summary="")
    kept = results.Table(KEPT_NAME, "Keys in that cache", "keys", 0, names, summary="")
    rows = bench.filter(cost, [AtLimit(p, 20_000 if bench.quick else 5_000_000) for p in POLICIES])
    size = {"requests": 10_000, "keys": 2_000, "maxmemory": "2mb"} if bench.quick else \
        {"requests": 1_000_000, "keys": 200_000, "maxmemory": "8mb"}
    hits.notes.append("Keys of Zipf's distribution (0.9) among {keys:,}, values of 100 bytes, maxmemory {maxmemory}; scan: one "
                      "request in five is for a key that is asked for once only; shifting: what is popular changes ten times."
                      .format(**size))
    caches = bench.filter(hits, [Cache(w, p, **size) for p in POLICIES[:2] for w in ("zipf", "scan", "shifting")])
    try:
        if rows:
            measure_cost(bench, cost, rows)
        if caches:
            measure_hits(bench, hits, kept, caches)
    except OSError as error:
        raise Failed(f"{COST_NAME}: {error}") from error
    return [table for table, wanted in ((cost, rows), (hits, caches), (kept, caches)) if wanted]
