"""Writes tables and charts into docs/performance.md, between the markers of each section:

    <!-- scripts/bench: throughput -->
    ...
    <!-- end -->
"""
import pathlib
import re

from . import charts, machine
from .subjects import Failed

END = "<!-- end -->"


def marker(name):
    return f"<!-- scripts/bench: {name} -->"


def markdown(table):
    lines = [f"| {table.unit} | " + " | ".join(table.subjects) + " |", "|---" * (len(table.subjects) + 1) + "|"]
    lines += [f"| {row.label} | " + " | ".join(table.cell_text(row, n) for n in table.subjects) + " |"
              for row in table.rows]
    return "\n".join(lines)


def generated(table, report, chart):
    versions = ", ".join(f"{s['name']} {s['version']}" for s in report["subjects"])
    parts = [machine.sentence(report["machine"]), versions, table.summary.format(rounds=report["settings"]["rounds"])]
    facts = f"{'; '.join(filter(None, parts))}. In brackets: the ratio to {table.subjects[0]}."
    parts = [facts, markdown(table)]
    if table.remarks():
        parts.append(" ".join(table.remarks()))
    if chart:
        parts.append(f"![{table.title}, {table.unit}]({chart.parent.name}/{chart.name})")
    return "\n\n".join(parts)


def replace_block(text, name, block):
    pattern = re.compile(re.escape(marker(name)) + r"\n.*?" + re.escape(END), re.S)
    replaced, count = pattern.subn(lambda _: f"{marker(name)}\n{block}\n{END}", text)
    if count != 1:
        raise Failed(f"the document has {count} places for the section {name}")
    return replaced


def update(directory, tables, report):
    """Replaces the blocks of the tables that were measured; the others stay as they are."""
    if not charts.available():
        raise Failed("--update-docs needs gnuplot: scripts/setup --bench")
    directory = pathlib.Path(directory)
    document = directory / "performance.md"
    text = document.read_text()
    for table in tables:
        text = replace_block(text, table.name, generated(table, report, charts.write(table, directory / "charts")))
    document.write_text(text)
    return document
