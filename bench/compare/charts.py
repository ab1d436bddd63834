"""Charts of the tables, as SVG by gnuplot. The same figures give the same bytes."""
import pathlib
import shutil
import subprocess

from .subjects import Failed

COLOURS = {"redis-server": "#b03a2e", "redpoll": "#1f618d", "echo": "#aab7b8"}
OTHERS = ("#b9770e", "#6c3483", "#117864", "#7b241c")

BARS = """
set style data histograms
set style histogram clustered gap 1
set style fill solid noborder
set boxwidth 0.9
set yrange [0:*]
set xtics nomirror scale 0 font ",10"
"""
LINES = """
set style data linespoints
set pointsize 0.6
set xtics nomirror
set autoscale xfix
set logscale x
set format x "10^{%L}"
set yrange [0:*]
"""


def available():
    return shutil.which("gnuplot") is not None


def colour(name, subjects):
    return COLOURS.get(name, OTHERS[subjects.index(name) % len(OTHERS)])


def quoted(text):
    return '"' + text.replace('"', "'").replace("_", "\\\\_") + '"'


def figures(row, names):
    """One figure per name, ? where there is none."""
    return " ".join(f"{row.cells[n].value:.6g}" if n in row.cells else "?" for n in names)


def plot(names, data, column, extra=""):
    """Plots columns 2... of the data, one for each name; `column` tells how gnuplot is to use column {}."""
    parts = [f"$data using {column.format(i + 2)} title {quoted(name)} linecolor rgb '{colour(name, names)}' {extra}"
             for i, name in enumerate(names)]
    return f"$data << EOD\n{data}\nEOD\nplot " + ", \\\n  ".join(parts) + "\n"


def bars(labels, rows, names):
    lines = [f"{quoted(label)} " + figures(row, names) for label, row in zip(labels, rows)]
    return f"set xrange [-0.6:{len(rows) - 0.4}]\n" + plot(names, "\n".join(lines), "{}:xtic(1)")


def lines_over(fact, rows, names):
    lines = [f"{row.facts[fact]} " + figures(row, names) for row in rows]
    return f'set xlabel "{fact}"\n' + plot(names, "\n".join(lines), "1:{}", "linewidth 2 pointtype 7")


def script(size, body):
    return f"""set terminal svg size {size[0]},{size[1]} font "sans-serif,12" background "white" name "chart"
set border 3 linecolor rgb "#566573"
set grid ytics linecolor rgb "#ccd1d1" linewidth 0.5
set ytics nomirror
set key below horizontal font ",10" samplen 1.5 width -4
{body}
"""


def select(table, **facts):
    return [r for r in table.rows if all(r.facts.get(k) == v for k, v in facts.items())]


def side_by_side(size, style, unit, panels, columns=None):
    """One chart of several panels, each (title, commands), in rows of so many; None without panels."""
    if not panels:
        return None
    columns = columns or len(panels)
    body = "".join(f'set title "{title}"\nset ylabel "{"" if i % columns else unit}"\n{commands}'
                   for i, (title, commands) in enumerate(panels))
    rows = -(-len(panels) // columns)
    return script((size[0], size[1] * rows), f"{style}set multiplot layout {rows},{columns}\n{body}unset multiplot")


def throughput(table):
    """One panel per pipeline, since the figures differ by a factor of twenty."""
    panels = []
    for pipeline in (1, 16, 64):
        rows = [r for r in select(table, pipeline=pipeline, connections=50, value=64)
                if r.facts["workload"] in ("ping", "set", "get", "incr", "mixed")]
        if rows:
            labels = [r.facts["workload"].upper() for r in rows]
            panels.append((f"pipeline {pipeline}", bars(labels, rows, table.subjects)))
    return side_by_side((960, 320), BARS, table.unit, panels)


def latency(table):
    panels = []
    for workload in ("get", "set"):
        rows = [r for r in select(table, workload=workload) if r.facts["quantile"] != "max"]
        if rows:
            title = f"{workload.upper()} at {rows[0].facts['rate']:,} requests per second"
            panels.append((title, bars([r.facts["quantile"] for r in rows], rows, table.subjects)))
    return side_by_side((900, 320), BARS + "set logscale y\nset yrange [10:*]\n", table.unit, panels)


def memory(table):
    rows = [r for r in table.rows if r.label != "idle connection"]
    if not rows:
        return None
    body = BARS + 'set xtics rotate by -15\nset rmargin 10\nset ylabel "bytes per element"\n'
    return script((860, 360), body + bars([r.label for r in rows], rows, table.subjects))


def scaling_keys(table):
    panels = [(w.upper(), lines_over("keys", rows, table.subjects))
              for w in ("get", "set") if (rows := select(table, workload=w))]
    return side_by_side((900, 340), LINES, table.unit, panels)


def scaling_connections(table):
    panels = [("GET without pipeline", lines_over("connections", table.rows, table.subjects))] if table.rows else []
    return side_by_side((600, 340), LINES, table.unit, panels)


def scaling_elements(table):
    workloads = list(dict.fromkeys(row.facts["workload"] for row in table.rows))
    panels = [(w.upper().replace("_", " "), lines_over("elements", select(table, workload=w), table.subjects))
              for w in workloads]
    return side_by_side((1200, 280), LINES, table.unit, panels, columns=4)


def hit_ratio(table):
    panels = [(policy, bars([r.facts["workload"] for r in rows], rows, table.subjects))
              for policy in dict.fromkeys(r.facts["policy"] for r in table.rows) if (rows := select(table, policy=policy))]
    return side_by_side((800, 320), BARS, table.unit, panels)


CHARTS = {"throughput": throughput, "latency": latency, "memory": memory, "scaling-keys": scaling_keys,
          "scaling-connections": scaling_connections, "scaling-elements": scaling_elements,
          "hit-ratio": hit_ratio}


def write(table, directory):
    """Writes the chart of a table. The path, or None if the table has none, or nothing that it shows."""
    text = CHARTS[table.name](table) if table.name in CHARTS else None
    if text is None:
        return None
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["gnuplot"], input=text, capture_output=True, text=True)
    if done.returncode != 0 or not done.stdout.startswith("<?xml"):
        raise Failed(f"gnuplot: {done.stderr.strip()}")
    path = directory / f"{table.name}.svg"
    path.write_text(done.stdout)
    return path
