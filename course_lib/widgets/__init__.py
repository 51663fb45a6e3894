"""The course's widgets: moving pictures that compute with `course_lib.nn`, or with the learner's own code."""

from course_lib.widgets.neuron_bench import NeuronBench

__all__ = ["NeuronBench"]
