"""Parity: does the NumPy reference compute what Keras computes? Tables of differences, on the GPU where there is one.

Only this package uses Keras and TensorFlow, and it imports them when a function is called, not before.
"""

from course_lib.parity.comparison import TOLERANCES, Comparison, Row, compare_arrays
from course_lib.parity.engines import Device, device
from course_lib.parity.functions import compare_functions
from course_lib.parity.models import compare, to_keras

__all__ = [
    "TOLERANCES",
    "Comparison",
    "Device",
    "Row",
    "compare",
    "compare_arrays",
    "compare_functions",
    "device",
    "to_keras",
]
