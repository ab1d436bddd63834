"""CPU time of the server per operation, when it has as much to do as it can."""
from . import results
from .rounds import Spec, measure_all

NAME = "throughput"


def specs(quick):
    keys = 10_000 if quick else 1_000_000
    basic = ("ping", "set", "get")
    # Rows on the same data follow each other: it is filled in once.
    rows = [Spec(w, p, c, keys=keys) for c in (50, 1_000) for p in (1, 16, 64) for w in basic]
    rows += [Spec(w, p, keys=keys) for w, p in (("mset", 1), ("mset", 16), ("mget", 1), ("mget", 16))]
    rows += [Spec("transaction", 12, keys=keys)]  # MULTI, ten times SET, EXEC
    rows += [Spec("mixed", p, keys=keys) for p in (1, 16, 64)]
    rows += [Spec("incr", p, keys=keys) for p in (1, 16, 64)]
    rows += [Spec(w, p, value=4096, keys=keys // 10) for p in (1, 16) for w in ("set", "get")]
    rows += [Spec(w, 1, value=65536, keys=keys // 100) for w in ("set", "get")]
    return rows + collections(keys)


def collections(keys):
    rows = [Spec(w, 16, keys=keys) for w in ("lpush", "lpop", "rpop", "sadd", "sismember", "zadd", "zrank")]
    rows += [Spec(w, 1, keys=keys) for w in ("zrange_100", "zrangebyscore", "lrange_100", "lrange_600")]
    rows += [Spec(w, 16, value=16, keys=keys) for w in ("hset", "hget")]
    return rows + [Spec("hset_small", 16, keys=keys // 10), Spec("hgetall", 16, keys=keys // 5)]


def measure_section(bench):
    table = results.Table(NAME, "Throughput", "CPU µs per operation", 3, bench.columns())
    return measure_all(bench, table, specs(bench.quick))
