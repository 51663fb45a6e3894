"""Work orders of a plant, simulated by a small grammar: component, fault and action are known for every text."""

from dataclasses import dataclass

import numpy as np

from course_lib.data.table import split_by_group
from course_lib.data.texts import Texts, as_texts, same_words
from course_lib.language import _
from course_lib.nn.checks import fraction, generator, lookup, whole

FRACTIONS = (0.7, 0.1, 0.2)  # train, validation, test
TYPED_WRONG = 0.08  # share of the places that people type wrongly
MOST = 50_000  # texts


@dataclass(frozen=True)
class Component:
    """The names people use for one component, how often it needs work, and the faults it can have."""

    names: tuple[str, ...]
    weight: float
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """How people write one fault: before the component ("leaking hose") or after it ("hose leaks oil")."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    weight: float
    actions: tuple[str, ...]


COMPONENTS = {
    "hose": Component(("hydraulic hose", "hose", "air hose"), 4, ("leak", "crack", "wear", "blockage", "loose")),
    "pump": Component(
        ("hydraulic pump", "coolant pump", "pump"),
        3,
        ("leak", "noise", "overheating", "blockage", "electrical", "wear"),
    ),
    "bearing": Component(("bearing", "roller bearing", "main bearing"), 2, ("wear", "noise", "overheating", "crack")),
    "motor": Component(
        ("spindle motor", "drive motor", "motor"), 3, ("electrical", "overheating", "noise", "loose", "wear")
    ),
    "conveyor": Component(
        ("conveyor belt", "conveyor", "transfer belt"), 3, ("wear", "crack", "blockage", "loose", "noise", "electrical")
    ),
    "gearbox": Component(("gearbox", "gear unit", "reduction gear"), 1.5, ("leak", "noise", "overheating", "wear")),
    "valve": Component(
        ("valve", "solenoid valve", "check valve"), 2.5, ("leak", "blockage", "electrical", "wear", "loose")
    ),
    "sensor": Component(
        ("proximity sensor", "sensor", "limit switch"), 2, ("electrical", "loose", "crack", "blockage")
    ),
}
FAULTS = {
    "leak": Fault(
        ("leaking", "dripping"),
        ("leaking", "leaks oil", "is dripping", "losing fluid"),
        4,
        ("replace", "repair", "check"),
    ),
    "wear": Fault(
        ("worn", "worn out"), ("worn", "worn out", "has too much play", "at wear limit"), 3, ("replace", "check")
    ),
    "crack": Fault(("broken", "cracked"), ("broken", "cracked", "has a crack", "snapped"), 2.5, ("replace", "repair")),
    "overheating": Fault(
        ("overheated", "hot"), ("overheating", "running hot", "temperature too high"), 1.5, ("check", "clean")
    ),
    "noise": Fault(("noisy", "vibrating"), ("noisy", "vibrating", "makes a knocking noise"), 1.5, ("check", "replace")),
    "blockage": Fault(("blocked", "clogged"), ("blocked", "clogged", "jammed", "no flow"), 2, ("clean", "replace")),
    "electrical": Fault(
        ("dead", "faulty"), ("not starting", "no signal", "trips the breaker"), 2.5, ("repair", "replace", "check")
    ),
    "loose": Fault(("loose",), ("loose", "has come off", "bolts missing"), 2, ("tighten", "repair")),
}
ACTIONS = {
    "not told": ("",),
    "replace": ("replace", "change out", "renew"),
    "repair": ("repair", "fix"),
    "check": ("check", "inspect"),
    "clean": ("clean", "flush"),
    "tighten": ("tighten", "refit"),
}
PLACES = ("", "", "left", "right", "front", "rear", "line 1", "line 2", "line 3", "station 4", "station 7")
SHORT = {  # abbreviations that are really typed
    "hydraulic": ("hyd",),
    "replace": ("repl", "rpl"),
    "check": ("chk",),
    "left": ("l/h", "lh"),
    "right": ("r/h", "rh"),
    "station": ("stn",),
    "bearing": ("brg",),
    "motor": ("mtr",),
    "conveyor": ("conv",),
    "gearbox": ("g/box",),
    "temperature": ("temp",),
    "broken": ("brkn",),
    "proximity": ("prox",),
}
# What the keyword rules look for: the first one found in the text is the label, right or wrong.
KEYWORDS = {word: name for name, part in COMPONENTS.items() for word in (name, *part.names)}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def simulate_work_orders(n=2000, rng=0, label="component", typos=0.05, abbreviations=0.2, ordered=0.3):
    """Return (train, validation, test) as Texts, 70, 10 and 20 % of n different simulated work orders.

    A small grammar writes, for example, "replace leaking hydraulic hose line 2" or "motor running hot, check". Then
    each word gets an abbreviation with the probability `abbreviations` (where one is usual) and a typing error with
    the probability `typos` (a letter lost, doubled, swapped or wrong; words of four letters and more).

    In the share `ordered` of the texts the ORDER of the words decides, in half of them for the component ("valve ok,
    pump leaking" against "pump ok, valve leaking"), in half for the fault ("hose was blocked, now loose"). A model
    that only knows which words are there is right in half of those, so at best in 1 - ordered / 4 of all texts.

    `label` is what `y` tells: "component" (8 classes), "fault" (8), "action" (6); or, as in the real work orders,
    "FuncLocation" (the component as people type it, wrong in 8 % of the texts) and "MajorSystem" (the component that
    a keyword rule finds in the text; texts without one are left out). The texts do not depend on `label`.
    `truth` has "component", "fault" and "action" (names), "clean" (the text before errors) and "ordered" ("component",
    "fault" or ""). `rng` is a seed or a Generator.

    The words follow what is found in real work orders; how often each occurs is our choice.

    Raises ValueError for an unknown label and a share out of range, TypeError for what is no number.
    """
    n, rng = whole("n", n, at_least=10), generator(rng)
    lookup("label", label, CLASSES)
    shares = {"typos": typos, "abbreviations": abbreviations, "ordered": ordered}
    typos, abbreviations, ordered = (fraction(name, value) for name, value in shares.items())
    if n > MOST:
        raise ValueError(_("n is {given}, but the grammar gives at most {most} texts").format(given=n, most=MOST))
    orders = {}
    for _try in range(20 * n):
        if len(orders) == n:
            break
        which = rng.random()
        truth = _order(rng, "component" if which < ordered / 2 else "fault" if which < ordered else "")
        text = _typed(truth["clean"], rng, typos, abbreviations)
        orders.setdefault(same_words(text), (text, truth))
    if len(orders) < n:
        raise ValueError(
            _(
                "n is {given}, but the grammar found only {found} different texts; give fewer, or more typing errors "
                "(typos) and abbreviations"
            ).format(given=n, found=len(orders))
        )
    texts, truths = zip(*orders.values(), strict=True)
    truth = {name: as_texts([t[name] for t in truths]) for name in truths[0]}
    typed = _as_typed(truth["component"], rng)
    if label in truth:
        named = truth[label]
    else:
        named = typed if label == "FuncLocation" else as_texts([rule_label(text) for text in texts])
    classes = tuple(CLASSES[label])
    y = np.array([classes.index(name) if name in classes else -1 for name in named])
    names = tuple(map(_, classes))
    every = Texts(as_texts(texts), np.maximum(y, 0), names, np.arange(n), "simulated", _("text"), truth)
    parts = split_by_group(every, FRACTIONS, rng, stratify=False)
    return tuple(part.rows(y[part.groups] >= 0) for part in parts)


def rule_label(text):
    """Return the component whose keyword stands first in `text`, or "" if there is none: how rules make labels.

    The rule knows no typing errors, and in "valve ok, pump leaking" it finds the valve.
    """
    words = f" {same_words(text)} "
    found = {words.find(f" {keyword} "): name for keyword, name in KEYWORDS.items() if f" {keyword} " in words}
    return found[min(found)] if found else ""


def _order(rng, ordered):
    """The truth of one order; `ordered` tells for which label the order of its words decides: "", a component, a fault.

    Of two components (or faults) each is the label with probability 1/2, so their words alone tell nothing.
    """
    component = _chosen(rng, COMPONENTS)
    fault = _chosen(rng, {name: FAULTS[name] for name in COMPONENTS[component].faults})
    place = rng.choice(PLACES)
    action = "not told"
    if ordered == "component":  # the other one, which could have this fault too, is fine
        other = rng.choice([c for c in COMPONENTS if c != component and fault in COMPONENTS[c].faults])
        component, other = rng.permutation([component, other]).tolist()
        good, bad = f"{_name(other, rng)} ok", f"{_name(component, rng)} {place} {rng.choice(FAULTS[fault].after)}"
        clean = ", ".join(rng.permutation([good, bad]))
    elif ordered == "fault":  # the other one was there before
        before = rng.choice([f for f in COMPONENTS[component].faults if f != fault])
        before, fault = rng.permutation([before, fault]).tolist()
        was, now = (rng.choice(FAULTS[f].before) for f in (before, fault))
        clean = f"{_name(component, rng)} {place} was {was}, now {now}"
    elif rng.random() < 0.4:
        clean = f"{_name(component, rng)} {place} {rng.choice(FAULTS[fault].after)}"
    else:
        action = str(rng.choice(FAULTS[fault].actions))
        verb = rng.choice(ACTIONS[action])
        if rng.random() < 0.6:
            clean = f"{verb} {rng.choice(FAULTS[fault].before)} {_name(component, rng)} {place}"
        else:
            clean = f"{_name(component, rng)} {place} {rng.choice(FAULTS[fault].after)}, {verb}"
    clean = " ".join(clean.split()).replace(" ,", ",")
    return {"component": component, "fault": fault, "action": action, "clean": clean, "ordered": ordered}


def _name(component, rng):
    return rng.choice(COMPONENTS[component].names)


def _typed(clean, rng, typos, abbreviations):
    """The clean text with abbreviations, typing errors, and in capitals or not."""
    words = []
    for word in clean.split(" "):
        bare = word.rstrip(",")
        comma = word[len(bare) :]
        if bare in SHORT and rng.random() < abbreviations:
            bare = rng.choice(SHORT[bare])
        elif len(bare) >= 4 and bare.isalpha() and rng.random() < typos:
            bare = _mistyped(bare, rng)
        words.append(bare + comma)
    text = " ".join(words)
    style = rng.random()
    return text.upper() if style < 0.3 else text.capitalize() if style < 0.6 else text


def _mistyped(word, rng):
    """`word` with one letter lost, doubled, swapped with the next, or wrong."""
    i = int(rng.integers(1, len(word) - 1))
    kind = rng.integers(4)
    if kind == 0:
        return word[:i] + word[i + 1 :]
    if kind == 1:
        return word[:i] + word[i] + word[i:]
    if kind == 2:
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    return word[:i] + rng.choice([c for c in LETTERS if c != word[i]]) + word[i + 1 :]


def _as_typed(components, rng):
    """What people type as the place: the component, or in TYPED_WRONG of the texts another one."""
    names = list(COMPONENTS)
    wrong = rng.random(len(components)) < TYPED_WRONG
    others = rng.integers(1, len(names), len(components))
    return as_texts(
        [
            names[(names.index(c) + k) % len(names)] if w else c
            for c, w, k in zip(components, wrong, others, strict=True)
        ]
    )


def _chosen(rng, table):
    """One name of `table`, with the probability of its weight."""
    weights = np.array([entry.weight for entry in table.values()])
    return list(table)[rng.choice(len(weights), p=weights / weights.sum())]


CLASSES = {
    "component": COMPONENTS,
    "fault": FAULTS,
    "action": ACTIONS,
    "FuncLocation": COMPONENTS,
    "MajorSystem": COMPONENTS,
}
