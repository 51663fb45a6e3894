"""A thousand random events on a widget in real JupyterLab, from Python and in the page, and the kernel's memory."""

from tests.browser.labkit import python, run_all
from tests.browser.random_events import HARMLESS, HELPERS

CHUNKS = 10
QUIET = (*HARMLESS, "favicon")


def cells(name):
    """The notebook of one widget; its last cell shows it, and closes that of the last run when it runs again."""
    return [f"from tests.browser.trust import kernel\nkernel.watch()\nw = kernel.make({name!r})\nw"]


def shown(page):
    widget = page.locator(".jp-OutputArea-output .cw").first
    widget.wait_for(timeout=60_000)
    return widget


def in_the_page(page, events, seed):
    """Random events on the widget that is shown; now and then a random state from Python."""
    for chunk in range(CHUNKS):
        shown(page).evaluate("(root, given) => window.fuzz(root, ...given)", [events // CHUNKS, seed + chunk])
        python(page, f"kernel.random_state(w, {seed + chunk})")
    page.wait_for_timeout(500)
    python(page, "None")


def measure(page, name, events):
    """Return what went wrong, and the kernel's memory in MiB before and after, with one fresh widget both times."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.evaluate("() => { " + HELPERS + " Object.assign(window, { fuzz }); }")

    def turn(count, seed):
        in_python = eval(python(page, f"kernel.events({name!r}, {count})"))
        in_the_page(page, count, seed)
        told = python(page, "w.error")
        run_all(page)
        shown(page)
        return in_python, [] if told == "''" else [told]

    # What is made once for all is there after these: modules, data, and the fonts that still pictures need.
    for seed in range(3):
        turn(max(20, events // 10), seed)
    before, living = float(python(page, "kernel.megabytes()")), int(python(page, "kernel.living()"))
    in_python, told = turn(events, 1000)
    after, still_living = float(python(page, "kernel.megabytes()")), int(python(page, "kernel.living()"))
    in_kernel = eval(python(page, "kernel.complaints"))
    heard = [text for text in errors if not any(word in text for word in QUIET)]
    if still_living > living:
        in_python.append(f"widgets: {living}, then {still_living}")
    return {
        "python_events": events,
        "page_events": events,
        "python_problems": in_python + told + in_kernel,
        "page_problems": heard,
        "kernel_mb_before": round(before, 1),
        "kernel_mb_after": round(after, 1),
    }
