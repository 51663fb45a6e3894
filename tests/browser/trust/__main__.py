"""Every widget under load, in real JupyterLab and in a bare page. Prints tables and stores them in `trust.json`.

python -m tests.browser.trust                           everything, all widgets
python -m tests.browser.trust NeuronBench --latency     one part, one widget; results of the others stay as they are
"""

import argparse
import json
import tempfile
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from course_lib import widgets
from tests.benchmarks.__main__ import machine
from tests.browser import axe, labkit, random_events
from tests.browser.theme import set_theme
from tests.browser.trust import latency, load, screens
from tests.browser.trust.slow_way import slow_way
from tests.widgets.cases import make_shown

RESULT = Path(__file__).parents[1] / "trust.json"
FAR = 150  # milliseconds more, there and back
PARTS = ("load", "latency", "axe", "screens")


@contextmanager
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=labkit.find_browser(), args=list(labkit.CHROME_FLAGS))
        yield running
        running.close()


def notebook(chromium, lab, name, port=None):
    """Open the notebook of one widget and run it; `port`: another way to the same JupyterLab."""
    file = f"{name}.ipynb"
    if not (lab.root / file).exists():
        labkit.write_notebook(lab.root / file, load.cells(name))
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    page = labkit.open_notebook(context, lab.url(file).replace(f":{lab.port}/", f":{port or lab.port}/"))
    labkit.run_all(page)
    errors = labkit.cell_errors(page)
    assert errors == [], errors
    return context, page


def bare_load(chromium, cls, events):
    context = chromium.new_context(viewport={"width": 660, "height": 900})
    errors, empty, shown, after, disposed = random_events.turn(context, cls, events)
    context.close()
    return {
        "events": events,
        "problems": errors + random_events.growth(empty, shown, after, disposed),
        "listeners": [
            shown.listeners + shown.model,
            after.listeners + after.model,
            disposed.listeners + disposed.model,
        ],
        "nodes": [shown.nodes, after.nodes, disposed.nodes],
        "heap_kb": [round(held.heap / 1024) for held in (shown, after, disposed)],
    }


def lab_load(chromium, lab, name, events):
    context, page = notebook(chromium, lab, name)
    measured = load.measure(page, name, events)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    context.close()
    return measured


def lab_latency(chromium, lab, cls, presses):
    """Latency on this machine, and over a way that takes FAR milliseconds longer (with fewer presses)."""
    context, page = notebook(chromium, lab, cls.__name__)
    here = latency.measure(page, load.shown(page), cls, presses)
    context.close()
    with slow_way(lab.port, FAR) as port:
        context, page = notebook(chromium, lab, cls.__name__, port)
        far = latency.measure(page, load.shown(page), cls, max(10, presses // 2), still=300 + 2 * FAR)
        page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        context.close()
    computes = latency.computes(cls)
    return {"computes": computes, "target": latency.TARGETS[computes], "here": here, f"far_{FAR}_ms": far}


def axe_findings(chromium, cls, script):
    context = chromium.new_context(viewport={"width": 920, "height": 900})
    page = labkit.mount(context.new_page(), make_shown(cls), 900)
    found = []
    for dark in (False, True):
        set_theme(page, dark)
        found += axe.violations(page, script, "#host")
    context.close()
    return found


def tables(results):
    """The results as text: one table for each part that was measured."""
    lines = []

    def table(head, rows):
        if rows:
            width = [max(len(str(row[k])) for row in [head, *rows]) for k in range(len(head))]
            lines.extend(
                "  ".join(str(c).ljust(w) for c, w in zip(row, width, strict=True)).rstrip() for row in [head, *rows]
            )
            lines.append("")

    def arrow(values):
        return " > ".join(map(str, values))

    table(
        ("widget", "events in the page, alone", "problems", "listeners (used > after > closed)", "nodes", "heap [kB]"),
        [
            (
                n,
                r["bare"]["events"],
                len(r["bare"]["problems"]),
                *(arrow(r["bare"][k]) for k in ("listeners", "nodes", "heap_kb")),
            )
            for n, r in results.items()
            if "bare" in r
        ],
    )
    table(
        ("widget", "events from Python, in JupyterLab", "problems", "kernel before [MB]", "after", "change"),
        [
            (
                n,
                f"{r['lab']['python_events']} + {r['lab']['page_events']}",
                len(r["lab"]["python_problems"] + r["lab"]["page_problems"]),
                r["lab"]["kernel_mb_before"],
                r["lab"]["kernel_mb_after"],
                f"{r['lab']['kernel_mb_after'] / r['lab']['kernel_mb_before'] - 1:+.1%}",
            )
            for n, r in results.items()
            if "lab" in r
        ],
    )
    far = f"far_{FAR}_ms"
    table(
        ("widget", "computed in", "median [ms]", "p95 [ms]", "target", "", f"median +{FAR} ms", "p95", "presses seen"),
        [
            (
                n,
                r["latency"]["computes"],
                r["latency"]["here"]["median"],
                r["latency"]["here"]["p95"],
                r["latency"]["target"],
                "ok" if (r["latency"]["here"]["p95"] or 1e9) <= r["latency"]["target"] else "SLOWER",
                r["latency"][far]["median"],
                r["latency"][far]["p95"],
                f"{r['latency']['here']['seen']} of {r['latency']['here']['presses']}",
            )
            for n, r in results.items()
            if "latency" in r
        ],
    )
    for part in ("axe", "screens"):
        rows = [(n, len(r[part]), "; ".join(r[part])[:100]) for n, r in results.items() if part in r]
        table(("widget", f"{part}: problems", ""), rows)
    for n, r in results.items():
        for text in r.get("bare", {}).get("problems", []):
            lines.append(f"{n}, in the page: {text}")
        for text in r.get("lab", {}).get("python_problems", []) + r.get("lab", {}).get("page_problems", []):
            lines.append(f"{n}, in JupyterLab: {text}")
    return "\n".join(lines)


def measure(names, parts, events, presses, keep):
    """Measure the `parts` of each widget of `names`, and call keep(name, results of this widget) after each."""
    with tempfile.TemporaryDirectory(prefix="trust_") as scratch, browser() as chromium, labkit.Lab(scratch) as lab:
        script = axe.source() if "axe" in parts else None
        for name in names:
            cls, found = getattr(widgets, name), {}
            if "latency" in parts:
                found["latency"] = lab_latency(chromium, lab, cls, presses)
            if "load" in parts:
                found["bare"] = bare_load(chromium, cls, events)
                found["lab"] = lab_load(chromium, lab, name, events)
            if script:
                found["axe"] = axe_findings(chromium, cls, script)
            if "screens" in parts:
                found["screens"] = screens.take(chromium, cls)
            keep(name, found, chromium.version)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.browser.trust", description=__doc__.splitlines()[0])
    parser.add_argument("widgets", nargs="*", metavar="WIDGET", help="all by default")
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--presses", type=int, default=40, help="keys that are timed, on this machine")
    for part in PARTS:
        parser.add_argument(f"--{part}", action="store_true")
    given = parser.parse_args(arguments)
    names = given.widgets or list(widgets.__all__)
    if unknown := set(names) - set(widgets.__all__):
        parser.error(f"no widget {', '.join(sorted(unknown))}; there are {', '.join(widgets.__all__)}")
    parts = [part for part in PARTS if getattr(given, part)] or list(PARTS)
    stored = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {"widgets": {}}

    def keep(name, found, version):
        stored["machine"], stored["chromium"] = machine(), version
        stored["date"] = str(date.today())
        stored["widgets"][name] = stored["widgets"].get(name, {}) | found
        stored["widgets"] = dict(sorted(stored["widgets"].items()))
        RESULT.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(name, "measured", flush=True)

    measure(names, parts, given.events, given.presses, keep)
    if "screens" in parts and set(names) == set(widgets.__all__):
        for width, columns, scale in ((320, 8, 0.5), (1280, 4, 0.25)):
            for theme in ("light", "dark"):
                print(screens.contact_sheet(names, width, theme, columns, scale))
    print(tables(stored["widgets"]))


if __name__ == "__main__":
    main()
