"""Data for the course: simulators with a known truth, and real data that are checked before use.

`load("machine_failures", source="available")` gives real data where they can be had, else the simulator's.
"""

import difflib
import inspect

from course_lib.data.boards import BOARD_CLASSES, load_boards, simulate_boards
from course_lib.data.catalogue import CATALOGUE
from course_lib.data.degrading_machine import simulate_engines
from course_lib.data.download import DataUnavailable, cache_folder, fetch
from course_lib.data.energy import calendar, load_energy, simulate_energy
from course_lib.data.engine_runs import EngineRuns, informative_columns
from course_lib.data.images import Images
from course_lib.data.machine_failures import (
    FAILURE_MODES,
    load_failure_modes,
    load_machine_failures,
    physics_features,
    simulate_machine_failures,
)
from course_lib.data.maintenance_phrases import load_maintenance_phrases, simulate_maintenance_phrases
from course_lib.data.min_max import MinMaxScaler
from course_lib.data.sensor_table import SHAPES, sensor_table
from course_lib.data.shipments import Shipments, load_shipments, one_hot, simulate_shipments
from course_lib.data.spare_parts import SpareParts, load_spare_parts, mase, simulate_spare_parts
from course_lib.data.steel_plates import PLATE_CLASSES, load_steel_plates, plate_probabilities, simulate_steel_plates
from course_lib.data.table import Standardizer, Table, leaks, split_by_group
from course_lib.data.texts import Texts, same_words
from course_lib.data.tightening import JOINT_CLASSES, Joints, simulate_tightening
from course_lib.data.time_series import ForecastWindows, TimeSeries, forecast_windows, split_by_time, time_leaks
from course_lib.data.turbofan import load_turbofan
from course_lib.data.wafer_maps import WAFER_CLASSES, simulate_wafer_maps, wafer_map_image
from course_lib.data.windows import Windows, last_windows, prepare_engines, windows
from course_lib.data.work_order_grammar import simulate_work_orders
from course_lib.data.work_orders import load_work_orders
from course_lib.language import _

__all__ = [
    "BOARD_CLASSES",
    "CATALOGUE",
    "FAILURE_MODES",
    "JOINT_CLASSES",
    "PLATE_CLASSES",
    "SHAPES",
    "WAFER_CLASSES",
    "DataUnavailable",
    "EngineRuns",
    "ForecastWindows",
    "Images",
    "Joints",
    "MinMaxScaler",
    "Shipments",
    "SpareParts",
    "Standardizer",
    "Table",
    "Texts",
    "TimeSeries",
    "Windows",
    "cache_folder",
    "calendar",
    "fetch",
    "forecast_windows",
    "informative_columns",
    "last_windows",
    "leaks",
    "load",
    "load_boards",
    "load_energy",
    "load_failure_modes",
    "load_machine_failures",
    "load_maintenance_phrases",
    "load_shipments",
    "load_spare_parts",
    "load_steel_plates",
    "load_turbofan",
    "load_work_orders",
    "mase",
    "one_hot",
    "physics_features",
    "plate_probabilities",
    "prepare_engines",
    "same_words",
    "sensor_table",
    "simulate_boards",
    "simulate_energy",
    "simulate_engines",
    "simulate_machine_failures",
    "simulate_maintenance_phrases",
    "simulate_shipments",
    "simulate_spare_parts",
    "simulate_steel_plates",
    "simulate_tightening",
    "simulate_wafer_maps",
    "simulate_work_orders",
    "split_by_group",
    "split_by_time",
    "time_leaks",
    "wafer_map_image",
    "windows",
]

LOADERS = {
    "machine_failures": {"real": load_machine_failures, "simulated": simulate_machine_failures},
    "sensor_table": {"simulated": sensor_table},
    "turbofan": {"real": load_turbofan, "simulated": simulate_engines},
    "degrading_machine": {"simulated": simulate_engines},
    "wafer_maps": {"simulated": simulate_wafer_maps},
    "boards": {"real": load_boards, "simulated": simulate_boards},
    "maintenance_phrases": {"real": load_maintenance_phrases, "simulated": simulate_maintenance_phrases},
    "work_orders": {"real": load_work_orders, "simulated": simulate_work_orders},
    "steel_energy": {"real": load_energy, "simulated": simulate_energy},
    "shipments": {"real": load_shipments, "simulated": simulate_shipments},
    "spare_parts": {"real": load_spare_parts, "simulated": simulate_spare_parts},
    "steel_plates": {"real": load_steel_plates, "simulated": simulate_steel_plates},
    "tightening": {"simulated": simulate_tightening},
}


def load(name, source=None, **options):
    """Return the Table of the data set `name`, or what its loader returns; `options` go to the loader.

    `source` is "real", "simulated" or "available": real where it can be had, else simulated, and it says so.
    Without it: "real" where there are real data, else "simulated". Raises ValueError for an unknown name (with the
    nearest known one) or source, TypeError for an unknown option, and DataUnavailable for real data out of reach.
    """
    if name not in LOADERS:
        near = difflib.get_close_matches(str(name).lower().replace(" ", "_"), LOADERS, n=1, cutoff=0.4)
        known = ", ".join(LOADERS)
        if near:
            raise ValueError(
                _("there is no data set {name!r}; did you mean {near!r}? Known: {known}").format(
                    name=name, near=near[0], known=known
                )
            )
        raise ValueError(_("there is no data set {name!r}. Known: {known}").format(name=name, known=known))
    loaders = LOADERS[name]
    source = source or next(iter(loaders))
    if source == "available":
        try:
            return load(name, next(iter(loaders)), **options)
        except DataUnavailable:
            print(
                _(
                    "The real data '{title}' cannot be had here, so these are simulated. "
                    "load({name!r}, source='real') tells why."
                ).format(title=CATALOGUE[name].title, name=name)
            )
            source = "simulated"
    if source not in loaders:
        raise ValueError(
            _("{name} has the sources {known} and 'available', not {given!r}").format(
                name=name, known=", ".join(map(repr, loaders)), given=source
            )
        )
    loader = loaders[source]
    unknown = set(options) - set(inspect.signature(loader).parameters)
    if unknown:
        raise TypeError(
            _("{name} ({source}) has no option {unknown!r}; it has: {known}").format(
                name=name, source=source, unknown=min(unknown), known=", ".join(inspect.signature(loader).parameters)
            )
        )
    return loader(**options)
