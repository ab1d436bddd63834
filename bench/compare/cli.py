"""The command line of scripts/bench."""
import argparse
import json
import pathlib
import re
import signal
import sys
import time

from . import builds, bystander, docs, eviction, growth, latency, machine, memory, results, scaling, throughput
from .load import Load
from .rounds import Bench
from .subjects import Failed, Subject, running

SECTIONS = (throughput.measure_section, latency.measure_section, memory.measure_section, scaling.measure_keys,
            scaling.measure_connections, growth.measure_section, eviction.measure_section,
            bystander.measure_section)
# Room for the clients of the largest measurement and for those that ask questions besides.
OPTIONS = "--port {port} --dir {dir} --save '' --maxclients 10016"

DESCRIPTION = """Compares Redpoll with redis-server, and with other servers given as NAME='command with {port} and
{dir}', in one run: in each round one server after the other, on core 0, with the load on core 1. Figures are medians of
the CPU time of the server per operation (all threads, from /proc/PID/task/*/schedstat), then in brackets the ratio to
the first server, then the rate by the wall clock as a side note. The column `echo` is redpoll-echo, which answers
without looking: the floor that the kernel sets."""


def parse(argv):
    p = argparse.ArgumentParser(prog="scripts/bench", description=DESCRIPTION)
    p.add_argument("servers", nargs="*", metavar="NAME=COMMAND", help="further servers to compare with")
    p.add_argument("--only", default="", metavar="REGEX",
                   help="rows whose `section/label` it matches, as in 'memory/' or 'throughput/GET'")
    p.add_argument("--rounds", type=int, default=3, help="how often each row is measured (3)")
    p.add_argument("--seconds", type=float, default=1.5, help="how long a measurement takes (1.5)")
    p.add_argument("--quick", action="store_true",
                   help="some seconds in all, to see that it works; the figures mean nothing")
    p.add_argument("--json", metavar="FILE", help="writes all figures there")
    p.add_argument("--against", metavar="REV",
                   help="compares this tree with another commit of it, instead of redis-server")
    p.add_argument("--update-docs", action="store_true",
                   help="writes what was measured into docs/performance.md and docs/charts")
    p.add_argument("--docs", metavar="DIR", default=builds.ROOT / "docs", type=pathlib.Path,
                   help="where they are (docs)")
    p.add_argument("--build-dir", metavar="DIR", help="takes the programs that are there, instead of building them")
    arguments = p.parse_args(argv)
    for server in arguments.servers:
        if not re.fullmatch(r"[\w.+-]+=.*\{port\}.*", server):
            p.error(f"not NAME='command with {{port}}': {server}")
    if arguments.rounds < 1 or arguments.seconds <= 0:
        p.error("--rounds and --seconds must be positive")
    return arguments


def choose_subjects(arguments, programs):
    # Programs that were there already tell themselves of which commit they are.
    version = "" if arguments.build_dir else builds.tree_version()
    tree = Subject("redpoll", f"{programs / 'redpoll-server'} {OPTIONS}", version)
    if arguments.against:
        commit, program = builds.build_commit(arguments.against)
        first = Subject(f"redpoll-{commit}", f"{program} {OPTIONS}", commit)
    else:
        first = Subject("redis-server", f"redis-server {OPTIONS}")
    others = [Subject(*server.split("=", 1)) for server in arguments.servers]
    names = [s.name for s in (first, tree, *others)]
    if len(set(names)) < len(names) or "echo" in names:
        raise Failed(f"two servers of one name: {', '.join(names)}")
    return [first, tree, *others]


def versions(subjects):
    found = []
    for subject in subjects:
        with running(subject) as (process,):
            found.append({"name": subject.name, "version": process.version(), "command": subject.command})
    return found


def measure(bench, arguments, report):
    tables = []
    for section in SECTIONS:
        tables += section(bench)
        report["sections"] = {t.name: t.as_json() for t in tables}
        # After each section, so that an interrupted run is not lost.
        if arguments.json:
            pathlib.Path(arguments.json).write_text(json.dumps(report, indent=1) + "\n")
    return tables


def compare(arguments):
    terminal = results.Terminal()
    terminal.say("building")
    programs = builds.build_tree(arguments.build_dir)
    subjects = choose_subjects(arguments, programs)
    bench = Bench(load=Load(programs / "redpoll-load"), subjects=subjects, echo=programs / "redpoll-echo",
                  rounds=1 if arguments.quick else arguments.rounds,
                  seconds=0.03 if arguments.quick else arguments.seconds, quick=arguments.quick,
                  wanted=re.compile(arguments.only).search, terminal=terminal)
    report = {"machine": machine.facts(), "subjects": versions(subjects),
              "settings": {"rounds": bench.rounds, "seconds": bench.seconds, "quick": bench.quick}, "sections": {}}
    terminal.say("")
    print(machine.sentence(report["machine"]))
    print(", ".join(f"{s['name']} {s['version']}" for s in report["subjects"]))
    start = time.monotonic()
    tables = measure(bench, arguments, report)
    if not tables:
        raise Failed(f"--only {arguments.only} matches nothing")
    print(f"\nmeasured in {time.monotonic() - start:.0f} s")
    if arguments.update_docs:
        print(f"updated {docs.update(arguments.docs, tables, report)}")


def stop_on_signal(number, _):
    # Unwinds the stack, which ends all servers.
    sys.exit(128 + number)


def main(argv):
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, stop_on_signal)
    arguments = parse(argv)
    try:
        compare(arguments)
    except Failed as error:
        print(f"\nbench: {error}", file=sys.stderr)
        return 1
    return 0
