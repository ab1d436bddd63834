"""redpoll-load as functions. Each result is the dictionary it prints."""
import json
import subprocess

from .subjects import Failed, LOAD_CORE, pinned

SKIPPED = 3


class Missing(Exception):
    """The server lacks commands that a workload needs: they are `commands`."""

    def __init__(self, commands):
        super().__init__(", ".join(commands))
        self.commands = commands


class Load:
    def __init__(self, program):
        self.program = program
        self.workloads = {w["workload"]: w for w in self.lines("list")}

    def lines(self, mode, **options):
        argv = [str(self.program), mode]
        for name, value in options.items():
            if value is True:
                argv.append(f"--{name}")
            elif value is not None and value is not False:
                argv += [f"--{name}", str(value)]
        done = subprocess.run(argv, capture_output=True, text=True, preexec_fn=pinned(LOAD_CORE))
        if done.returncode not in (0, SKIPPED):
            raise Failed(f"{' '.join(argv)}: {done.stderr.strip() or done.stdout.strip()}")
        results = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode == SKIPPED:
            raise Missing(results[0]["missing"])
        return results

    def describe(self, **workload):
        return self.lines("describe", **workload)[0]

    def check(self, process, **workload):
        """Raises Missing if the server lacks a command of the workload."""
        self.lines("check", port=process.port, **workload)

    def fill(self, process, **options):
        return self.lines("fill", port=process.port, **options)[0]

    def run(self, process, **options):
        return self.lines("run", port=process.port, pid=process.pid, **options)[0]

    def rate(self, process, **options):
        return self.lines("rate", port=process.port, pid=process.pid, **options)[0]
