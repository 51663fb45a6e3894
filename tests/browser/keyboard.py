"""A widget by keyboard alone: Tab to every control, a ring that can be seen, and keys that change something."""

# Every control that can be used now gets a number; radio buttons of one name are one stop.
STOPS = """() => {
    const names = new Set(), found = [];
    const kinds = 'a[href], input, select, button, textarea, summary, canvas, [tabindex]';
    for (const node of document.getElementById('host').querySelectorAll(kinds)) {
        if (node.disabled || node.tabIndex < 0 || !node.checkVisibility()) continue;
        if (node.type === 'radio') { if (names.has(node.name)) continue; names.add(node.name); }
        node.dataset.stop = found.length;
        const label = node.getAttribute('aria-label') || (node.labels && node.labels[0] || node).innerText;
        const kind = node.tagName === 'INPUT' ? node.type : node.tagName.toLowerCase();
        found.push({ kind, words: (label || node.value).slice(0, 60) });
    }
    document.activeElement.blur();
    return found;
}"""
# The ring is drawn around the control on the page, so its colour has to stand out from the page's.
RING = """() => {
    const node = document.activeElement, style = getComputedStyle(node), box = node.getBoundingClientRect();
    const stop = node.type !== 'radio' ? node
        : [...document.getElementsByName(node.name)].find(one => 'stop' in one.dataset);
    return { stop: stop && 'stop' in stop.dataset ? +stop.dataset.stop : null,
        style: style.outlineStyle, width: parseFloat(style.outlineWidth), colour: style.outlineColor,
        page: getComputedStyle(document.body).backgroundColor,
        seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth };
}"""
LOOK = """() => {
    const host = document.getElementById('host');
    return JSON.stringify([window.clicks, window.model.get('shared').map(k => window.model.get(k)), host.innerText,
        [...host.querySelectorAll('input, select, textarea')].map(n => [n.value, n.checked]),
        [...host.querySelectorAll('canvas')].map(n => [n.getAttribute('aria-label'), n.toDataURL()])]);
}"""
FRAMES = "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(r, 0))))"
KEYS = {
    "range": ("ArrowRight", "ArrowLeft", "End", "Home"),
    "select": ("ArrowDown", "ArrowUp"),
    "checkbox": ("Space",),
    "radio": ("Space", "ArrowDown"),
    "number": ("ArrowUp", "ArrowDown"),
    "text": ("a",),
    "textarea": ("a",),
    "button": ("Space",),
    "submit": ("Space",),
    "summary": ("Space",),
    "canvas": ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Enter", "Space"),
}


def luminance(colour):
    """The relative luminance of `rgb(r, g, b)` by WCAG 2."""
    parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """The contrast of two colours by WCAG 2: 1 to 21."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def walk(page):
    """Tab through a bare page; return its stops and a sentence for each that was not reached or not seen."""
    stops, problems, reached = page.evaluate(STOPS), [], set()
    for _press in range(2 * len(stops) + 5):
        page.keyboard.press("Tab")
        ring = page.evaluate(RING)
        if ring["stop"] is None or ring["stop"] in reached:
            break
        reached.add(ring["stop"])
        words = "{kind} {words!r}".format(**stops[ring["stop"]])
        if ring["style"] == "none" or ring["width"] < 2 or contrast(ring["colour"], ring["page"]) < 3:
            problems.append(f"{words}: the focus ring is hard to see")
        if not ring["seen"]:
            problems.append(f"{words}: has the focus out of sight")
    missed = ["{kind} {words!r}".format(**stop) for k, stop in enumerate(stops) if k not in reached]
    return stops, problems + [f"{words}: Tab does not reach it" for words in missed]


def operate(page, stops):
    """Press each stop's keys; return a sentence for each where none changed anything."""
    dead = []
    page.evaluate("() => { window.clicks = 0; document.addEventListener('click', () => window.clicks++, true); }")
    for number, stop in enumerate(stops):
        control = page.locator(f"[data-stop='{number}']")
        if stop["kind"] == "a" or control.count() == 0 or not control.is_visible() or not control.is_enabled():
            continue  # an earlier key took it away, or a key would leave the page
        before = page.evaluate(LOOK)
        for key in KEYS[stop["kind"]]:
            control.focus()
            page.keyboard.press(key)
            page.evaluate(FRAMES)
            if page.evaluate(LOOK) != before:
                break
        else:
            dead.append("{kind} {words!r}: no key changes anything".format(**stop))
    return dead
