"""Tables of figures: what the sections fill in, the terminal prints, JSON keeps and the documentation shows."""
import dataclasses
import statistics
import sys


@dataclasses.dataclass
class Cell:
    value: float
    rate: float | None = None  # operations per second by the wall clock, a side note
    runs: list[float] = dataclasses.field(default_factory=list)  # one value per round

    def as_json(self):
        return {k: v for k, v in dataclasses.asdict(self).items() if v not in (None, [])}


@dataclasses.dataclass
class Row:
    label: str
    facts: dict  # what distinguishes it from other rows, for charts and for programs
    cells: dict = dataclasses.field(default_factory=dict)  # name of a subject -> Cell

    def ratio(self, name, first):
        base = self.cells.get(first)
        return self.cells[name].value / base.value if base and base.value > 0 else None


@dataclasses.dataclass
class Table:
    name: str
    title: str
    unit: str
    digits: int
    subjects: list  # names, in the order of the columns; ratios are to the first
    summary: str = "median of {rounds} rounds"  # what a cell is of what was measured; empty: measured once
    rows: list = dataclasses.field(default_factory=list)
    left_out: dict = dataclasses.field(default_factory=dict)  # name of a subject -> labels of rows it cannot do
    notes: list = dataclasses.field(default_factory=list)  # sentences

    def remarks(self):
        """What is to be said below the table, in sentences."""
        missing = [f"Not measured, because {name} lacks the commands: {', '.join(labels)}."
                   for name, labels in self.left_out.items()]
        return self.notes + missing

    def cell_text(self, row, name):
        cell = row.cells.get(name)
        if cell is None:
            return "–"
        text = f"{cell.value:.{self.digits}f}"
        ratio = row.ratio(name, self.subjects[0])
        return text if name == self.subjects[0] or ratio is None else f"{text} ({ratio:.2f})"

    def as_json(self):
        rows = []
        for row in self.rows:
            cells = {}
            for name, cell in row.cells.items():
                cells[name] = cell.as_json() | {"ratio": row.ratio(name, self.subjects[0])}
            rows.append({"label": row.label, **row.facts, "cells": cells})
        return {"title": self.title, "unit": self.unit, "subjects": self.subjects, "rows": rows,
                "left_out": self.left_out, "notes": self.notes}


def median_cell(runs, rates=()):
    return Cell(statistics.median(runs), statistics.median(rates) if rates else None, list(runs))


class Terminal:
    """Tables on standard output, row by row as they are measured; what is going on now on standard error."""
    LABEL, COLUMN = 34, 25

    def __init__(self):
        self.live = sys.stderr.isatty()
        self.total = self.done = 0

    def begin(self, table, rows):
        self.total, self.done = rows, 0
        self.say("")
        heading = f"{table.title} [{table.unit}]"
        columns = "".join(f"{name:>{self.COLUMN}}" for name in table.subjects)
        print(f"\n{heading}\n{'':{self.LABEL}}{columns}", flush=True)

    def progress(self, what):
        self.say(f"{self.done}/{self.total} {what}")

    def row(self, table, row):
        self.done += 1
        self.say("")
        columns = []
        for name in table.subjects:
            cell = row.cells.get(name)
            rate = f" {cell.rate / 1000:.0f}k/s" if cell and cell.rate else ""
            columns.append(f"{table.cell_text(row, name) + rate:>{self.COLUMN}}")
        print(f"{row.label:{self.LABEL}}" + "".join(columns), flush=True)

    def end(self, table):
        self.say("")
        for sentence in table.remarks():
            print(f"  {sentence}")

    def say(self, text):
        if self.live:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
        elif text:
            print(text, file=sys.stderr, flush=True)
