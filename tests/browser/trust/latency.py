"""From a key to pixels, in real JupyterLab."""

import re
from dataclasses import dataclass

TARGETS = {"python": 60, "browser": 35}  # milliseconds, 95th percentile, on the same machine
THERE_AND_BACK = ("ArrowRight",) * 5 + ("ArrowLeft",) * 5


@dataclass(frozen=True)
class Probe:
    """The control whose keys are timed: its role and the beginning of its name, or the number of a canvas.

    One of `before` is pressed first, untimed. `watch` names the elements whose pixels count, or their words where they
    are no canvas.
    """

    role: str
    name: str | int
    keys: tuple = THERE_AND_BACK
    before: tuple = ()
    watch: str = "canvas"


PROBES = {
    "AttentionPicture": Probe("slider", "temperature"),
    "BackpropStepper": Probe("spinbutton", "x₁", ("ArrowUp",) * 5 + ("ArrowDown",) * 5),
    "ConfusionAndCost": Probe("slider", "threshold"),
    "CourseMap": Probe("button", "Loss", ("Enter",), ("ArrowDown", "ArrowUp"), ".cw-card"),
    "DataHunger": Probe("slider", "pictures a class"),
    "ForecastAndCost": Probe("slider", "horizon"),
    "GateExplorer": Probe("slider", "unit"),
    "GradientChecker": Probe("slider", "value of the weight"),
    "KernelExplorer": Probe("slider", "bias"),
    "LossExplorer": Probe("slider", "prediction"),
    "MemoryKnob": Probe("slider", "spectral radius"),
    "NetworkInspector": Probe("canvas", 0, ("ArrowLeft", "ArrowRight")),
    "NeuronBench": Probe("slider", "weight w₁"),
    "OptimizerRace": Probe("slider", "learning rate"),
    "PoolingExplorer": Probe("slider", "window", ("ArrowRight", "ArrowLeft")),
    "PrecisionBench": Probe("slider", "bits of int"),
    "Quiz": Probe("radio", "It turns", ("Enter",), ("ArrowDown",), ".cw-verdict"),
    "RemainingLifeMonitor": Probe("slider", "alarm line"),
    "StraightOrBent": Probe("slider", "hidden units"),
    "TokenExplorer": Probe("textbox", "text", ("a", "Backspace")),
    "TrainingMonitor": Probe("slider", "smoothing"),
    "UnrolledNetwork": Probe("slider", "recurrent weight"),
    "WhichOneWins": Probe("slider", "samples", ("ArrowLeft", "ArrowRight")),
}

# Once a frame, after it was painted: a number for what the watched elements show, kept with its time when it differs.
# All canvases go side by side into one small picture: to read each alone delayed what is measured.
SAMPLER = """([root, watch]) => {
    const width = 400, height = 240, small = Object.assign(document.createElement('canvas'), { width, height });
    const g = small.getContext('2d', { willReadFrequently: true }), channel = new MessageChannel();
    const bench = window.bench = { changes: [], keys: [], root, on: true };
    const mix = (h, v) => Math.imul(h ^ v, 16777619);
    const look = () => {
        let h = 2166136261;
        const seen = [...root.querySelectorAll(watch)].filter(node => node.checkVisibility());
        const canvases = seen.filter(node => node.tagName === 'CANVAS');
        const words = seen.filter(node => node.tagName !== 'CANVAS').map(node => node.innerText).join('');
        for (const c of words) h = mix(h, c.codePointAt(0));
        if (!canvases.length) return h;
        const columns = Math.ceil(Math.sqrt(canvases.length)), rows = Math.ceil(canvases.length / columns);
        const w = Math.floor(width / columns), tall = Math.floor(height / rows);
        g.clearRect(0, 0, width, height);
        canvases.forEach((node, k) => g.drawImage(node, (k % columns) * w, Math.floor(k / columns) * tall, w, tall));
        for (const v of new Uint32Array(g.getImageData(0, 0, width, height).data.buffer)) h = mix(h, v);
        return h;
    };
    let last = look();
    channel.port1.onmessage = () => {
        const now = look();
        if (now !== last) { last = now; bench.changes.push(performance.now()); }
    };
    const frame = () => { if (bench.on) { channel.port2.postMessage(0); requestAnimationFrame(frame); } };
    requestAnimationFrame(frame);
    window.addEventListener('keydown', event => bench.keys.push(event.timeStamp), true);
}"""
# Wait until nothing has changed for a while; then the times of the last key and of the changes after it.
SETTLED = """([still, most]) => new Promise(done => {
    const begun = performance.now(), { changes, keys } = window.bench;
    const look = () => {
        const now = performance.now(), last = Math.max(begun, changes.at(-1) || 0);
        if (now - last < still && now - begun < most) { setTimeout(look, 20); return; }
        const key = keys.at(-1);
        done(key === undefined ? [] : changes.filter(t => t > key).map(t => t - key));
    };
    look();
})"""


def percentile(values, share):
    """The value below which `share` percent of them lie, nearest rank; None without values."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, round(share / 100 * (len(ordered) - 1)))], 1) if ordered else None


def computes(cls):
    """Where the numbers of a widget's picture come from: "python" or "browser". Its script tells the shell."""
    return "python" if re.search(r"shell\(\{[^}]*python: true", cls._esm) else "browser"


def control(widget, probe):
    if probe.role == "canvas":
        return widget.locator("canvas").nth(probe.name)
    return widget.get_by_role(probe.role, name=re.compile("^" + re.escape(probe.name))).first


def measure(page, widget, cls, presses, still=300):
    """Press the widget's keys; return the milliseconds to the first and to the last change of its pixels.

    Where Python computes, the last change is its answer; a marker that moves at once is only the first. `still`: how
    many milliseconds without a change are the end, more than a way to Python and back.
    """
    probe = PROBES[cls.__name__]
    page.evaluate("() => { if (window.bench) window.bench.on = false; }")
    widget.evaluate("(root, watch) => (" + SAMPLER + ")([root, watch])", probe.watch)
    node = control(widget, probe)
    node.scroll_into_view_if_needed()
    node.focus()
    first, last = [], []
    for press in range(presses + 3):
        if probe.before:
            page.keyboard.press(probe.before[press % len(probe.before)])
        page.evaluate(SETTLED, [still, 5000])
        page.keyboard.press(probe.keys[press % len(probe.keys)])
        changes = page.evaluate(SETTLED, [still, 5000])
        if press >= 3 and changes:  # the first ones warm everything up
            first.append(changes[0])
            last.append(changes[-1])
    page.evaluate("() => { window.bench.on = false; }")
    times = last if computes(cls) == "python" else first
    return {
        "median": percentile(times, 50),
        "p95": percentile(times, 95),
        "first_median": percentile(first, 50),
        "presses": presses,
        "seen": len(times),
    }
