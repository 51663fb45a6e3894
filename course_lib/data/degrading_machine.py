"""Air compressors of a plant that run to failure: their wear is hidden, and we know it."""

from dataclasses import dataclass

import numpy as np

from course_lib.data.engine_runs import EngineRuns
from course_lib.data.turbofan import remaining_life
from course_lib.language import _
from course_lib.nn.checks import generator, lookup, whole

NOMINAL_LOAD = 80.0  # %
NOMINAL_AIR = 20.0  # °C of the inlet air
SHORTEST, LONGEST = 130.0, 345.0  # cycles of life at the nominal load, before the chance of each cycle
STEEPNESS = 3.0  # how much faster the wear grows at the end than at the start: exp(3) = 20 times
FIRST_WINDOW = 31  # a cut-off engine has been seen for at least so many cycles
REMAINING = (5, 145)  # cycles that a cut-off engine still has, at the least and at the most

CONDITIONS = {  # mean inlet air [°C], mean load [%], speed setpoint [rpm]
    "normal": (20.0, 80.0, 2950.0),
    "summer": (33.0, 80.0, 2950.0),  # other readings, the same wear
    "heavy": (24.0, 95.0, 2980.0),  # other readings, and a life shorter by (95 / 80)^3 = 1.67
}


@dataclass(frozen=True)
class Sensor:
    """One sensor: its reading when new and nominal, and what changes it.

    reading = new + wear * wear^power + air * (inlet air - 20 °C) + load * (load - 80 %) + own + noise
    """

    name: str
    unit: str
    new: float
    wear: float = 0.0  # change from new to failed
    power: float = 1.0
    air: float = 0.0  # change for 1 °C of inlet air
    load: float = 0.0  # change for 1 % of load
    own: float = 0.0  # standard deviation from machine to machine
    noise: float = 0.0  # standard deviation from cycle to cycle


SENSORS = (
    Sensor("bearing temperature", "°C", 62, wear=14, air=0.3, load=0.15, own=1.2, noise=1.6),
    Sensor("winding temperature", "°C", 88, wear=7, air=0.5, load=0.45, own=1.5, noise=1.5),
    Sensor("oil temperature", "°C", 54, wear=9, air=0.4, load=0.12, own=1.0, noise=1.2),
    Sensor("outlet air temperature", "°C", 82, wear=11, air=1.0, load=0.2, own=1.0, noise=1.5),
    Sensor("outlet pressure", "bar", 7.5, wear=-0.5, load=0.004, own=0.05, noise=0.06),
    Sensor("oil pressure", "bar", 2.6, wear=-0.35, air=-0.004, own=0.04, noise=0.05),
    Sensor("vibration drive end", "mm/s RMS", 1.8, wear=3.5, power=2.0, load=0.01, own=0.15, noise=0.25),
    Sensor("vibration free end", "mm/s RMS", 1.2, wear=1.6, power=2.0, load=0.006, own=0.12, noise=0.18),
    Sensor("shaft speed", "rpm", 0, wear=-14, load=-0.3, own=1.0, noise=2.0),  # above the setpoint
    Sensor("motor current", "A", 118, wear=9, load=1.1, own=1.0, noise=1.4),
    Sensor("air flow", "m³/min", 21.0, wear=-1.6, load=0.2, own=0.15, noise=0.25),
    Sensor("supply voltage", "V", 400, noise=2.0),
    Sensor("cooling water temperature", "°C", 18, own=1.0, noise=0.8),
    Sensor("valve position", "%", 100),
)
SETTINGS = (("inlet air temperature", "°C"), ("load", "%"), ("speed setpoint", "rpm"))


def simulate_engines(engines=100, test_engines=100, rng=0, condition="normal"):
    """Return (train, test) like `load_turbofan`: EngineRuns of air compressors, with the true `health`.

    Every cycle (one hour) uses up a part of the machine's life L, more under a higher load; e is the chance of the
    cycle (mean 1). The used part s gives the wear w, the wear gives the health, and the machine fails at s >= 1:

        s_t = s_(t-1) + (load_t / 80 %)^3 e_t / L        w_t = (exp(3 s_t) - 1) / (exp(3) - 1)        health = 1 - w_t

    Lives are about 120 to 360 cycles. The sensors follow the wear, the settings and noise (`SENSORS`).

    train: `engines` machines, each until it fails (y = 0 in its last row). test: `test_engines` others, cut off 5 to
    145 cycles before the failure and after at least 31; their `y` counts from the true remaining life.
    `condition`: "normal", "summer" (hotter air: other readings, the same wear) or "heavy" (more load: other readings
    and a shorter life). `rng` is a seed or a Generator.

    Source of the rules: parts of a life add up (Palmgren 1924, Miner 1945); a rolling bearing's life falls with the
    third power of its load (ISO 281); wear that grows exponentially (Saxena et al. 2008). All numbers are ours.

    Raises ValueError for an unknown condition or less than one engine, TypeError for what is no whole number.
    """
    engines, test_engines = whole("engines", engines), whole("test_engines", test_engines)
    air, load, setpoint = lookup("condition", condition, CONDITIONS)
    rng = generator(rng)
    machines = [_machine(rng, air, load, setpoint) for _number in range(engines + test_engines)]
    remaining = [0] * engines
    for x, _health in machines[engines:]:
        most = max(REMAINING[0], min(REMAINING[1], len(x) - FIRST_WINDOW))
        remaining.append(int(rng.integers(REMAINING[0], most + 1)))
    return (
        _runs(machines[:engines], remaining[:engines], first_number=1),
        _runs(machines[engines:], remaining[engines:], first_number=engines + 1),
    )


def _machine(rng, mean_air, mean_load, setpoint):
    """One machine from its first cycle to its failure: x (T, D) and health (T,)."""
    life = np.clip(200 * np.exp(rng.normal(0, 0.27)), SHORTEST, LONGEST)
    most = int(4 * LONGEST)  # cycles: more than any life under any load
    air = mean_air + 4 * np.sin(2 * np.pi * (np.arange(most) / 24 + rng.random())) + rng.normal(0, 0.7, most)
    load = np.clip(mean_load + rng.normal(0, 3, most), 0, 100)
    start = rng.uniform(0, 0.05)  # never quite new
    used = start + np.cumsum((load / NOMINAL_LOAD) ** 3 * rng.gamma(4, 0.25, most)) / life
    cycles = int(np.argmax(used >= 1)) + 1
    air, load, used = air[:cycles], load[:cycles], np.minimum(used[:cycles], 1)

    wear = np.expm1(STEEPNESS * used) / np.expm1(STEEPNESS)
    readings = [_reading(sensor, wear, air, load, rng) for sensor in SENSORS]
    readings[[s.name for s in SENSORS].index("shaft speed")] += setpoint
    return np.column_stack([air, load, np.full(cycles, setpoint), *readings]), 1 - wear


def _reading(sensor, wear, air, load, rng):
    known = (
        sensor.new
        + sensor.wear * wear**sensor.power
        + sensor.air * (air - NOMINAL_AIR)
        + sensor.load * (load - NOMINAL_LOAD)
    )
    return known + rng.normal(0, sensor.own) + rng.normal(0, sensor.noise, len(wear))


def _runs(machines, remaining, first_number):
    """Put the machines below each other, each without its last `remaining` cycles."""
    kept = [(x[: len(x) - r], health[: len(x) - r]) for (x, health), r in zip(machines, remaining, strict=True)]
    lengths = [len(x) for x, health in kept]
    engine = np.repeat(np.arange(len(kept)) + first_number, lengths)
    cycle = np.concatenate([np.arange(1, length + 1) for length in lengths])
    columns = SETTINGS + tuple((sensor.name, sensor.unit) for sensor in SENSORS)
    return EngineRuns(
        x=np.concatenate([x for x, health in kept]),
        y=remaining_life(engine, cycle, np.array(remaining)),
        feature_names=tuple(_(name) for name, unit in columns),
        units=tuple(unit for name, unit in columns),
        groups=engine,
        source="simulated",
        group_name=_("engine"),
        cycle=cycle,
        health=np.concatenate([health for x, health in kept]),
    )
